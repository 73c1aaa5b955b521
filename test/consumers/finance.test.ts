import { beforeAll, describe, expect, it } from 'vitest';
import { Invoice } from '../../contract/invoices.ts';
import { sum } from '../../domain/money.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { invoiceStore } from '../../functions/adapters/dynamodb/invoice-store.ts';
import type { OrderEnvelope } from '../../functions/events/envelope.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { testLoop } from '../../testing/loop.ts';
import { busMessage, type Consumer, deliver, shuffledWithRepeats } from '../../testing/queue.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let consumer: Consumer;
let table: Table;
const orderId = 'LMB-ORD-2026-0089';
let total: string;
let history: readonly OrderEnvelope[];

/** A B2B order that ships in two shipments, of which a part comes back. */
beforeAll(async () => {
  table = await store.newTable();
  Object.assign(process.env, TEST_ENVIRONMENT, {
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
  });
  ({ handler: consumer } = await import('../../functions/consumers/finance.ts'));
  const loop = testLoop(table);
  await loop.stock('LMB-BRS-001', 'L1', 24);
  await loop.stock('LMB-BRT-001', 'L2', 7);
  ({ total } = await loop.receive({
    orderId,
    orderType: 'B2B',
    purchaseOrderNumber: 'PO-IR-2026-0089',
    paymentTerms: 'NET30',
    discount: '10.01',
    shippingAmount: '25.00',
    tax: '7.77',
    lines: [
      { sku: 'LMB-BRS-001', quantity: 24, unitPrice: '20.333' },
      { sku: 'LMB-BRT-001', quantity: 7, unitPrice: '3.075' },
    ],
  }));
  await loop.command(orderId, { type: 'QueueFulfillment' });
  const shipment = { type: 'RecordShipment', carrier: 'UPS' } as const;
  const lines = [{ lineNumber: 1, quantity: 11 }];
  await loop.command(orderId, { ...shipment, trackingNumber: 'T1', lines });
  await loop.command(orderId, { ...shipment, trackingNumber: 'T2' });
  const deliveredAt = new Date().toISOString();
  await loop.command(orderId, { type: 'ConfirmDelivery', shipmentId: `${orderId}-S2`, deliveredAt });
  await loop.command(orderId, {
    type: 'ReceiveReturn',
    lines: [{ lineNumber: 2, quantity: 2, disposition: 'RESTOCK' }],
  });
  history = await loop.history(orderId);
});

const isForFinance = ({ type }: OrderEnvelope) => type === 'InvoiceRequested' || type === 'CreditRequested';
const messages = () => history.filter(isForFinance).map(busMessage);
const booked = async () => (await invoiceStore(table).list(100, null)).items;

describe('the finance consumer', () => {
  it('books one invoice a shipment and a credit note, and their sums are the order to the cent', async () => {
    expect(await deliver(consumer, messages())).toEqual([]);
    const invoices = await booked();
    for (const invoice of invoices) expect(Invoice.parse(invoice)).toEqual(invoice);
    expect(invoices.map(({ kind }) => kind).sort()).toEqual(['CREDIT_NOTE', 'INVOICE', 'INVOICE']);
    const billed = invoices.filter(({ kind }) => kind === 'INVOICE');
    expect(
      sum(
        billed.map((invoice) => invoice.total),
        'USD',
      ),
    ).toBe(total);
    expect(billed.map(({ paymentTerms }) => paymentTerms)).toEqual(['NET30', 'NET30']);
  });

  it('books nothing twice, whatever comes again in whatever order', async () => {
    const before = await booked();
    for (const seed of [1, 2, 3])
      expect(await deliver(consumer, shuffledWithRepeats(messages(), seed))).toEqual([]);
    expect(await booked()).toEqual(before);
  });

  it('reports what it cannot read, alone', async () => {
    const [first, ...rest] = messages() as { detail: { data: object } }[];
    const spoiled = { ...first, detail: { ...first?.detail, data: { invoiceId: 'X' } } };
    expect(await deliver(consumer, ['{"detail":', spoiled, {}, ...rest])).toEqual([0, 1, 2]);
  });

  it('passes over events that ask for no invoice', async () => {
    const before = await booked();
    expect(await deliver(consumer, history.filter((event) => !isForFinance(event)).map(busMessage))).toEqual(
      [],
    );
    expect(await booked()).toEqual(before);
  });
});

describe('the book of invoices', () => {
  it('is read in pages, newest first, and by number', async () => {
    const book = invoiceStore(table);
    const whole = await booked();
    const first = await book.list(2, null);
    expect(first.items).toEqual(whole.slice(0, 2));
    expect(await book.list(2, first.next)).toEqual({ items: whole.slice(2), next: null });
    expect(await book.find(`${orderId}-I1`)).toMatchObject({ kind: 'INVOICE', shipmentId: `${orderId}-S1` });
    expect(await book.find('nothing')).toBeNull();
  });
});
