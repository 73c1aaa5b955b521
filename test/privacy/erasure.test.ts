import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Erasure } from '../../contract/personal-data.ts';
import type { Invoice } from '../../contract/responses.ts';
import { fold } from '../../domain/order/evolve.ts';
import { openTable, type Table } from '../../functions/adapters/dynamodb/client.ts';
import { historySeals } from '../../functions/adapters/dynamodb/history-seals.ts';
import { createPorts } from '../../functions/wiring.ts';
import { orderRequest, useOwnApi } from '../../testing/api.ts';
import { channelMessage, purchaseOrder, shopifyMessage, shopifyOrder } from '../../testing/messages.ts';
import { processPersonalRequests } from '../../testing/personal-requests.ts';
import { until } from '../../testing/until.ts';

const api = useOwnApi();
const SKU = 'PRIVACY';

function table(): Table {
  const { storeEndpoint: endpoint, tableName } = api().stack;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return openTable(tableName, new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }));
}

/** Words by which a person is found in a dump, whatever else is in it. */
function person(key: string) {
  return {
    ...{ key, first: `First${key}`, last: `Last${key}`, email: `Mail${key}@person.example` },
    ...{ street: `Street${key} 7`, phone: `+49 30 ${key} 55`, words: `Words${key}` },
  };
}
type Person = ReturnType<typeof person>;
const tracesOf = ({ first, last, email, street, phone, words }: Person) =>
  [first, last, email, street, phone, words].map((trace) => trace.toLowerCase());

/** Every item of the store, with what is compressed in it unpacked. */
async function dump(): Promise<string> {
  const texts: string[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await table().client.send(
      new ScanCommand({ TableName: table().name, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    texts.push(...(page.Items ?? []).map((item) => JSON.stringify(item, unpacked)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return texts.join('\n').toLowerCase();
}

function unpacked(this: unknown, name: string, value: unknown): unknown {
  const bytes = (this as Record<string, unknown>)[name];
  if (!(bytes instanceof Uint8Array)) return value;
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch {
    // A piece of something larger: what is in it is shown by its size at least.
    return `${bytes.byteLength} bytes`;
  }
}

async function manualOrder({ first, last, email, street, words }: Person): Promise<string> {
  const name = `${first} ${last}`;
  const body = orderRequest({
    ...{ orderType: 'B2B', customer: { name, email, reference: last }, note: words },
    shipTo: { name, address1: street, city: 'Berlin', country: 'DE' },
    lines: [{ sku: SKU, quantity: 1 }],
  });
  const headers = { 'idempotency-key': `order-${last}` };
  const { orderId } = await api().done('POST', '/v1/orders', { body, headers });
  await api().command(orderId, 'holds', { reason: 'OTHER', note: `${name} called` });
  const { holds } = await api().order(orderId);
  await api().done('DELETE', `/v1/orders/${orderId}/holds/${holds[0]?.holdId}`);
  await api().command(orderId, 'fulfillment');
  const { shipmentId } = await api().ship(orderId);
  const signed = { deliveredAt: new Date().toISOString(), signedBy: name };
  await api().command(orderId, `shipments/${shipmentId}/delivery`, signed);
  await api().command(orderId, 'close');
  return orderId;
}

/** The order of the person at the shop, as the shop tells of it. */
function shopOrder(
  { first, last, email, street, phone, words }: Person,
  id: number,
  topic: string,
  changes: object = {},
) {
  const address = { first_name: first, last_name: last, name: `${first} ${last}`, address1: street, phone };
  const order = {
    ...JSON.parse(shopifyOrder(id, SKU).body.toString('utf8')),
    ...{ email, phone, note: words, contact_email: email },
    customer: { id, email, first_name: first, last_name: last, phone },
    shipping_address: { ...address, city: 'Berlin', zip: '10115', country_code: 'DE' },
    billing_address: { ...address, city: 'Berlin', zip: '10115', country_code: 'DE' },
    note_attributes: [{ name: 'Gift message', value: `${words} for you` }],
    ...changes,
  };
  const webhookId = `${topic}-${id}-${JSON.stringify(changes).length}`;
  return shopifyMessage(topic, JSON.stringify(order), { webhookId });
}

async function shopifyOrderOf(someone: Person, id: number): Promise<string> {
  expect((await api().sendSigned(shopOrder(someone, id, 'orders/create'))).status).toBe(200);
  const [order] = await api().list(`externalId=${id}`);
  const orderId = order?.orderId ?? '';
  await api().command(orderId, 'cancellation', { reason: `${someone.last} moved` });
  return orderId;
}

async function ediOrder({ first, last, email, street, phone }: Person, control: number): Promise<string> {
  const text = purchaseOrder(control, `PO-${control}`, SKU)
    .body.toString('utf8')
    .replace('HARBOR MARKETS DC 12', `${first} ${last}`)
    .replace('2000 TERMINAL WAY', street)
    .replace('ITD*', `PER*DC*${first} ${last}*TE*${phone}*EM*${email}~ITD*`)
    .replace('SE*10*', 'SE*11*');
  expect((await api().sendSigned(channelMessage('edi', text))).status).toBe(200);
  const [order] = await api().list(`purchaseOrderNumber=PO-${control}`);
  return order?.orderId ?? '';
}

async function erasure(body: object): Promise<string> {
  const answer = await api().send<Erasure>('POST', '/v1/erasures', { body });
  expect(answer.status).toBe(202);
  expect(answer.headers.location).toBe(`/v1/erasures/${answer.body.erasureId}`);
  expect(answer.body.state).toBe('PENDING');
  return answer.body.erasureId;
}
const erasureOf = (erasureId: string) => api().done<Erasure>('GET', `/v1/erasures/${erasureId}`);

async function expectIntact(orderIds: readonly string[]): Promise<void> {
  const seals = historySeals(table());
  const { orders } = createPorts(table(), { receivesOrders: false });
  for (const orderId of orderIds) {
    const verified = await seals.order(orderId);
    expect(verified?.broken, orderId).toBeNull();
    const [order, history] = await Promise.all([orders.load(orderId), orders.history(orderId, 0, 1000)]);
    expect(fold(history, orderId), orderId).toEqual(order);
    expect(order?.personalDataErasedAt, orderId).toBeDefined();
  }
}

/** Erases so many persons, a third of each channel, and looks for them in everything that is stored. */
async function eraseThem(count: number, prefix: string, firstId: number): Promise<void> {
  await api().stock(SKU, `LOT-${prefix}`, count * 20);
  const persons = Array.from({ length: count }, (_, index) => person(`${prefix}${index}Q`));
  const bystander = person(`${prefix}BYSTANDER`);
  const ofEdi = Math.ceil(count / 10);
  const ofManual = Math.ceil(count / 2);
  const orderIds: string[] = [];
  await manualOrder(bystander);
  for (const [index, someone] of persons.entries()) {
    if (index < ofEdi) {
      const orderId = await ediOrder(someone, firstId + index);
      await api().command(orderId, 'cancellation', { reason: 'not wanted' });
      orderIds.push(orderId);
    } else if (index < ofEdi + ofManual) orderIds.push(await manualOrder(someone));
    else orderIds.push(await shopifyOrderOf(someone, firstId + index));
  }
  expect(orderIds.every(Boolean)).toBe(true);
  await until(
    () => api().all<Invoice>('/v1/invoices?limit=100'),
    (all) => all.filter(({ orderId }) => orderIds.includes(orderId)).length === ofManual,
    60_000,
  );
  const invoices = await api().all<Invoice>('/v1/invoices?limit=100');
  const before = await dump();
  for (const someone of persons) {
    expect(tracesOf(someone).some((trace) => before.includes(trace))).toBe(true);
  }

  const { customer } = await api().order(orderIds[0] ?? '');
  const ids = [await erasure({ customerReference: customer.reference ?? customer.name })];
  for (const { email } of persons.slice(ofEdi)) ids.push(await erasure({ email: email.toUpperCase() }));
  for (let run = 0; run < 5 + count / 100; run++) await processPersonalRequests(table());

  const after = await dump();
  const left = persons.flatMap(tracesOf).filter((trace) => after.includes(trace));
  const seen = left.map((trace) =>
    after.slice(Math.max(0, after.indexOf(trace) - 600), after.indexOf(trace) + 60),
  );
  expect(seen).toEqual([]);
  for (const trace of tracesOf(bystander).filter((each) => !each.includes('+49')))
    expect(after).toContain(trace);
  for (const id of ids) {
    const done = await erasureOf(id);
    expect(done).toMatchObject({ state: 'DONE', waitingFor: { orderIds: [], messageIds: [] } });
    expect(done.erased.orders).toBe(done.orders);
  }
  await expectIntact(orderIds);
  const kept = await api().all<Invoice>('/v1/invoices?limit=100');
  expect(kept.map(({ invoiceId, total, lines }) => ({ invoiceId, total, lines }))).toEqual(
    invoices.map(({ invoiceId, total, lines }) => ({ invoiceId, total, lines })),
  );
}

describe('nothing of a person is found in the whole store once it is erased', () => {
  test('of ten', () => eraseThem(10, 'TEN', 910_000_000), 120_000);
  test('of a thousand', { tags: 'long', timeout: 1_800_000 }, () => eraseThem(1000, 'THOUSAND', 920_000_000));
});
