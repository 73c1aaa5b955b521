import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { CHANNEL_SECRETS } from '../contract/webhooks.ts';
import {
  EventQueueConsumer,
  type EventQueueConsumerProps,
  QueueConsumer,
} from './constructs/event-queue-consumer.ts';
import { EventStreamReader } from './constructs/event-stream-reader.ts';
import type { LoopEventType } from './constructs/order-event-bus.ts';
import { COMMAND_ACTIONS, COUNTING_ACTIONS } from './constructs/order-table.ts';
import { allowRow, type FunctionContext, type FunctionRow, rowProps } from './function-row.ts';
import { mapRows } from './map-rows.ts';

/** A function that consumes a queue of its own, by default events of the bus. */
interface ConsumerRow extends FunctionRow, Omit<EventQueueConsumerProps, 'bus' | 'consumer'> {
  /** Whether functions of the loop fill the queue, and not the bus. @default false */
  readonly isFilledByFunctions?: boolean;
}

/** A function that reads events of the table's stream. */
interface ReaderRow extends FunctionRow {
  readonly timeout: Duration;
  /** Names of the events that are read. @default all */
  readonly types?: readonly LoopEventType[];
  /** @see EventStreamReaderProps */
  readonly retriesForADay?: boolean;
  /** Whether heartbeats reach it too. @default false */
  readonly countsHeartbeats?: boolean;
}

/** Nobody waits for these consumers for less: what they write is read by people, or sent on to somebody else. */
const GATHERS = Duration.seconds(1);

const READERS = {
  'stream/publish-events': {
    id: 'EventPublisher',
    description: 'Puts each new event of the table on the bus',
    publishes: true,
    // Half a minute is enough for a batch; the rest is there to wait in when the bus is away.
    timeout: Duration.minutes(2),
    retriesForADay: true,
    countsHeartbeats: true,
  },
  // The stack lets it start and answer the workflow.
  'stream/drive-workflow': {
    id: 'WorkflowDriver',
    description: 'Starts the workflow of a new order and answers what a workflow waits for',
    actions: COMMAND_ACTIONS,
    settings: ['DELIVERY_WINDOW_AT_RISK_DAYS'],
    timeout: Duration.seconds(60),
    // At which a workflow is started, may continue, or at which work that takes several steps is taken up again.
    types: [
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
    ],
  },
} satisfies Readonly<Record<`stream/${string}`, ReaderRow>>;

const CONSUMERS = {
  'consumers/finance': {
    id: 'Finance',
    description: 'Books invoices and credit notes',
    actions: ['PutItem'],
    timeout: Duration.seconds(15),
    batchSize: 10,
    types: ['InvoiceRequested', 'CreditRequested', 'RefundCredited'],
  },
  'consumers/inventory': {
    id: 'Inventory',
    description: 'Writes the ledger of stock movements and allocates waiting backorders',
    actions: COMMAND_ACTIONS,
    indexes: ['backordersBySku', 'allocationsByLot'],
    // One message may set free stock for hundreds of waiting orders; what takes longer is sent again.
    timeout: Duration.seconds(30),
    batchSize: 1,
    sendsAgain: true,
    // That move stock or what is reserved of it, and those that let an order wait for stock.
    types: [
      'OrderBackordered',
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
      'TransferShipped',
      'TransferReceived',
      'LotStatusChanged',
    ],
  },
  'consumers/overview': {
    id: 'OverviewCounts',
    description: 'Counts orders for the board and the overview',
    actions: COUNTING_ACTIONS,
    timeout: Duration.seconds(30),
    batchSize: 10,
    gathersFor: GATHERS,
    // That move a number of the board or of the overview.
    types: [
      'OrderReceived',
      'OrderAllocated',
      'OrderBackordered',
      'BackorderAllocated',
      'AllocationReleased',
      'AllocationChanged',
      'FulfillmentQueued',
      'OrderShipped',
      'OrderDelivered',
      'OrderClosed',
      'OrderAmended',
      'LinesCancelled',
      'OrderCancelled',
      'DeliveryWindowMissed',
      'OrderVoided',
    ],
  },
  'consumers/early-tracking-updates': {
    id: 'CarrierNews',
    description: 'Processes tracking updates that came before their shipment',
    actions: COMMAND_ACTIONS,
    timeout: Duration.seconds(30),
    batchSize: 1,
    types: ['ShipmentShipped'],
  },
  'consumers/channel-sync': {
    id: 'ChannelSync',
    description: 'Notifies shops, trading partners and warehouses of what became of orders',
    actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    secrets: CHANNEL_SECRETS,
    readsConnectionSecrets: true,
    timeout: Duration.seconds(30),
    batchSize: 1,
    // Partners are answered with test documents.
    includesTests: true,
    delaysFailures: true,
    // Five seconds, doubled each time up to a quarter of an hour: tried for about three quarters of an hour.
    attempts: 11,
    // After which a channel may have to be notified of an order of its own, or a warehouse of one that it ships.
    types: [
      'OrderReceived',
      'OrderAllocated',
      'OrderBackordered',
      'BackorderAllocated',
      'FulfillmentQueued',
      'AllocationChanged',
      'OrderHoldReleased',
      'OrderAmended',
      'ShipmentShipped',
      'ShipmentDelivered',
      'InvoiceRequested',
      'CreditRequested',
      'LinesCancelled',
      'OrderCancelled',
    ],
  },
  // Each delivery to a subscriber is a message of its own, so that one who is slow or gone holds up no other.
  'consumers/subscriber-deliveries': {
    id: 'SubscriberDeliveries',
    description: 'Posts events to those who subscribed, and retries for a day',
    actions: ['GetItem', 'PutItem', 'UpdateItem'],
    secrets: { SEAL_SECRET_ID: 'subscriptions' },
    isFilledByFunctions: true,
    timeout: Duration.seconds(30),
    batchSize: 1,
    sendsAgain: true,
  },
  // The stack sets the URL of the queue of deliveries.
  'consumers/subscribers': {
    id: 'Subscribers',
    description: 'Makes a delivery of each event for each of its subscribers',
    actions: ['Query', 'PutItem'],
    timeout: Duration.seconds(30),
    batchSize: 10,
    gathersFor: GATHERS,
  },
} satisfies Readonly<Record<`consumers/${string}`, ConsumerRow>>;

/** Makes the readers of the table's stream, one for each row. */
export function makeStreamReaders(
  scope: Construct,
  context: FunctionContext,
): Readonly<Record<keyof typeof READERS, EventStreamReader>> {
  return mapRows<keyof typeof READERS, ReaderRow, EventStreamReader>(READERS, (entry, row) => {
    const made = new EventStreamReader(scope, row.id, {
      table: context.data.table,
      reader: { ...rowProps(entry, row, context), timeout: row.timeout },
      ...(row.types === undefined ? {} : { types: row.types }),
      ...(row.retriesForADay === undefined ? {} : { retriesForADay: row.retriesForADay }),
      ...(row.countsHeartbeats === undefined ? {} : { countsHeartbeats: row.countsHeartbeats }),
    });
    allowRow(made.function, row, context);
    return made;
  });
}

/** Makes the consumers with their queues, one for each row. */
export function makeConsumers(
  scope: Construct,
  context: FunctionContext,
): Readonly<Record<keyof typeof CONSUMERS, QueueConsumer>> {
  return mapRows<keyof typeof CONSUMERS, ConsumerRow, QueueConsumer>(CONSUMERS, (entry, row) => {
    const props = { ...row, consumer: rowProps(entry, row, context) };
    const made =
      row.isFilledByFunctions === true
        ? new QueueConsumer(scope, row.id, props)
        : new EventQueueConsumer(scope, row.id, { ...props, bus: context.data.bus });
    allowRow(made.function, row, context);
    return made;
  });
}
