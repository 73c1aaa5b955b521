import { CfnOutput, type Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { makeApiFunctions } from './api-functions.ts';
import type { QueueConsumer } from './constructs/event-queue-consumer.ts';
import type { EventStreamReader } from './constructs/event-stream-reader.ts';
import { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import { HttpEntry, type Throttle } from './constructs/http-entry.ts';
import type { MachineClient } from './constructs/identity.ts';
import type { FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import type { DataStack } from './data-stack.ts';
import { makeConsumers, makeStreamReaders } from './event-functions.ts';
import type { FunctionSettings } from './function-row.ts';
import { type HostedConsole, type HostingSettings, hostConsole } from './hosting.ts';
import { LoopMetrics } from './loop-metrics.ts';
import { sweepMessages } from './message-sweep.ts';
import { type ObservabilitySettings, watch } from './observability.ts';
import { reconcileWorkflows } from './reconciler.ts';
import { makeWorkflowSteps } from './workflow-functions.ts';

/** Settings of the functions that answer HTTP requests. */
export interface ApiSettings {
  /** Begins every order id, for example `LMB-ORD`. */
  readonly orderNumberPrefix: string;
  /** Where customers reach the portal. @default the API's own address */
  readonly portalBaseUrl?: string;
  /** Days that a customer's link counts after delivery or cancellation. */
  readonly portalDaysAfterDelivery: number;
  /** Calls that are kept free for each webhook's function, and the most that run at once. @default none */
  readonly webhookConcurrency?: number;
  /** Where the programs of AI agents take the answer when somebody signs in for them. @default no client for them */
  readonly agentCallbackUrls?: readonly string[];
  /** Programs with clients of their own at the user pool. @default none */
  readonly machineClients?: readonly MachineClient[];
}

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

/** Requests that one agent may make in a minute; a person at a desk makes a tenth of them. */
const AGENT_REQUESTS_A_MINUTE = 300;

/** What can be deployed anew at any time without losing anything: API, functions, workflow, queues. */
export class ServiceStack extends Stack {
  readonly http: HttpEntry;
  readonly workflow: FulfillmentWorkflow;
  readonly metrics: LoopMetrics;
  readonly console: HostedConsole | undefined;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { data, defaults } = props;

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
    const context = { stage: props.stage, data, defaults, settings: this.functionSettings(props) };
    const functions = makeApiFunctions(this, context, props.api.webhookConcurrency);
    this.http.serve(functions);
    new CfnOutput(this, 'ApiUrl', { description: 'Address of the API', value: this.http.api.apiEndpoint });

    const steps = makeWorkflowSteps(this, context);
    this.workflow = new FulfillmentWorkflow(this, 'Fulfillment', {
      defaults,
      steps,
      stage: props.stage,
      queueAfter: props.queueAfter,
    });
    this.workflow.allowAnswer(steps.awaitAllocation);
    this.workflow.allowAnswer(steps.awaitShipment);
    this.workflow.allowAnswer(steps.awaitDelivery);

    sweepMessages(this, context);
    reconcileWorkflows(this, context, { workflow: this.workflow, api: functions['api/stuck-orders'] });
    const readers = makeStreamReaders(this, context);
    this.workflow.allowDrive(readers['stream/drive-workflow'].function);
    const consumers = makeConsumers(this, context);
    const deliveries = consumers['consumers/subscriber-deliveries'].queue;
    for (const sender of [consumers['consumers/subscribers'].function, functions['api/subscriptions']]) {
      sender.function.addEnvironment('TRIES_QUEUE_URL', deliveries.queueUrl);
      sender.allow(['sqs:SendMessage'], [deliveries.queueArn]);
    }
    this.showDeadLetters(functions['api/dead-letters'], Object.values(consumers), Object.values(readers));
    this.metrics = new LoopMetrics(defaults.loopName);
    const watched = {
      http: this.http,
      table: data.table.table,
      workflow: this.workflow,
      metrics: this.metrics,
    };
    watch(this, defaults.loopName, watched, props.observability);
  }

  /** What functions find in their environment. The clients of agents and programs are made here, where there are any. */
  private functionSettings({ api, data, atRiskDays, hosting }: ServiceStackProps): FunctionSettings {
    const { apiEndpoint } = this.http.api;
    const url = hosting?.domain === undefined ? apiEndpoint : `https://${hosting.domain.name}`;
    const agents =
      api.agentCallbackUrls && data.identity?.addAgentClient(this, `${url}/mcp`, api.agentCallbackUrls);
    if (agents !== undefined) {
      const description = 'Client with which agents let people sign in';
      new CfnOutput(this, 'AgentClientId', { description, value: agents.userPoolClientId });
    }
    const programs = (api.machineClients ?? []).flatMap((client) => {
      const made = data.identity?.addMachineClient(this, client);
      if (made === undefined) return [];
      this.http.accept(made.userPoolClientId);
      const description = `Client of the program ${client.name}`;
      new CfnOutput(this, `MachineClientId-${client.name}`, { description, value: made.userPoolClientId });
      return [made.userPoolClientId];
    });
    return {
      AGENT_REQUESTS_A_MINUTE: String(AGENT_REQUESTS_A_MINUTE),
      API_BASE_URL: url,
      // Behind a name of one's own requests carry the name of the host at which API Gateway itself is reached.
      API_HOST: Fn.select(2, Fn.split('/', apiEndpoint)),
      DELIVERY_WINDOW_AT_RISK_DAYS: String(atRiskDays),
      GROUPS_CLAIM: data.issuer.groupsClaim ?? '',
      ORDER_NUMBER_PREFIX: api.orderNumberPrefix,
      // What Cognito writes for people alone.
      PERSON_CLAIMS: data.issuer.personClaims ?? 'username',
      PORTAL_BASE_URL: api.portalBaseUrl ?? url,
      PORTAL_DAYS_AFTER_DELIVERY: String(api.portalDaysAfterDelivery),
      ROLE_GROUPS: data.issuer.roleGroups ?? '',
      SIGN_IN_URL: (agents && data.identity?.signInUrl) ?? '',
      TOKEN_AUDIENCE: [
        ...data.issuer.audience,
        ...programs,
        ...(agents ? [agents.userPoolClientId] : []),
      ].join(' '),
      TOKEN_ISSUER: data.issuer.issuerUrl,
    };
  }

  /** Every queue of dead letters in the stack can be looked into, and redriven: by the queue, or from the history. */
  private showDeadLetters(
    viewer: LoopFunction,
    consumers: readonly QueueConsumer[],
    readers: readonly EventStreamReader[],
  ): void {
    const queues = [
      ...consumers.map(({ node, deadLetters, queue }) => ({ name: node.id, deadLetters, source: queue })),
      ...readers.map(({ node, deadLetters }) => ({ name: node.id, deadLetters, source: null })),
    ];
    viewer.function.addEnvironment(
      'DEAD_LETTER_QUEUES',
      this.toJsonString(
        queues.map(({ name, deadLetters, source }) => ({
          // As the entry is called: ChannelSync is channel-sync.
          consumer: name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
          url: deadLetters.queue.queueUrl,
          source: source?.queueUrl ?? null,
        })),
      ),
    );
    viewer.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      queues.map(({ deadLetters }) => deadLetters.queue.queueArn),
    );
    viewer.allow(
      ['sqs:SendMessage'],
      consumers.map(({ queue }) => queue.queueArn),
    );
    this.workflow.allowDrive(viewer);
  }
}
