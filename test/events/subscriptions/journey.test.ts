import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { sharedStack } from '../../../testing/stack.ts';
import { until } from '../../../testing/until.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const DEADLINE = 30_000;
let stack: LocalStack;
let token: string;
const open: Receiver[] = [];

beforeAll(async () => {
  stack = await sharedStack();
  token = await stack.token(SCOPES.join(' '));
  await api('POST', '/v1/inventory/GOODS/lots', { lotNumber: 'A', quantity: 10_000 });
});

afterEach(async () => {
  for (const { subscriptionId } of (await api('GET', '/v1/subscriptions')).body.items) {
    await api('DELETE', `/v1/subscriptions/${subscriptionId}`);
  }
  await Promise.all(open.splice(0).map((receiver) => receiver.stop()));
});

async function api(method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(stack.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as any };
}

async function receiver(answers: number | null = 204): Promise<Receiver> {
  const started = await startReceiver(answers);
  open.push(started);
  return started;
}

async function subscribe(to: Receiver, more: object = {}) {
  const { status, body } = await api('POST', '/v1/subscriptions', {
    url: to.url,
    types: ['OrderReceived', 'OrderHeld'],
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

async function order(): Promise<string> {
  const lines = [{ sku: 'GOODS', quantity: 1, unitPrice: '1.00' }];
  const { body } = await api('POST', '/v1/orders', { currency: 'USD', customer: { name: 'Ada' }, lines });
  return body.orderId;
}

const eventsOf = (to: Receiver, orderId: string) =>
  until(
    async () => to.received.filter(({ json }) => json.data.orderId === orderId),
    (found) => found.length > 0,
    DEADLINE,
  );

const deliveries = async (subscriptionId: string) =>
  (await api('GET', `/v1/subscriptions/${subscriptionId}/deliveries`)).body.items;

const deliveryOf = (subscriptionId: string, orderId: string, status: string) =>
  until(
    async () =>
      (await deliveries(subscriptionId)).find((each: { orderId: string }) => each.orderId === orderId),
    (found) => found?.status === status || (status === 'TRIED' && found?.attempts.length > 0),
    DEADLINE,
  );

test('a subscriber is sent what it asked for, signed as Standard Webhooks has it', async () => {
  const to = await receiver();
  const { subscriptionId, secret, ...subscription } = await subscribe(to, { description: 'the warehouse' });
  expect(subscription).toMatchObject({ status: 'ACTIVE', createdBy: 'developer' });
  const orderId = await order();
  const [first] = await eventsOf(to, orderId);
  expect(new Webhook(secret).verify(first?.body ?? '', first?.headers as Record<string, string>)).toEqual(
    first?.json,
  );
  const [received] = (await api('GET', `/v1/orders/${orderId}/events`)).body.items;
  expect(first?.json).toMatchObject({
    ...{ type: 'OrderReceived', timestamp: received.occurredAt },
    data: { eventId: received.eventId, orderId, sequence: 1, data: received.data },
  });
  expect(first?.headers['webhook-id']).toBe(received.eventId);
  await api('POST', `/v1/orders/${orderId}/holds`, { reason: 'OTHER' });
  const both = await until(
    () => eventsOf(to, orderId),
    (found) => found.length === 2,
    DEADLINE,
  );
  // OrderAllocated happened in between, and was not asked for.
  expect(both.map(({ json }) => json.type)).toEqual(['OrderReceived', 'OrderHeld']);
  expect(await deliveryOf(subscriptionId, orderId, 'DELIVERED')).toMatchObject({
    attempts: [{ httpStatus: 204 }],
  });
  const listed = await api('GET', '/v1/subscriptions');
  expect(JSON.stringify(listed.body)).not.toContain(secret.slice('whsec_'.length));
});

test('eight who subscribe under one key are one subscription, and hear the same secret', async () => {
  const wanted = { url: 'http://127.0.0.1:9/events', types: ['OrderHeld'] };
  const under = (key: string, body: object = wanted) =>
    api('POST', '/v1/subscriptions', body, { 'idempotency-key': key });
  const answers = await Promise.all(Array.from({ length: 8 }, () => under('key-1')));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
  for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
  const { items } = (await api('GET', '/v1/subscriptions')).body;
  expect(items).toHaveLength(1);

  expect(await under('key-1', { ...wanted, types: ['OrderClosed'] })).toMatchObject({
    status: 422,
    body: { code: 'idempotency_conflict' },
  });
  expect(await under('a key')).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  expect((await under('key-2')).body.subscriptionId).not.toBe(items[0].subscriptionId);
});

test('one who fails is tried again, and holds up no other', { tags: 'long' }, async () => {
  const [failing, silent, well] = [await receiver(500), await receiver(null), await receiver()];
  const { subscriptionId, secret } = await subscribe(failing);
  await subscribe(silent);
  await subscribe(well);
  const orderId = await order();
  await eventsOf(well, orderId);
  const pending = await deliveryOf(subscriptionId, orderId, 'TRIED');
  expect(pending).toMatchObject({ status: 'PENDING', attempts: [{ httpStatus: 500 }] });
  expect(Date.parse(pending.nextAttemptAt)).toBeGreaterThan(Date.parse(pending.attempts[0].at) + 4_000);
  const { body } = await api('GET', `/v1/subscriptions/${subscriptionId}`);
  expect(body.failingSince).toBe(pending.attempts[0].at);
  failing.answers = 200;
  expect((await deliveryOf(subscriptionId, orderId, 'DELIVERED')).attempts).toHaveLength(2);
  const [first, second] = await eventsOf(failing, orderId);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  new Webhook(secret).verify(second?.body ?? '', second?.headers as Record<string, string>);
  const healthy = await api('GET', `/v1/subscriptions/${subscriptionId}`);
  expect(healthy.body).not.toHaveProperty('failingSince');
});

test('one that answers 410 is switched off; switched on again, it can be sent what it missed', async () => {
  const to = await receiver(410);
  const { subscriptionId } = await subscribe(to);
  const path = `/v1/subscriptions/${subscriptionId}`;
  const orderId = await order();
  await deliveryOf(subscriptionId, orderId, 'FAILED');
  const off = await until(
    () => api('GET', path),
    ({ body }) => body.status === 'DISABLED',
    DEADLINE,
  );
  expect(off.body.note).toContain('410');
  const [delivery] = await deliveries(subscriptionId);
  const redeliver = `${path}/deliveries/${delivery.deliveryId}/redeliver`;
  expect(await api('POST', redeliver)).toMatchObject({
    status: 409,
    body: { code: 'subscription_disabled' },
  });
  to.answers = 200;
  const on = await api('PATCH', path, { status: 'ACTIVE' });
  expect(on.body).not.toHaveProperty('note');
  expect(await api('POST', redeliver)).toMatchObject({ status: 202, body: { status: 'PENDING' } });
  expect((await deliveryOf(subscriptionId, orderId, 'DELIVERED')).attempts).toHaveLength(2);
});

test('a redirect is not followed', async () => {
  const to = await receiver(302);
  const { subscriptionId } = await subscribe(to);
  const orderId = await order();
  expect(await deliveryOf(subscriptionId, orderId, 'TRIED')).toMatchObject({
    attempts: [{ httpStatus: 302 }],
  });
});

test('for a day after a secret was exchanged both sign', async () => {
  const to = await receiver();
  const given = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const { subscriptionId, secret } = await subscribe(to, { secret: given });
  expect(secret).toBe(given);
  const exchanged = await api('POST', `/v1/subscriptions/${subscriptionId}/secret`);
  expect(exchanged.status).toBe(201);
  const [first] = await eventsOf(to, await order());
  for (const each of [given, exchanged.body.secret]) {
    new Webhook(each).verify(first?.body ?? '', first?.headers as Record<string, string>);
  }
});

describe('what is no subscription', () => {
  const url = 'http://127.0.0.1:9/';
  test.each<[string, object]>([
    ['no url', { types: ['*'] }],
    ['no types', { url, types: [] }],
    ['an unknown type', { url, types: ['OrderEaten'] }],
    ['a file', { url: 'file:///etc/passwd', types: ['*'] }],
    ['a script', { url: 'javascript:alert(1)', types: ['*'] }],
    ['a password', { url: 'https://ada:secret@example.com/', types: ['*'] }],
    ['a short secret', { url, types: ['*'], secret: 'whsec_c2hvcnQ=' }],
    ['another field', { url, types: ['*'], status: 'DISABLED' }],
    ['a long url', { url: `https://example.com/${'a'.repeat(3000)}`, types: ['*'] }],
  ])('%s', async (_, body) => {
    expect(await api('POST', '/v1/subscriptions', body)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    });
    expect((await api('GET', '/v1/subscriptions')).body.items).toEqual([]);
  });

  test.each(['x', '0'.repeat(26), '%00', '..%2F..'])('an id like %s', async (id) => {
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/deliveries'],
      ['POST', '/secret'],
      ['POST', '/deliveries/x/redeliver'],
    ] as const) {
      expect((await api(method, `/v1/subscriptions/${id}${path}`)).status).toBe(404);
    }
  });
});
