import { afterAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { Invoice } from '../../contract/invoices.ts';
import type { OrderResponse } from '../../contract/responses.ts';
import { lotPath, TRACKED, unique, useApi } from '../../testing/api.ts';
import { until } from '../../testing/until.ts';

const api = useApi();
type BookedInvoice = z.infer<typeof Invoice>;

afterAll(async () => expect(await api().drift()).toEqual([]));

/** A queued order over as many units of two lots. */
async function queued(first: number, second: number, terms: Record<string, unknown> = {}) {
  const sku = unique('SHIP');
  await api().stock(sku, 'A', first, { expiryDate: '2040-01-01' });
  await api().stock(sku, 'B', second, { expiryDate: '2041-01-01' });
  const lines = [{ sku, quantity: first + second }];
  const { orderId } = await api().receive({ lines, ...terms });
  await api().command(orderId, 'fulfillment');
  return { sku, orderId };
}

const shipment = (orderId: string, lines: unknown) =>
  api().send('POST', `/v1/orders/${orderId}/shipments`, { body: { ...TRACKED, lines } });

/** Waits until finance has booked so many invoices and credit notes of an order; oldest first. */
async function invoicesOf(orderId: string, count: number): Promise<readonly BookedInvoice[]> {
  const booked = await until(
    async () =>
      (await api().all<BookedInvoice>('/v1/invoices?limit=100')).filter((each) => each.orderId === orderId),
    (invoices) => invoices.length >= count,
  );
  return booked.toReversed();
}

/** An amount in cents; the tests add up what the API gives as text. */
const cents = (amount: string) => Math.round(Number(amount) * 100);

describe('partial shipments', () => {
  test('each takes its units, is delivered by itself, and the lines alone say where the order stands', async () => {
    const { sku, orderId } = await queued(10, 5);
    const first = await api().ship(orderId, [{ lineNumber: 1, quantity: 4 }]);
    expect(first).toMatchObject({ state: 'FULFILLMENT_QUEUED', lines: [{ shipped: 4, allocated: 11 }] });
    expect(await api().inventory(sku)).toMatchObject({ onHand: 11, reserved: 11 });
    const delivered = await api().deliver(orderId, first.shipmentId);
    expect(delivered).toMatchObject({ state: 'FULFILLMENT_QUEUED', lines: [{ delivered: 4 }] });
    const second = await api().ship(orderId);
    expect(second).toMatchObject({ state: 'SHIPPED', lines: [{ shipped: 15, allocated: 0 }] });
    expect(second.shipmentId).not.toBe(first.shipmentId);
    const again = await api().send('POST', `/v1/orders/${orderId}/shipments/${first.shipmentId}/delivery`, {
      body: { deliveredAt: '2026-03-10T14:07:00Z' },
    });
    expect(again.body.code).toBe('illegal_transition');
    expect((await api().deliver(orderId, second.shipmentId)).state).toBe('DELIVERED');
    const { shipments } = await api().order(orderId);
    expect(shipments.map(({ deliveredAt }) => deliveredAt !== undefined)).toEqual([true, true]);
    expect(shipments[1]?.lines[0]?.lots).toEqual([
      { lotNumber: 'A', locationId: 'MAIN', expiryDate: '2040-01-01', quantity: 6 },
      { lotNumber: 'B', locationId: 'MAIN', expiryDate: '2041-01-01', quantity: 5 },
    ]);
  });

  test('no person reports an arrival of tomorrow, or long before the goods left', async () => {
    const { orderId } = await queued(1, 1);
    const { shipmentId, shipments } = await api().ship(orderId);
    const refusedFor = async (deliveredAt: number) => {
      const path = `/v1/orders/${orderId}/shipments/${shipmentId}/delivery`;
      const { status, body } = await api().send('POST', path, {
        body: { deliveredAt: new Date(deliveredAt).toISOString() },
      });
      return [
        status,
        body.code,
        body.errors?.map(({ path: field, message }) => `${field} ${message}`).join(),
      ];
    };
    const DAY = 24 * 60 * 60_000;
    expect(await refusedFor(Date.now() + DAY)).toEqual([
      ...[422, 'validation_failed'],
      'deliveredAt is in the future',
    ]);
    expect(await refusedFor(Date.now() - 61 * DAY)).toEqual([
      ...[422, 'validation_failed'],
      `deliveredAt is long before the shipment, which was recorded at ${shipments[0]?.shippedAt}`,
    ]);
    expect(await api().order(orderId)).toMatchObject({ state: 'SHIPPED' });
    // What left at the beginning of a month may be recorded when the month is over.
    expect((await refusedFor(Date.now() - 30 * DAY))[0]).toBe(200);
  });

  test('what is backordered ships when its stock has come', async () => {
    const sku = unique('SHIP');
    await api().stock(sku, 'A', 4);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 10 }] });
    await api().command(orderId, 'fulfillment');
    const first = await api().ship(orderId);
    expect(first).toMatchObject({ state: 'FULFILLMENT_QUEUED', lines: [{ shipped: 4, backordered: 6 }] });
    expect((await shipment(orderId, undefined)).status).toBe(409);
    await api().stock(sku, 'B', 6);
    expect(await api().ship(orderId)).toMatchObject({
      state: 'SHIPPED',
      lines: [{ shipped: 10, backordered: 0 }],
    });
  });

  test('cancelling what is left closes the order short, and it continues as shipped', async () => {
    const sku = unique('SHIP');
    await api().stock(sku, 'A', 6);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 10 }] });
    await api().command(orderId, 'fulfillment');
    const { shipmentId } = await api().ship(orderId, [{ lineNumber: 1, quantity: 4 }]);
    await api().deliver(orderId, shipmentId);
    const closed = await api().command(orderId, 'cancellation', { reason: 'will not come' });
    expect(closed).toMatchObject({
      state: 'DELIVERED',
      lines: [{ ordered: 10, shipped: 4, delivered: 4, cancelled: 6, allocated: 0, backordered: 0 }],
    });
    expect(await api().inventory(sku)).toMatchObject({ onHand: 2, reserved: 0, available: 2 });
    expect((await api().history(orderId)).map(({ type }) => type)).not.toContain('OrderCancelled');
  });
});

describe('the lot that really went out', () => {
  test('is taken from stock in place of the one reserved', async () => {
    const sku = unique('LOT');
    await api().stock(sku, 'A', 10, { expiryDate: '2040-01-01' });
    await api().stock(sku, 'B', 10, { expiryDate: '2041-01-01' });
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 6 }] });
    await api().command(orderId, 'fulfillment');
    const shipped = await api().ship(orderId, [{ lineNumber: 1, quantity: 6, lotNumber: 'B' }]);
    expect(shipped.shipments[0]?.lines[0]?.lots).toMatchObject([{ lotNumber: 'B', quantity: 6 }]);
    const { lots } = await api().inventory(sku);
    expect(lots.map(({ lotNumber, onHand, reserved }) => [lotNumber, onHand, reserved])).toEqual([
      ['A', 10, 0],
      ['B', 4, 0],
    ]);
  });

  test('is no other than the pinned one, and has what it gives', async () => {
    const sku = unique('LOT');
    await api().stock(sku, 'A', 10);
    await api().stock(sku, 'B', 3);
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 6, lotPin: 'A' }] });
    await api().command(orderId, 'fulfillment');
    const before = await api().inventory(sku);
    const other = await shipment(orderId, [{ lineNumber: 1, quantity: 3, lotNumber: 'B' }]);
    expect(other.status).toBeGreaterThanOrEqual(409);
    expect(other.status).toBeLessThan(500);
    expect(await api().inventory(sku)).toEqual(before);
    const free = await api().receive({ lines: [{ sku, quantity: 4, lotPin: 'A' }] });
    await api().command(free.orderId, 'fulfillment');
    const unknown = await shipment(free.orderId, [{ lineNumber: 1, quantity: 4, lotNumber: 'NONE' }]);
    expect(unknown.status).toBeGreaterThanOrEqual(409);
    expect(unknown.status).toBeLessThan(500);
    expect((await api().order(free.orderId)).shipments).toEqual([]);
  });
});

describe('returns', () => {
  test('come back to stock, to quarantine or to nothing, and never more than was delivered', async () => {
    const { sku, orderId } = await queued(6, 4);
    const { shipmentId } = await api().ship(orderId);
    const giveBack = (quantity: number, disposition: string, lotNumber?: string) =>
      api().send<OrderResponse & { returnId: string }>('POST', `/v1/orders/${orderId}/returns`, {
        body: { lines: [{ lineNumber: 1, quantity, disposition, lotNumber }] },
      });
    expect((await giveBack(1, 'RESTOCK')).status).toBe(422);
    await api().deliver(orderId, shipmentId);
    const first = await giveBack(2, 'RESTOCK', 'B');
    expect(first.status).toBe(201);
    expect(first.body.returnId).toBeDefined();
    expect(await api().inventory(sku)).toMatchObject({ onHand: 2, available: 2 });
    await giveBack(3, 'QUARANTINE', 'A');
    const { onHand, available, lots } = await api().inventory(sku);
    expect([onHand, available]).toEqual([5, 2]);
    expect(lots.filter(({ status }) => status === 'QUARANTINE')).toMatchObject([{ onHand: 3 }]);
    const third = await giveBack(5, 'WRITE_OFF');
    expect(third.body.lines[0]).toMatchObject({ delivered: 10, returned: 10 });
    expect((await api().inventory(sku)).onHand).toBe(5);
    expect((await giveBack(1, 'RESTOCK')).body).toMatchObject({ code: 'validation_failed' });
  });

  test('serve those who wait for the goods', async () => {
    const { sku, orderId } = await queued(3, 2);
    const waiting = await api().receive({ lines: [{ sku, quantity: 2 }] });
    const { shipmentId } = await api().ship(orderId);
    await api().deliver(orderId, shipmentId);
    await api().command(orderId, 'returns', {
      lines: [{ lineNumber: 1, quantity: 2, disposition: 'RESTOCK' }],
    });
    await api().orderWhen(waiting.orderId, ({ state }) => state === 'ALLOCATED');
  });
});

describe('B2B', () => {
  test('cases and pallets show, partial shipments are invoiced one by one, and the sum is the total to the cent', async () => {
    const sku = unique('B2B');
    await api().stock(sku, 'A', 960);
    const order = await api().receive({
      orderType: 'B2B',
      purchaseOrderNumber: unique('PO'),
      paymentTerms: 'NET30',
      deliveryWindow: { start: '2040-03-10', end: '2040-03-14' },
      lines: [
        {
          sku,
          quantity: 960,
          unitPrice: '0.333',
          unitsPerCase: 12,
          casesPerPallet: 40,
          discount: '7.77',
          tax: '1.01',
        },
      ],
      discount: '3.33',
      shippingAmount: '45.55',
      tax: '20.02',
    });
    expect(order).toMatchObject({ cases: 80, pallets: 2, lines: [{ cases: 80, pallets: 2 }] });
    const { orderId } = order;
    await api().command(orderId, 'fulfillment');
    for (const quantity of [12, 348, 240]) await api().ship(orderId, [{ lineNumber: 1, quantity }]);
    const { shipments } = await api().ship(orderId);
    expect(shipments.map(({ lines }) => lines[0]?.cases)).toEqual([1, 29, 20, 30]);
    const invoices = await invoicesOf(orderId, 4);
    expect(invoices.map(({ kind, lines }) => [kind, lines[0]?.quantity, lines[0]?.cases])).toEqual([
      ['INVOICE', 12, 1],
      ['INVOICE', 348, 29],
      ['INVOICE', 240, 20],
      ['INVOICE', 360, 30],
    ]);
    expect(invoices.reduce((sum, { total }) => sum + cents(total), 0)).toBe(cents(order.total));
    expect(invoices.map(({ shipping }) => shipping)).toEqual(['45.55', '0.00', '0.00', '0.00']);
    for (const { invoiceDate, dueDate, invoiceId } of invoices) {
      const days = (Date.parse(dueDate ?? '') - Date.parse(invoiceDate)) / 86_400_000;
      expect(days).toBe(30);
      expect((await api().done<BookedInvoice>('GET', `/v1/invoices/${invoiceId}`)).orderId).toBe(orderId);
    }
  });

  test('returned goods are credited with what was asked for them', async () => {
    const sku = unique('B2B');
    await api().stock(sku, 'A', 30);
    const { orderId } = await api().receive({
      orderType: 'B2B',
      paymentTerms: 'NET10',
      lines: [{ sku, quantity: 30, unitPrice: '3.333333', tax: '1.00' }],
    });
    await api().command(orderId, 'fulfillment');
    const { shipmentId } = await api().ship(orderId);
    await api().deliver(orderId, shipmentId);
    for (const quantity of [7, 11, 12]) {
      await api().command(orderId, 'returns', {
        lines: [{ lineNumber: 1, quantity, disposition: 'WRITE_OFF' }],
      });
    }
    const [invoice, ...credits] = await invoicesOf(orderId, 4);
    expect(credits.map(({ kind }) => kind)).toEqual(['CREDIT_NOTE', 'CREDIT_NOTE', 'CREDIT_NOTE']);
    const credited = credits.reduce((sum, { total }) => sum + cents(total), 0);
    expect(credited).toBe(cents(invoice?.total ?? ''));
  });

  test('what is cancelled is whole cases, or all that is left', async () => {
    const { orderId } = await queued(12, 24, { orderType: 'B2B', purchaseOrderNumber: unique('PO') });
    const plain = await api().order(orderId);
    expect(plain.lines[0]?.cases).toBeUndefined();
    const sku = unique('B2B');
    const cased = await api().receive({ orderType: 'B2B', lines: [{ sku, quantity: 36, unitsPerCase: 12 }] });
    const cancel = (quantity: number) =>
      api().send('POST', `/v1/orders/${cased.orderId}/cancellation`, {
        body: { reason: 'less', lines: [{ lineNumber: 1, quantity }] },
      });
    expect((await cancel(5)).body.code).toBe('case_pack');
    expect((await cancel(12)).status).toBe(200);
    expect((await cancel(24)).status).toBe(200);
    expect((await api().order(cased.orderId)).state).toBe('CANCELLED');
  });

  test('a DTC order is not invoiced', async () => {
    const { orderId } = await queued(1, 1);
    await api().ship(orderId);
    expect((await api().history(orderId)).map(({ type }) => type)).not.toContain('InvoiceRequested');
  });
});

test('stock that is counted again moves the lot, up and down, and never below what is reserved', async () => {
  const sku = unique('COUNT');
  await api().stock(sku, 'A', 10);
  await api().receive({ lines: [{ sku, quantity: 8 }] });
  const waiting = await api().receive({ lines: [{ sku, quantity: 5 }] });
  const adjust = (adjustment: number) =>
    api().send('PATCH', lotPath(sku, 'A'), { body: { adjustment, reason: 'counted' } });
  expect((await adjust(-1)).status).toBe(409);
  expect((await adjust(4)).status).toBe(200);
  expect(await api().order(waiting.orderId)).toMatchObject({ state: 'ALLOCATED', lines: [{ allocated: 5 }] });
  expect((await adjust(-2)).status).toBe(409);
  expect((await adjust(-1)).status).toBe(200);
  expect(await api().inventory(sku)).toMatchObject({ onHand: 13, reserved: 13, available: 0 });
});
