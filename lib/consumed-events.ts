import type { LoopEventType } from './constructs/order-event-bus.ts';

/** Events at which a workflow is started, may go on, or at which work that takes several steps is taken up again. */
export const WORKFLOW_EVENTS: readonly LoopEventType[] = [
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
export const FINANCE_EVENTS: readonly LoopEventType[] = ['InvoiceRequested', 'CreditRequested'];

/** Events that move stock or what is reserved of it, and those that let an order wait for stock. */
export const INVENTORY_EVENTS: readonly LoopEventType[] = [
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
  'LotStatusChanged',
];

/** Events that move a number of the board or of the overview. */
export const OVERVIEW_EVENTS: readonly LoopEventType[] = [
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
];

/** Events after which a channel may have to be told something about an order of its own. */
export const CHANNEL_EVENTS: readonly LoopEventType[] = [
  'OrderReceived',
  'OrderAllocated',
  'OrderBackordered',
  'AllocationChanged',
  'OrderHoldReleased',
  'OrderAmended',
  'ShipmentShipped',
  'ShipmentDelivered',
  'InvoiceRequested',
  'CreditRequested',
  'LinesCancelled',
  'OrderCancelled',
];
