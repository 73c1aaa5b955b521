import { beforeAll, describe, expect, it } from 'vitest';
import { type Envelope, parseEvent } from '../../contract/events.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const events: Envelope[] = [];

beforeAll(async () => {
  const loop = testLoop(await store.newTable());
  const orderId = 'LMB-ORD-2026-0089';
  events.push(...(await loop.stock('A', 'L1', 20)), ...(await loop.stock('A', 'L2', 20)));
  const terms = { orderType: 'B2B', paymentTerms: 'NET30', purchaseOrderNumber: 'PO-1' };
  const shipTo = { name: 'Ada', address1: '1 Main St', city: 'Reno', postalCode: '89501', country: 'US' };
  const deliveryWindow = { start: '2026-03-10', end: '2026-03-14' };
  await loop.receive({
    ...{ orderId, ...terms, shipTo, deliveryWindow, holds: [{ reason: 'CREDIT_LIMIT', note: 'look' }] },
    lines: [
      { sku: 'A', quantity: 24, unitsPerCase: 12, casesPerPallet: 40, discount: '1.00', tax: '2.00' },
      { sku: 'B', quantity: 1, unitPrice: '0.005' },
    ],
  });
  for (const { holdId } of (await loop.order(orderId)).holds)
    await loop.command(orderId, { type: 'ReleaseHold', holdId });
  events.push(...(await loop.stock('B', 'L1', 1)));
  await loop.command(orderId, { type: 'CompleteAllocation' });
  const pins = [{ lineNumber: 1, lotNumber: 'L2', quantity: 12 }];
  await loop.command(orderId, { type: 'AllocateOrder', pins });
  await loop.command(orderId, {
    type: 'AmendOrder',
    deliveryWindow: { start: '2026-03-11', end: '2026-03-12' },
  });
  await loop.command(orderId, { type: 'CheckDeliveryWindow', today: '2026-03-11', atRiskDays: 2 });
  await loop.command(orderId, { type: 'QueueFulfillment' });
  const cancelled = [{ lineNumber: 2, quantity: 1 }];
  await loop.command(orderId, {
    type: 'CancelOrder',
    reason: 'customer',
    note: 'by phone',
    lines: cancelled,
  });
  await loop.command(orderId, { type: 'RecordShipment', carrier: 'UPS', trackingNumber: 'T', packages: 2 });
  const deliveredAt = new Date().toISOString();
  const shipmentId = `${orderId}-S1`;
  await loop.command(orderId, { type: 'ConfirmDelivery', shipmentId, deliveredAt, signedBy: 'Ada' });
  const returned = [{ lineNumber: 1, quantity: 1, disposition: 'QUARANTINE' as const }];
  await loop.command(orderId, { type: 'ReceiveReturn', lines: returned });
  await loop.command(orderId, { type: 'CloseOrder' });
  events.push(...(await loop.history(orderId)));
});

/** As a queue delivers it. */
const sent = (event: unknown) => JSON.parse(JSON.stringify(event)) as Record<string, unknown>;

describe('reading events', () => {
  it('loses no field that the loop sends', () => {
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(14);
    for (const event of events) expect(parseEvent(sent(event))).toEqual(sent(event));
  });

  it('drops fields that a newer version added', () => {
    const [event] = events;
    expect(parseEvent({ ...sent(event), priority: 'HIGH' })).toEqual(sent(event));
    const received = sent(events.find(({ type }) => type === 'OrderReceived'));
    const data = received.data as { customer: object; shipTo: object };
    const newer = { ...data, customer: { ...data.customer, rank: 1 }, shipTo: { ...data.shipTo, floor: 3 } };
    expect(parseEvent({ ...received, data: newer })).toEqual(received);
  });

  it('refuses events that lack a field, and other values', () => {
    for (const event of events) {
      for (const field of ['eventId', 'type', 'version', 'occurredAt', 'sequence', 'actor', 'data'])
        expect(() => parseEvent({ ...sent(event), [field]: undefined }), field).toThrow();
      expect(() => parseEvent({ ...sent(event), version: 2 })).toThrow();
    }
    expect(() => parseEvent({ ...sent(events[0]), type: 'toString' })).toThrow('not an event of the loop');
    expect(() => parseEvent(undefined)).toThrow();
  });
});
