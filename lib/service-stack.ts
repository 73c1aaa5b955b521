import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type ApiSettings, makeApiFunctions } from './api-functions.ts';
import { allowConnectionSecrets } from './constructs/connection-secrets.ts';
import { EventQueueConsumer, QueueConsumer } from './constructs/event-queue-consumer.ts';
import { EventStreamReader } from './constructs/event-stream-reader.ts';
import { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import { HttpEntry, type Throttle } from './constructs/http-entry.ts';
import type { FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS, COUNTING_ACTIONS } from './constructs/order-table.ts';
import {
  CHANNEL_EVENTS,
  FINANCE_EVENTS,
  INVENTORY_EVENTS,
  OVERVIEW_EVENTS,
  WORKFLOW_EVENTS,
} from './consumed-events.ts';
import type { DataStack } from './data-stack.ts';
import { type HostedConsole, type HostingSettings, hostConsole } from './hosting.ts';
import { LoopMetrics } from './loop-metrics.ts';
import { type ObservabilitySettings, watch } from './observability.ts';
import { reconcileWorkflows } from './reconciler.ts';
import { makeWorkflowSteps } from './workflow-functions.ts';

export interface ServiceStackProps extends StackProps {
  readonly stage: string;
  readonly data: DataStack;
  readonly defaults: FunctionDefaults;
  readonly api: ApiSettings;
  readonly throttle: Throttle;
  readonly gradual: boolean;
  readonly queueAfter: Duration;
  readonly atRiskDays: number;
  readonly observability: ObservabilitySettings;
  /** How the console is served. @default it is not */
  readonly hosting?: HostingSettings;
}

/** Nobody waits for these consumers for less: what they write is read by people, or sent on to somebody else. */
const GATHERS = Duration.seconds(1);

/** What can be deployed anew at any time without losing anything: API, functions, workflow, queues. */
export class ServiceStack extends Stack {
  readonly http: HttpEntry;
  readonly workflow: FulfillmentWorkflow;
  readonly metrics: LoopMetrics;
  readonly console: HostedConsole | undefined;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { data, defaults } = props;
    const domain = props.hosting?.domain;

    this.http = new HttpEntry(this, 'Http', {
      stage: props.stage,
      issuer: data.issuer,
      throttle: props.throttle,
      logRetention: defaults.logRetention,
      gradual: props.gradual,
    });
    this.console =
      props.hosting === undefined
        ? undefined
        : hostConsole(this, defaults.loopName, { http: this.http, data }, props.hosting);
    const functions = makeApiFunctions(this, {
      stage: props.stage,
      data,
      defaults,
      settings: props.api,
      apiHost: Fn.select(2, Fn.split('/', this.http.api.apiEndpoint)),
      apiUrl: domain === undefined ? this.http.api.apiEndpoint : `https://${domain.name}`,
    });
    this.http.serve(functions);
    new CfnOutput(this, 'ApiUrl', { description: 'Address of the API', value: this.http.api.apiEndpoint });

    const steps = makeWorkflowSteps(this, { table: data.table, defaults, atRiskDays: props.atRiskDays });
    this.workflow = new FulfillmentWorkflow(this, 'Fulfillment', {
      defaults,
      steps,
      stage: props.stage,
      queueAfter: props.queueAfter,
    });
    this.workflow.allowAnswer('AllocationAnswers', steps.awaitAllocation);
    this.workflow.allowAnswer('ShipmentAnswers', steps.awaitShipment);
    this.workflow.allowAnswer('DeliveryAnswers', steps.awaitDelivery);

    reconcileWorkflows(this, {
      table: data.table,
      defaults,
      workflow: this.workflow,
      atRiskDays: props.atRiskDays,
      api: functions['api/stuck-orders'],
    });
    this.readStream(props);
    this.consumeQueues(props);
    this.scheduleDeliveries(props, functions['api/subscriptions']);
    this.showDeadLetters(props, functions['api/dead-letters']);
    this.metrics = new LoopMetrics(defaults.loopName);
    const watched = {
      http: this.http,
      table: data.table.table,
      workflow: this.workflow,
      metrics: this.metrics,
    };
    watch(this, defaults.loopName, watched, props.observability);
  }

  /**
   * Events for those who take them by HTTP, in two queues: one makes a delivery for each subscriber, the other holds the
   * tries, each on its own, so that a subscriber who is slow or gone holds up no other.
   */
  private scheduleDeliveries({ data, defaults }: ServiceStackProps, api: LoopFunction): void {
    const TABLE_NAME = data.table.table.tableName;
    const tries = new QueueConsumer(this, 'SubscriberDeliveries', {
      consumer: {
        defaults,
        entry: 'consumers/subscriber-deliveries',
        description: 'Posts events to those who subscribed, and tries again for a day',
        environment: { TABLE_NAME, SEAL_SECRET_ID: data.secrets.subscriptions.secretId },
      },
      timeout: Duration.seconds(30),
      batchSize: 1,
      sendsAgain: true,
    });
    data.table.allow(tries.function, ['GetItem', 'PutItem', 'UpdateItem']);
    data.secrets.subscriptions.allowRead(tries.function);

    const subscribers = new EventQueueConsumer(this, 'Subscribers', {
      bus: data.bus,
      consumer: {
        defaults,
        entry: 'consumers/subscribers',
        description: 'Makes a delivery of each event for each of its subscribers',
        environment: { TABLE_NAME },
      },
      timeout: Duration.seconds(30),
      batchSize: 10,
      gathersFor: GATHERS,
    });
    data.table.allow(subscribers.function, ['Query', 'PutItem']);
    for (const sender of [subscribers.function, api]) {
      sender.function.addEnvironment('TRIES_QUEUE_URL', tries.queue.queueUrl);
      sender.allow(['sqs:SendMessage'], [tries.queue.queueArn]);
    }
  }

  /** Every queue of dead letters in the stack can be looked into, and redriven: by the queue, or from the history. */
  private showDeadLetters({ data, atRiskDays }: ServiceStackProps, viewer: LoopFunction): void {
    const constructs = this.node.findAll();
    const queues = [
      ...constructs.flatMap((each) =>
        each instanceof QueueConsumer
          ? [{ name: each.node.id, letters: each.deadLetters, source: each.queue }]
          : [],
      ),
      ...constructs.flatMap((each) =>
        each instanceof EventStreamReader
          ? [{ name: each.node.id, letters: each.deadLetters, source: null }]
          : [],
      ),
    ];
    viewer.function.addEnvironment(
      'DEAD_LETTER_QUEUES',
      this.toJsonString(
        queues.map(({ name, letters, source }) => ({
          // As the entry is called: ChannelSync is channel-sync.
          consumer: name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
          url: letters.queue.queueUrl,
          source: source?.queueUrl ?? null,
        })),
      ),
    );
    viewer.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      queues.map(({ letters }) => letters.queue.queueArn),
    );
    viewer.allow(
      ['sqs:SendMessage'],
      queues.flatMap(({ source }) => (source === null ? [] : [source.queueArn])),
    );
    const environment = {
      TABLE_NAME: data.table.table.tableName,
      EVENT_BUS_NAME: data.bus.bus.eventBusName,
      STATE_MACHINE_ARN: this.workflow.stateMachine.stateMachineArn,
      DELIVERY_WINDOW_AT_RISK_DAYS: String(atRiskDays),
    };
    for (const [name, value] of Object.entries(environment)) viewer.function.addEnvironment(name, value);
    // Events of a span of time are found by reading the whole table.
    data.table.allow(viewer, [...COMMAND_ACTIONS, 'Scan']);
    data.bus.allowPublish(viewer);
    this.workflow.allowStart(viewer);
    this.workflow.allowAnswer('RedriveAnswers', viewer);
  }

  private readStream({ data, defaults, atRiskDays }: ServiceStackProps): void {
    const publisher = new EventStreamReader(this, 'EventPublisher', {
      table: data.table,
      reader: {
        defaults,
        entry: 'stream/publish-events',
        description: 'Puts each new event of the table on the bus',
        environment: { EVENT_BUS_NAME: data.bus.bus.eventBusName },
        // Half a minute is enough for a batch; the rest is there to wait in when the bus is away.
        timeout: Duration.minutes(2),
      },
    });
    data.bus.allowPublish(publisher.function);

    const driver = new EventStreamReader(this, 'WorkflowDriver', {
      table: data.table,
      reader: {
        defaults,
        entry: 'stream/drive-workflow',
        description: 'Starts the workflow of a new order and answers what a workflow waits for',
        environment: {
          TABLE_NAME: data.table.table.tableName,
          STATE_MACHINE_ARN: this.workflow.stateMachine.stateMachineArn,
          DELIVERY_WINDOW_AT_RISK_DAYS: String(atRiskDays),
        },
        timeout: Duration.seconds(60),
      },
      types: WORKFLOW_EVENTS,
    });
    data.table.allow(driver.function, COMMAND_ACTIONS);
    this.workflow.allowStart(driver.function);
    this.workflow.allowAnswer('DriverAnswers', driver.function);
  }

  private consumeQueues({ stage, data, defaults }: ServiceStackProps): void {
    const environment = { TABLE_NAME: data.table.table.tableName };
    const finance = new EventQueueConsumer(this, 'Finance', {
      bus: data.bus,
      consumer: {
        defaults,
        entry: 'consumers/finance',
        description: 'Books invoices and credit notes',
        environment,
      },
      timeout: Duration.seconds(15),
      batchSize: 10,
      types: FINANCE_EVENTS,
    });
    data.table.allow(finance.function, ['PutItem']);

    const inventory = new EventQueueConsumer(this, 'Inventory', {
      bus: data.bus,
      consumer: {
        defaults,
        entry: 'consumers/inventory',
        description: 'Writes the ledger of stock movements and allocates waiting backorders',
        environment,
      },
      // One message may set free stock for hundreds of waiting orders; what takes longer is sent again.
      timeout: Duration.seconds(30),
      batchSize: 1,
      types: INVENTORY_EVENTS,
      sendsAgain: true,
    });
    data.table.allow(inventory.function, COMMAND_ACTIONS, ['backordersBySku', 'allocationsByLot']);

    const overview = new EventQueueConsumer(this, 'OverviewCounts', {
      bus: data.bus,
      consumer: {
        defaults,
        entry: 'consumers/overview',
        description: 'Counts orders for the board and the overview',
        environment,
      },
      timeout: Duration.seconds(30),
      batchSize: 10,
      gathersFor: GATHERS,
      types: OVERVIEW_EVENTS,
    });
    data.table.allow(overview.function, COUNTING_ACTIONS);

    const news = new EventQueueConsumer(this, 'CarrierNews', {
      bus: data.bus,
      consumer: {
        defaults,
        entry: 'consumers/early-tracking-updates',
        description: 'Takes in news of carriers that came before its shipment',
        environment,
      },
      timeout: Duration.seconds(30),
      batchSize: 1,
      types: ['ShipmentShipped'],
    });
    data.table.allow(news.function, COMMAND_ACTIONS);

    const channels = new EventQueueConsumer(this, 'ChannelSync', {
      bus: data.bus,
      consumer: {
        defaults,
        entry: 'consumers/channel-sync',
        description: 'Tells shops and trading partners what became of their orders',
        environment: {
          ...environment,
          EDI_SECRET_ID: data.secrets.edi.secretId,
          SHOPIFY_SECRET_ID: data.secrets.shopify.secretId,
          SQUARE_SECRET_ID: data.secrets.square.secretId,
        },
      },
      timeout: Duration.seconds(30),
      batchSize: 1,
      types: CHANNEL_EVENTS,
      channels: ['SHOPIFY', 'SQUARE', 'EDI'],
      delaysFailures: true,
      // Five seconds, doubled each time up to a quarter of an hour: tried for about three quarters of an hour.
      tries: 11,
    });
    data.table.allow(channels.function, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    for (const secret of [data.secrets.edi, data.secrets.shopify, data.secrets.square]) {
      secret.allowRead(channels.function);
    }
    allowConnectionSecrets(channels.function, stage);
  }
}
