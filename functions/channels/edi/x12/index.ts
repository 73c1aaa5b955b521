/**
 * X12 for the EDI channel: read, judge, answer, and write. Pure: no clock, no counters, no store. The order of use:
 *
 * 1. `readInterchanges` takes the body apart
 * 2. `validateInterchange` judges each interchange
 * 3. `writeAcknowledgment` and `writeInterchangeAcknowledgment` answer it
 * 4. `readPurchaseOrder`, `readPurchaseOrderChange` and `readAcknowledgment` say what its accepted sets say
 * 5. `writePurchaseOrderAcknowledgment`, `writeShipNotice` and `writeInvoice` and their like make what we send
 */

export type { KeptDetail } from './account/kept-detail.ts';
export type { AccountEntry, Disposition } from './account/set-account.ts';
export * from './acknowledgment.ts';
export * from './application-advice.ts';
export type * from './documents/common.ts';
export * from './documents/inventory-advice.ts';
export * from './documents/invoice.ts';
export {
  type AcknowledgedLine,
  type LineStatus,
  type PurchaseOrderAcknowledgment,
  writePurchaseOrderAcknowledgment,
} from './documents/purchase-order-acknowledgment.ts';
export * from './documents/purchase-order-change-acknowledgment.ts';
export * from './documents/ship-notice.ts';
export * from './documents/shipping-order.ts';
export type * from './order/document.ts';
export { toEaches } from './order/quantity.ts';
export * from './partner-acknowledgment.ts';
export { readPurchaseOrder } from './purchase-order.ts';
export { readPurchaseOrderChange } from './purchase-order-change.ts';
export { readInterchanges, readSender } from './reader.ts';
export * from './remittance.ts';
export * from './report.ts';
export * from './shipping-advice.ts';
export type * from './types.ts';
export { element } from './types.ts';
export { validateInterchange } from './validator.ts';
export {
  inWritableSeparators,
  type OutgoingEnvelope,
  UnwritableDocument,
  type WrittenSeparators,
} from './writer.ts';
