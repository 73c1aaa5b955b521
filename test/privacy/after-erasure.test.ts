import { expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import type { DataRequest, Erasure, PersonalRecord } from '../../contract/personal-data.ts';
import { messageLog } from '../../functions/adapters/dynamodb/message-log.ts';
import { messageIdOf, refOf } from '../../functions/messages/message-log.ts';
import { orderRequest, useOwnApi } from '../../testing/api.ts';
import { testLoop } from '../../testing/loop.ts';
import { SHOP, shopifyMessage } from '../../testing/messages.ts';
import { processPersonalRequests } from '../../testing/personal-requests.ts';
import { dump, person, shopifyOrderOf, shopOrder, tableOf, tracesOf } from './support.ts';

const api = useOwnApi();
const SKU = 'FORGOTTEN';

const sweep = () => processPersonalRequests(tableOf(api()));
async function erase(body: object): Promise<string> {
  return (await api().done<Erasure>('POST', '/v1/erasures', { body })).erasureId;
}
const erasureOf = (erasureId: string) => api().done<Erasure>('GET', `/v1/erasures/${erasureId}`);

async function expectForgotten(someone: ReturnType<typeof person>): Promise<void> {
  const contents = await dump(api());
  expect(tracesOf(someone).filter((trace) => contents.includes(trace))).toEqual([]);
}

test('a shop that repeats what it knows of an erased order brings nothing back', async () => {
  const someone = person('REPEATEDQ');
  await shopifyOrderOf(api(), someone, 930_000_001, SKU);
  const erasureId = await erase({ email: someone.email });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', orders: 1 });
  await expectForgotten(someone);

  const later = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  for (const [minutes, topic] of [
    [1, 'orders/updated'],
    [2, 'orders/cancelled'],
    [3, 'orders/create'],
  ] as const) {
    const changes = { updated_at: later(minutes), note: `${someone.words} once more` };
    const message = shopOrder(someone, 930_000_001, SKU, topic, changes);
    const answer = await api().sendSigned(message);
    expect(answer.status).toBe(200);
    expect((await api().sendSigned(message)).status).toBe(200);
  }
  await expectForgotten(someone);
});

test('an erasure shows the orders and messages that it waits for, and is done when they are', async () => {
  const someone = person('WAITINGQ');
  await api().stock(SKU, 'LOT-W', 10);
  const { orderId } = await api().receive({
    ...{ customer: { name: `${someone.first} ${someone.last}`, email: someone.email } },
    lines: [{ sku: SKU, quantity: 1 }],
  });
  const topic = 'customers/unknown';
  await api().sendSigned(
    shopifyMessage(topic, JSON.stringify({ email: someone.email }), { webhookId: 'w1' }),
  );
  const erasureId = await erase({ email: someone.email });
  await sweep();
  const waiting = await erasureOf(erasureId);
  expect(waiting).toMatchObject({ state: 'RUNNING', orders: 1, waitingFor: { orderIds: [orderId] } });

  await api().command(orderId, 'cancellation', { reason: 'not wanted' });
  await sweep();
  const { waitingFor } = await erasureOf(erasureId);
  expect(waitingFor.orderIds).toEqual([]);
  expect(waitingFor.messageIds).toHaveLength(1);

  const path = `/v1/inbound-messages/${waitingFor.messageIds[0]}/dismissal`;
  await api().done('POST', path, { body: { reason: 'about nothing' } });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', erased: { orders: 1, messages: 1 } });
  await expectForgotten(someone);
});

/** Logs a message that names somebody, and quarantines it. @returns what settles it */
async function quarantined(key: string, words: string) {
  const log = messageLog(tableOf(api()));
  const { message } = await log.receive(
    {
      ...{ messageId: messageIdOf('shopify', SHOP, key), channel: 'SHOPIFY', endpoint: 'shopify' },
      ...{ topic: 'orders/create', connectionId: 'northfield-shop', source: SHOP },
      ...{ proof: { method: 'X-Shopify-Hmac-Sha256', secretName: null }, correlationId: key },
      ...{ receivedAt: new Date().toISOString(), actor: { type: 'channel', id: 'northfield-shop' } },
    },
    Buffer.from(JSON.stringify({ note: words })),
  );
  await log.settle(refOf(message), { state: 'QUARANTINED', reason: 'waits for a product' });
  return (orderIds: readonly string[]) => log.settle(refOf(message), { state: 'PROCESSED', orderIds });
}

test('an order that a message from before the request is made into is erased with it', async () => {
  const someone = person('RETRIEDQ');
  const settle = await quarantined('retried', `${someone.first} ${someone.email}`);
  const erasureId = await erase({ email: someone.email });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'RUNNING', orders: 0 });

  const body = orderRequest({
    customer: { name: `${someone.first} ${someone.last}`, email: someone.email },
    ...{ note: someone.words, lines: [{ sku: 'NEVER', quantity: 1 }] },
  });
  const headers = { 'idempotency-key': 'retried' };
  const { orderId } = await api().done('POST', '/v1/orders', { body, headers });
  await settle([orderId]);
  await sweep();
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'RUNNING', waitingFor: { orderIds: [orderId] } });
  await api().command(orderId, 'cancellation', { reason: 'not wanted' });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', orders: 1, erased: { orders: 1 } });
  await expectForgotten(someone);
});

test('of an order whose message alone names a person everything is erased, of a shared message its own', async () => {
  const [someone, other] = [person('MESSAGEDQ'), person('BESIDEQ')];
  const order = async ({ first, words }: typeof someone, customer: object) => {
    const named = { customer: { name: first, ...customer }, note: words };
    const { orderId } = await api().receive({ ...named, lines: [{ sku: 'NEVER', quantity: 1 }] });
    await api().command(orderId, 'cancellation', { reason: 'not wanted' });
    return orderId;
  };
  const alone = await order(someone, {});
  const shared = [await order(someone, { email: someone.email }), await order(other, {})];
  await (await quarantined('alone', `for ${someone.email}`))([alone]);
  await (await quarantined('shared', `for ${someone.email} and ${other.email}`))(shared);
  const { dataRequestId } = await api().done<DataRequest>('POST', '/v1/data-requests', {
    body: { email: someone.email },
  });
  await sweep();
  await sweep();
  const records = await api().all<PersonalRecord>(`/v1/data-requests/${dataRequestId}/data`);
  expect(records.filter(({ store }) => store === 'orders')).toHaveLength(2);
  expect(JSON.stringify(records)).not.toContain(other.email);

  const erasureId = await erase({ email: someone.email });
  await sweep();
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', orders: 2, erased: { messages: 2 } });
  await expectForgotten(someone);
  expect((await api().order(shared[1] ?? '')).customer.name).toBe(other.first);
});

test('who is alike is not erased, and who is the same in other letters is', async () => {
  const named = async (name: string) => {
    const { orderId } = await api().receive({ customer: { name }, lines: [{ sku: 'NEVER', quantity: 1 }] });
    await api().command(orderId, 'cancellation', { reason: 'not wanted' });
    return orderId;
  };
  // A zero-width space, and an accent that is a character of its own.
  const [wanted, other] = [await named('zo\u{200b}e e\u{301}88'), await named('zoe é880')];
  const erasureId = await erase({ customerReference: 'ZOE É88' });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', orders: 1 });
  expect((await api().order(wanted)).customer).toEqual({ name: 'erased' });
  expect((await api().order(other)).customer).toEqual({ name: 'zoe é880' });
});

test('an order that names an address in its notes is erased, and one with a longer address is not', async () => {
  const noted = async (note: string) => {
    const { orderId } = await api().receive({ note, lines: [{ sku: 'NEVER', quantity: 1 }] });
    await api().command(orderId, 'cancellation', { reason: 'not wanted' });
    return orderId;
  };
  const named = [await noted('Call:\nEve@Noted.example.'), await noted('<eve@noted.example>')];
  const others = [await noted('mary.eve@noted.example'), await noted('to eve@noted.example.org')];
  const erasureId = await erase({ email: 'eve@noted.example' });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', orders: named.length });
  for (const orderId of named) expect((await api().order(orderId)).note).toBe('erased');
  for (const orderId of others) expect((await api().order(orderId)).note).toContain('eve@noted');
});

test('a person is given all that is kept, and the audit trail says who asked and who read', async () => {
  const someone = person('GIVENQ');
  const body = orderRequest({
    customer: { name: someone.first, email: someone.email },
    note: someone.words,
    lines: [{ sku: 'NEVER', quantity: 1 }],
  });
  await api().done('POST', '/v1/orders', { body, headers: { 'idempotency-key': 'given' } });
  await shopifyOrderOf(api(), someone, 930_000_002, SKU);
  const { dataRequestId } = await api().done<DataRequest>('POST', '/v1/data-requests', {
    body: { email: someone.email },
  });
  const path = `/v1/data-requests/${dataRequestId}/data`;
  await sweep();
  const records = await api().all<PersonalRecord>(`${path}?limit=2`);
  expect(new Set(records.map(({ store }) => store))).toEqual(
    new Set(['orders', 'messages', 'answers', 'documents']),
  );
  expect(records.filter(({ store }) => store === 'orders')).toHaveLength(2);
  const text = JSON.stringify(records).toLowerCase();
  for (const trace of tracesOf(someone)) expect(text).toContain(trace);
  // Reading changes nothing.
  expect((await dump(api())).includes(someone.words.toLowerCase())).toBe(true);

  const entries = await api().all<AuditEntry>('/v1/audit?limit=100');
  const actions = entries.filter(({ subject }) => subject === dataRequestId).map(({ action }) => action);
  expect(actions).toEqual(['data.read', 'data.requested']);
  expect(JSON.stringify(entries)).not.toContain(someone.email);
});

test('a shop has a customer erased, or asks for what is kept, in the name of the customer', async () => {
  const someone = person('REDACTEDQ');
  const orderId = await shopifyOrderOf(api(), someone, 930_000_003, SKU);
  const customer = { id: 7, email: someone.email, phone: someone.phone };
  const send = (topic: string, body: object) =>
    api().sendSigned(
      shopifyMessage(topic, JSON.stringify(body), { webhookId: `${topic}${Object.keys(body)}` }),
    );
  const about = { shop_domain: SHOP, customer };
  const request = { ...about, orders_requested: [930_000_003], data_request: { id: 99 } };
  const asked = await send('customers/data_request', request);
  expect(asked).toMatchObject({ status: 202, body: { reason: expect.stringContaining('data request') } });
  // The topic is not signed: nobody makes an erasure of it.
  expect((await send('customers/redact', request)).status).toBe(202);
  expect((await send('customers/redact', { ...about, orders_to_redact: [930_000_003] })).status).toBe(200);
  await sweep();
  expect((await api().order(orderId)).customer).toEqual({ name: 'erased' });
  const [erasure] = await api().all<Erasure>('/v1/erasures');
  expect(erasure).toMatchObject({ state: 'RUNNING', requestedBy: expect.any(String), erased: { orders: 1 } });
  const messageIds = erasure?.waitingFor.messageIds ?? [];
  expect(messageIds).toHaveLength(2);
  for (const messageId of messageIds) {
    await api().done('POST', `/v1/inbound-messages/${messageId}/dismissal`, { body: { reason: 'given' } });
  }
  await sweep();
  expect(await erasureOf(erasure?.erasureId ?? '')).toMatchObject({ state: 'DONE' });
  await expectForgotten(someone);
});

test('a reference that customers of two shops have erases nobody, and with its shop the one', async () => {
  const customerReference = 'TWO-SHOPS';
  const [one, two] = ['https://one.example', 'https://two.example'];
  const loop = testLoop(tableOf(api()));
  const orderIdOf = (source: string) => `LMB-ORD-2026-${source === one ? 9001 : 9002}`;
  for (const source of [one, two]) {
    await loop.receive({
      ...{ orderId: orderIdOf(source), channel: 'WOOCOMMERCE', source, externalId: '7' },
      ...{ customer: { name: source, reference: customerReference } },
      lines: [{ sku: 'NEVER', quantity: 1 }],
    });
    await api().command(orderIdOf(source), 'cancellation', { reason: 'not wanted' });
  }
  const nameOf = async (source: string) => (await api().order(orderIdOf(source))).customer.name;
  // Of no order, and of nobody.
  await quarantined('reference', `about ${customerReference}`);
  const both = [one, two].map((source) => ({ channel: 'WOOCOMMERCE', source }));
  const ambiguous = expect.arrayContaining(both);

  const erasureId = await erase({ customerReference });
  const { dataRequestId } = await api().done<DataRequest>('POST', '/v1/data-requests', {
    body: { customerReference },
  });
  await sweep();
  expect(await erasureOf(erasureId)).toMatchObject({ state: 'DONE', erased: {}, ambiguous });
  const path = `/v1/data-requests/${dataRequestId}`;
  expect(await api().done('GET', path)).toMatchObject({ state: 'DONE', ambiguous });
  expect(await api().all(`${path}/data`)).toEqual([]);
  expect([await nameOf(one), await nameOf(two)]).toEqual([one, two]);

  const ofOne = await erase({ customerReference, channel: 'WOOCOMMERCE', source: one });
  await sweep();
  const done = await erasureOf(ofOne);
  expect(done).toMatchObject({ state: 'DONE', orders: 1, erased: { orders: 1 } });
  expect(done).not.toHaveProperty('ambiguous');
  expect([await nameOf(one), await nameOf(two)]).toEqual(['erased', two]);
  for (const body of [
    { email: 'a@b.example', channel: 'MANUAL' },
    { customerReference, source: one },
  ]) {
    expect((await api().send('POST', '/v1/erasures', { body })).status).toBe(422);
  }
});
