import { type Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type ApiSettings, makeApiFunctions } from './api-functions.ts';
import { EventQueueConsumer } from './constructs/event-queue-consumer.ts';
import { EventStreamReader } from './constructs/event-stream-reader.ts';
import { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import { HttpEntry, type Throttle } from './constructs/http-entry.ts';
import { type FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS } from './constructs/order-table.ts';
import type { DataStack } from './data-stack.ts';
import { makeWorkflowSteps } from './workflow-functions.ts';

export interface ServiceStackProps extends StackProps {
  readonly stage: string;
  readonly data: DataStack;
  readonly defaults: FunctionDefaults;
  readonly api: ApiSettings;
  readonly throttle: Throttle;
  readonly queueAfter: Duration;
  readonly atRiskDays: number;
}

/** Events at which a workflow is started, may go on, or at which work that takes several steps is taken up again. */
const WORKFLOW_EVENTS = [
  'OrderReceived',
  'OrderAllocated',
  'BackorderAllocated',
  'AllocationChanged',
  'OrderHoldReleased',
  'OrderAmended',
  'OrderShipped',
  'OrderDelivered',
  'OrderClosed',
  'OrderCancelled',
  'OrderVoided',
  'LinesCancelled',
  'ShipmentShipped',
];

/** Events that become an invoice or a credit note. */
const FINANCE_EVENTS = ['InvoiceRequested', 'CreditRequested'];

/** Events that move stock or what is reserved of it. */
const INVENTORY_EVENTS = [
  'OrderAllocated',
  'BackorderAllocated',
  'AllocationReleased',
  'AllocationChanged',
  'LinesCancelled',
  'OrderCancelled',
  'OrderAmended',
  'ShipmentShipped',
  'ReturnReceived',
  'StockReceived',
  'StockAdjusted',
  'LotStatusChanged',
];

/** What can be deployed anew at any time without losing anything: API, functions, workflow, queues. */
export class ServiceStack extends Stack {
  readonly http: HttpEntry;
  readonly workflow: FulfillmentWorkflow;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { data, defaults } = props;

    this.http = new HttpEntry(this, 'Http', {
      apiName: `order-loop-${props.stage}`,
      issuer: data.issuer,
      throttle: props.throttle,
      logRetention: defaults.logRetention,
    });
    this.http.serve(
      makeApiFunctions(this, { data, defaults, settings: props.api, apiUrl: this.http.api.apiEndpoint }),
    );

    const steps = makeWorkflowSteps(this, { table: data.table, defaults, atRiskDays: props.atRiskDays });
    this.workflow = new FulfillmentWorkflow(this, 'Fulfillment', {
      defaults,
      steps,
      queueAfter: props.queueAfter,
    });
    this.workflow.allowAnswer('AllocationAnswers', steps.awaitAllocation);
    this.workflow.allowAnswer('ShipmentAnswers', steps.awaitShipment);
    this.workflow.allowAnswer('DeliveryAnswers', steps.awaitDelivery);

    this.readStream(props);
    this.consumeQueues(props);
  }

  private readStream({ data, defaults, atRiskDays }: ServiceStackProps): void {
    const publishEvents = new LoopFunction(this, 'PublishEvents', {
      defaults,
      entry: 'stream/publish-events',
      description: 'Puts each new event of the table on the bus',
      environment: { EVENT_BUS_NAME: data.bus.bus.eventBusName },
    });
    data.bus.allowPublish(publishEvents);
    new EventStreamReader(this, 'EventPublisher', { table: data.table, reader: publishEvents });

    const driveWorkflow = new LoopFunction(this, 'DriveWorkflow', {
      defaults,
      entry: 'stream/drive-workflow',
      description: 'Starts the workflow of a new order and answers what a workflow waits for',
      environment: {
        TABLE_NAME: data.table.table.tableName,
        STATE_MACHINE_ARN: this.workflow.stateMachine.stateMachineArn,
        DELIVERY_WINDOW_AT_RISK_DAYS: String(atRiskDays),
      },
    });
    data.table.allow(driveWorkflow, COMMAND_ACTIONS);
    this.workflow.allowStart(driveWorkflow);
    this.workflow.allowAnswer('DriverAnswers', driveWorkflow);
    new EventStreamReader(this, 'WorkflowDriver', {
      table: data.table,
      reader: driveWorkflow,
      types: WORKFLOW_EVENTS,
    });
  }

  private consumeQueues({ data, defaults }: ServiceStackProps): void {
    const environment = { TABLE_NAME: data.table.table.tableName };
    const finance = new LoopFunction(this, 'Finance', {
      defaults,
      entry: 'consumers/finance',
      description: 'Books invoices and credit notes',
      environment,
    });
    data.table.allow(finance, ['PutItem']);
    new EventQueueConsumer(this, 'FinanceConsumer', {
      bus: data.bus,
      consumer: finance,
      types: FINANCE_EVENTS,
    });

    const inventory = new LoopFunction(this, 'Inventory', {
      defaults,
      entry: 'consumers/inventory',
      description: 'Writes the ledger of stock movements and allocates waiting backorders',
      environment,
    });
    data.table.allow(inventory, COMMAND_ACTIONS, ['backordersBySku', 'allocationsByLot']);
    new EventQueueConsumer(this, 'InventoryConsumer', {
      bus: data.bus,
      consumer: inventory,
      types: INVENTORY_EVENTS,
    });
  }
}
