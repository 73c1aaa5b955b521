import { beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../../local/stack.ts';
import { connect } from '../../../testing/client.ts';
import fc from '../../../testing/fast-check.ts';
import { mutate, mutation } from '../../../testing/mutations.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';
import { receptions } from '../../../testing/receptions.ts';
import { orderEvent, squarePayload, squareSignature } from '../../../testing/square.ts';
import { sharedStack } from '../../../testing/stack.ts';
import { sample } from './support.ts';

/** Damaged events, and events about damaged orders, through the real path: named answers, never a failure of ours. */
let stack: LocalStack;

/** Milliseconds that a property may take; ten thousand tries take most of an hour on a busy machine. */
const LONGEST = 7_200_000;

beforeAll(async () => {
  stack = await sharedStack();
}, 60_000);

/** Sends it again, as Square does, when it is asked to: on a busy machine the order was not fetched in time. */
async function deliver(body: Buffer): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const status = await deliverOnce(body);
    if (status !== 503 || attempt === 5) return status;
  }
}

async function deliverOnce(body: Buffer): Promise<number> {
  const response = await fetch(`${stack.url}/webhooks/square`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'x-square-hmacsha256-signature': squareSignature(body, `${stack.url}/webhooks/square`) },
  });
  await response.arrayBuffer();
  return response.status;
}

const EVENTS = [
  'event_01_order_created.json',
  'event_03_order_fulfillment_updated.json',
  'event_04_payment_updated.json',
];

test(
  'damaged events',
  async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...EVENTS),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (file, mutations) => {
          const event = JSON.parse(squarePayload(file).toString()) as Record<string, unknown>;
          event.event_id = `damaged-${number++}`;
          for (const each of mutations) mutate(event, each);
          expect([200, 202, 401]).toContain(await deliver(Buffer.from(JSON.stringify(event))));
        },
      ),
      propertyRuns(100),
    );
  },
  LONGEST,
);

test(
  'damaged orders become whole orders or none',
  async () => {
    let number = 0;
    const told = new Map<string, SquareTold>();
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const orderId = `damaged-order-${number++}`;
        const order = sample();
        for (const each of mutations) mutate(order, each);
        const body = JSON.stringify({ ...order, id: orderId });
        const put = await fetch(`${stack.url}/dev/stand-ins/square/orders`, { method: 'PUT', body });
        fc.pre(put.ok);
        const event = orderEvent('order.created', orderId, { orderId, version: 4 });
        told.set(orderId, JSON.parse(body));
        expect([200, 202]).toContain(await deliver(event));
      }),
      propertyRuns(100),
    );
    await expectWholeOrders(told);
  },
  LONGEST,
);

/** Every order that was booked has the lines that Square told of it, all of them; what it adds are fees. */
async function expectWholeOrders(told: ReadonlyMap<string, SquareTold>): Promise<void> {
  let seen = 0;
  for await (const { externalId = '', lines } of receptions(await connect(stack.url))) {
    const order = told.get(externalId);
    if (order === undefined) continue;
    const wanted = order.line_items.filter(({ quantity }) => Number(quantity) !== 0);
    const booked = lines.slice(0, wanted.length).map((line) => [line.channelLineId, line.quantity]);
    expect(booked, externalId).toEqual(wanted.map(({ uid, quantity }) => [uid, Number(quantity)]));
    for (const fee of lines.slice(wanted.length))
      expect(fee, externalId).toMatchObject({ sku: null, quantity: 1 });
    seen += 1;
  }
  expect(seen).toBeGreaterThan(0);
}

interface SquareTold {
  readonly line_items: readonly { readonly uid: string; readonly quantity: string }[];
}

test.each([1.5, 'much', {}])('an amount of %j quarantines the order', async (amount) => {
  const orderId = `amount-${JSON.stringify(amount)}`;
  const order = { ...sample(), id: orderId, total_money: { amount, currency: 'USD' } };
  await fetch(`${stack.url}/dev/stand-ins/square/orders`, { method: 'PUT', body: JSON.stringify(order) });
  expect(await deliver(orderEvent('order.created', orderId, { orderId, version: 4 }))).toBe(202);
});

test.each(['merchant_id', 'type', 'event_id'])('half a character in %s is no failure', async (field) => {
  const event = { ...JSON.parse(squarePayload('event_01_order_created.json').toString()), [field]: '\ud800' };
  const status = await deliver(Buffer.from(JSON.stringify(event)));
  expect([200, 202, 401]).toContain(status);
});
