import type { StockEvent, StockEventType } from '../../domain/inventory/lot.ts';
import type { OrderEventData, OrderEventType } from '../../domain/order/events.ts';
import type { CataloguedEvent } from './catalogue.ts';
import type { Envelope } from './envelope.ts';

const lot = { lotNumber: 'LMB-LOT-2025-002', expiryDate: '2027-06-30' };
const reserved = {
  lineNumber: 1,
  sku: 'LMB-BRS-001',
  ...lot,
  quantity: 24,
  pinned: false,
  reason: 'It expires first.',
};
const units = { lineNumber: 2, sku: 'LMB-BRT-001', quantity: 12 };
const deliveryWindow = { start: '2026-03-10', end: '2026-03-14' };
const customer = { name: 'IRONRIDGE Construction', email: 'ap@ironridge.example', reference: 'C-88' };
const shipmentId = 'LMB-ORD-2026-0041-S1';
const returnId = 'LMB-ORD-2026-0041-R1';
const bill = {
  currency: 'USD',
  customer,
  purchaseOrderNumber: 'PO-IR-2026-0089',
  lines: [
    {
      lineNumber: 1,
      sku: 'LMB-BRS-001',
      quantity: 24,
      cases: 2,
      unitPrice: '20.00',
      goods: '480.00',
      discount: '0.00',
      tax: '38.40',
      amount: '518.40',
    },
  ],
  discount: '10.00',
  shipping: '25.00',
  tax: '0.00',
  total: '533.40',
};

type StockEventData<Type extends StockEventType> = Extract<StockEvent, { type: Type }>['data'];
type Examples = { readonly [Type in OrderEventType]: OrderEventData<Type> } & {
  readonly [Type in StockEventType]: StockEventData<Type>;
};

/** Example data of each event. */
const DATA: Examples = {
  OrderReceived: {
    channel: 'MANUAL',
    orderType: 'B2B',
    currency: 'USD',
    customer,
    shipTo: {
      name: 'Yard 4',
      address1: '1 Quarry Road',
      city: 'Reno',
      region: 'NV',
      postalCode: '89501',
      country: 'US',
    },
    purchaseOrderNumber: 'PO-IR-2026-0089',
    paymentTerms: 'NET30',
    deliveryWindow,
    backorderPolicy: 'SHIP_PARTIAL',
    discount: '10.00',
    shippingAmount: '25.00',
    total: '569.40',
    lines: [
      {
        lineNumber: 1,
        sku: 'LMB-BRS-001',
        quantity: 24,
        unitPrice: '20.00',
        tax: '38.40',
        unitsPerCase: 12,
        requiresShipping: true,
      },
      { lineNumber: 2, sku: 'LMB-BRT-001', quantity: 12, unitPrice: '3.00', requiresShipping: true },
    ],
  },
  OrderAllocated: { reserved: [reserved] },
  OrderBackordered: { backordered: [units] },
  BackorderAllocated: { reserved: [{ ...reserved, lineNumber: 2, sku: 'LMB-BRT-001', quantity: 12 }] },
  AllocationReleased: { released: [reserved], reason: 'Released on request.', onRequest: true },
  AllocationChanged: {
    reason: 'Lot LMB-LOT-2025-002 is on hold.',
    released: [reserved],
    reserved: [{ ...reserved, lotNumber: 'LMB-LOT-2025-003', quantity: 20 }],
    backordered: [{ lineNumber: 1, sku: 'LMB-BRS-001', quantity: 4 }],
    recovered: [],
  },
  OrderHeld: { holdId: '01JH0LD', reason: 'CREDIT_LIMIT', note: 'Over its limit by 200.' },
  OrderHoldReleased: { holdId: '01JH0LD', reason: 'CREDIT_LIMIT' },
  FulfillmentQueued: {
    pick: [{ lineNumber: 1, sku: 'LMB-BRS-001', ...lot, quantity: 24, pinned: false, cases: 2 }],
  },
  ShipmentShipped: {
    shipmentId,
    carrier: 'UPS',
    service: 'Ground',
    trackingNumber: '1Z999AA10123456784',
    packages: 2,
    shippedAt: '2026-03-10T14:07:00.000Z',
    lines: [{ lineNumber: 1, sku: 'LMB-BRS-001', quantity: 24, cases: 2, lots: [{ ...lot, quantity: 24 }] }],
  },
  ShipmentCorrected: {
    shipmentId,
    trackingNumber: '1Z999AA10123456785',
    channelFulfillmentId: '255858046101',
  },
  OrderShipped: { shipmentIds: [shipmentId] },
  ShipmentDelivered: {
    shipmentId,
    deliveredAt: '2026-03-12T10:00:00.000Z',
    signedBy: 'A. Lovelace',
    lines: [{ lineNumber: 1, sku: 'LMB-BRS-001', quantity: 24 }],
  },
  DeliveryTroubled: { shipmentId, news: 'failed_attempt', occurredAt: '2026-03-11T17:30:00.000Z' },
  OrderDelivered: { deliveredAt: '2026-03-12T10:00:00.000Z' },
  OrderClosed: {},
  OrderAmended: {
    deliveryWindow: { before: deliveryWindow, after: { start: '2026-03-12', end: '2026-03-16' } },
    lines: [{ lineNumber: 1, quantity: { before: 24, after: 12 } }],
    total: { before: '569.40', after: '310.20' },
    released: [{ ...reserved, quantity: 12 }],
    recovered: [],
  },
  LinesCancelled: { reason: 'CUSTOMER', note: 'By phone.', lines: [units], released: [], recovered: [units] },
  OrderCancelled: { reason: 'CUSTOMER', lines: [units], released: [reserved], recovered: [units] },
  ReturnReceived: {
    returnId,
    lines: [
      {
        lineNumber: 1,
        sku: 'LMB-BRS-001',
        quantity: 2,
        disposition: 'RESTOCK',
        ...lot,
        intoLot: lot.lotNumber,
      },
    ],
  },
  InvoiceRequested: {
    invoiceId: 'LMB-ORD-2026-0041-I1',
    shipmentId,
    invoiceDate: '2026-03-10',
    paymentTerms: 'NET30',
    dueDate: '2026-04-09',
    ...bill,
  },
  CreditRequested: {
    creditNoteId: 'LMB-ORD-2026-0041-C1',
    returnId,
    creditDate: '2026-03-20',
    ...bill,
  },
  RefundCredited: {
    refundId: '509562969',
    creditNoteId: 'LMB-ORD-2026-0041-F1',
    creditDate: '2026-03-20',
    currency: bill.currency,
    customer: bill.customer,
    purchaseOrderNumber: bill.purchaseOrderNumber,
    lines: [],
    discount: '0.00',
    shipping: '12.00',
    allowance: '0.00',
    tax: '0.98',
    total: '12.98',
  },
  DeliveryWindowAtRisk: { deliveryWindow, today: '2026-03-13' },
  DeliveryWindowMissed: { deliveryWindow, today: '2026-03-15' },
  TransitionRejected: {
    command: 'CloseOrder',
    code: 'illegal_transition',
    detail: 'an order that is SHIPPED does not take CloseOrder',
    state: 'SHIPPED',
  },
  OrderVoided: { purchaseOrderNumber: 'PO-IR-2026-0089' },
  PersonalDataErased: { erasureId: '01KC2M8Q7V9W3X4Y5Z6A7B8C9D' },
  StockReceived: { quantity: 480, expiryDate: '2027-06-30', location: 'A-12', status: 'AVAILABLE' },
  StockAdjusted: { adjustment: -3, reason: 'Counted.' },
  LotStatusChanged: { before: 'AVAILABLE', after: 'QUARANTINE', reason: 'The seal is broken.' },
  TransferShipped: { transferId: '01JP0R8Z6Q4T9W3X5Y7A2B4C6E', toLocationId: 'EAST', quantity: 120 },
  TransferReceived: {
    transferId: '01JP0R8Z6Q4T9W3X5Y7A2B4C6E',
    fromLocationId: 'MAIN',
    quantity: 120,
    expiryDate: '2027-06-30',
    status: 'AVAILABLE',
  },
  StockLow: { available: 90, threshold: 100 },
};

const HEAD = {
  eventId: '01JP0R8Z6Q4T9W3X5Y7A2B4C6D',
  version: 1,
  sequence: 7,
  occurredAt: '2026-03-10T14:07:00.000Z',
  actor: { type: 'human', id: 'ada' },
  correlationId: '7f1d7c1e-7a0f-4c4b-9d53-0d6c2a4f7b11',
} as const;

/** @returns an example event of this type, as published on the bus. */
export function exampleOf({ type, subject }: CataloguedEvent): Envelope {
  const about =
    subject === 'order'
      ? ({ orderId: 'LMB-ORD-2026-0041', channel: 'MANUAL', orderType: 'B2B' } as const)
      : ({ sku: 'LMB-BRS-001', lotNumber: lot.lotNumber } as const);
  const sequence = type === 'OrderReceived' || type === 'StockReceived' ? 1 : HEAD.sequence;
  return { ...HEAD, type, sequence, ...about, data: DATA[type] } as Envelope;
}
