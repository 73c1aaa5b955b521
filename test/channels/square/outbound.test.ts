import { describe, expect, test, vi } from 'vitest';
import { LOCAL_ACCESS_TOKEN } from '../../../local/aws/credentials.ts';
import { orderEvent, squarePayload, squareSignature } from '../../../testing/square.ts';
import { soon } from '../../../testing/until.ts';
import { useCircle } from '../core/circle.ts';

/** The whole circle: an order comes in from Square, is allocated and shipped, and Square hears of it. */
const { url, api, asked, queued, ship, cancel, documents } = useCircle();

let number = 0;

describe('Square', () => {
  async function order(changes: object = {}) {
    number += 1;
    const id = `circle-${number}`;
    const { order: sample } = JSON.parse(squarePayload('retrieve_order_01_v1_shipment.json').toString());
    await api('PUT', '/dev/stand-ins/square/orders', {
      ...sample,
      id,
      net_amount_due_money: { amount: 0, currency: 'USD' },
      ...changes,
    });
    const response = await webhook(orderEvent('order.created', `created-${id}`, { orderId: id, version: 1 }));
    const { orderId } = (await response.json()) as { orderId: string };
    await queued(orderId);
    return { id, orderId };
  }

  function webhook(body: Buffer) {
    const signature = squareSignature(body, `${url()}/webhooks/square`);
    return fetch(`${url()}/webhooks/square`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'x-square-hmacsha256-signature': signature },
    });
  }

  const updates = async (mentions: string) =>
    (await asked('UpdateOrder', mentions)).filter(({ status }) => status === 200);

  /** The order as Square has it. */
  async function there(id: string) {
    const response = await fetch(`${url()}/dev/stand-ins/square/v2/orders/${id}`, {
      headers: { authorization: `Bearer ${LOCAL_ACCESS_TOKEN}` },
    });
    return ((await response.json()) as { order: unknown }).order;
  }

  test('sees the fulfillment prepared, then completed, with the newest tracking', async () => {
    const { orderId } = await order();
    await ship(orderId, 'SQ-1', [{ lineNumber: 1, quantity: 2 }]);
    await vi.waitFor(async () => expect(await updates('SQ-1')).toHaveLength(1), soon);
    await ship(orderId, 'SQ-2');
    await vi.waitFor(
      async () => expect(await documents(orderId, 'square-fulfillment')).toHaveLength(2),
      soon,
    );
    const [first] = await updates('SQ-1');
    const [second] = await updates('SQ-2');
    expect(first?.input.order.fulfillments[0]).toMatchObject({
      state: 'PREPARED',
      shipment_details: { carrier: 'UPS', tracking_number: 'SQ-1' },
    });
    expect(second?.input.order.fulfillments[0].state).toBe('COMPLETED');
  });

  test('sees the fulfillment completed when what was left of it is cancelled', async () => {
    const { id, orderId } = await order();
    await ship(orderId, 'SQ-REST', [{ lineNumber: 1, quantity: 2 }]);
    await vi.waitFor(async () => expect(await updates('SQ-REST')).toHaveLength(1), soon);
    await cancel(orderId);
    await vi.waitFor(async () => expect(await updates('SQ-REST')).toHaveLength(2), soon);
    expect(await there(id)).toMatchObject({
      fulfillments: [{ state: 'COMPLETED', shipment_details: { tracking_number: 'SQ-REST' } }],
    });
  });

  test('tells of our own change, and nothing happens', async () => {
    const { id, orderId } = await order();
    await ship(orderId, 'SQ-ECHO');
    await vi.waitFor(async () => expect(await updates('SQ-ECHO')).toHaveLength(1), soon);
    const before = (await api('GET', `/v1/orders/${orderId}`)).version;
    const event = orderEvent('order.fulfillment.updated', `echo-${id}`, { orderId: id, version: 2 });
    expect((await webhook(event)).status).toBe(200);
    const after = await api('GET', `/v1/orders/${orderId}`);
    expect([after.version, after.shipments.length]).toEqual([before, 1]);
  });

  test('does not hear back of a fulfillment of its own', async () => {
    const { id, orderId } = await order();
    const { order: sample } = JSON.parse(squarePayload('retrieve_order_01_v4_prepared_paid.json').toString());
    const [fulfillment] = sample.fulfillments;
    await api('PUT', '/dev/stand-ins/square/orders', {
      ...sample,
      id,
      fulfillments: [{ ...fulfillment, state: 'COMPLETED' }],
    });
    const event = orderEvent('order.fulfillment.updated', `own-${id}`, { orderId: id, version: 4 });
    expect((await webhook(event)).status).toBe(200);
    const shipped = await api('GET', `/v1/orders/${orderId}`);
    expect(shipped).toMatchObject({
      state: 'SHIPPED',
      shipments: [{ trackingNumber: '1Z9999W99999999997' }],
    });
    const other = await order();
    await ship(other.orderId, 'SQ-AFTER');
    await vi.waitFor(async () => expect(await updates('SQ-AFTER')).toHaveLength(1), soon);
    expect(await documents(orderId, 'square-fulfillment')).toEqual([]);
  });

  test('hears of a cancellation', async () => {
    const { orderId } = await order();
    await cancel(orderId);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'square-cancellation')).toHaveLength(1),
      soon,
    );
    const [told] = await updates('changed their mind');
    expect(told?.input.order).toMatchObject({ state: 'CANCELED', fulfillments: [{ state: 'CANCELED' }] });
  });

  test.each([
    ['busy, with a pause it asks for', { status: 429, retryAfter: 1 }],
    ['failing', { status: 502 }],
    ['cut off before its answer', { loseAnswer: true }],
  ])('that is %s is asked again, and its order changed once', expectAskedAgain);

  test('that is slower than we wait is asked again, and its order changed once', { tags: 'long' }, () =>
    expectAskedAgain('slower than we wait', { delay: 5500 }),
  );

  async function expectAskedAgain(name: string, fault: object) {
    const { id, orderId } = await order();
    await api('PUT', '/dev/stand-ins/faults', [{ operation: 'UpdateOrder', ...fault }]);
    const tracking = `SQ-${name.slice(0, 3)}`;
    await ship(orderId, tracking);
    await vi.waitFor(
      async () => expect(await documents(orderId, 'square-fulfillment')).toHaveLength(1),
      soon,
    );
    expect(await there(id)).toMatchObject({
      version: 2,
      fulfillments: [{ state: 'COMPLETED', shipment_details: { tracking_number: tracking } }],
    });
  }
});
