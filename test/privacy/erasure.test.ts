import { describe, expect, test } from 'vitest';
import type { Invoice } from '../../contract/invoices.ts';
import type { Erasure } from '../../contract/personal-data.ts';
import { fold } from '../../domain/order/evolve.ts';
import { approvalStore } from '../../functions/adapters/dynamodb/approval-store.ts';
import { deliveryLog } from '../../functions/adapters/dynamodb/delivery-log.ts';
import { historySeals } from '../../functions/adapters/dynamodb/history-seals.ts';
import { createPorts } from '../../functions/wiring.ts';
import { orderRequest, useOwnApi } from '../../testing/api.ts';
import { channelMessage, purchaseOrder } from '../../testing/messages.ts';
import { processPersonalRequests } from '../../testing/personal-requests.ts';
import { until } from '../../testing/until.ts';
import { dump, type Person, person, shopifyOrderOf, tableOf, tracesOf } from './support.ts';

const api = useOwnApi();
const SKU = 'PRIVACY';

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

/** What an agent asks for: for every second person an order that does not exist yet, found by the address alone. */
async function askedByAgent({ key, first, last, email, street }: Person, orderId: string): Promise<void> {
  const requestedAt = new Date().toISOString();
  const isNew = Number(/\d+/.exec(key)) % 2 === 0;
  const customer = { name: `${first} ${last}`, email };
  await approvalStore(tableOf(api())).add({
    ...{ approvalId: key, status: 'PENDING', tool: isNew ? 'create_order' : 'cancel_order' },
    arguments: isNew ? { customer, shipTo: { address1: street } } : { orderId, reason: `${last} called` },
    effect: {
      stateAfter: 'RECEIVED',
      total: '1.00',
      currency: 'USD',
      reserved: [],
      released: [],
      events: [],
    },
    ...{ agent: 'agent-7', requestedAt, expiresAt: requestedAt },
  });
}

async function deliveredTo(subscriptionId: string, { key, email }: Person, orderId: string): Promise<void> {
  const createdAt = new Date().toISOString();
  const payload = JSON.stringify({
    type: 'OrderReceived',
    data: { orderId, customer: { name: key, email } },
  });
  const delivery = {
    deliveryId: key,
    eventId: key,
    eventType: 'OrderReceived',
    orderId,
    attempts: [],
    createdAt,
  };
  await deliveryLog(tableOf(api())).add(subscriptionId, {
    ...{ delivery: { ...delivery, status: 'DELIVERED' }, tries: 1, payload },
  });
}

async function erasure(body: object): Promise<string> {
  const answer = await api().send<Erasure>('POST', '/v1/erasures', { body });
  expect(answer.status).toBe(202);
  expect(answer.headers.location).toBe(`/v1/erasures/${answer.body.erasureId}`);
  // A small table is passed through at once, a large one by the sweep.
  expect(answer.body.state).toMatch(/^(PENDING|RUNNING|DONE)$/);
  return answer.body.erasureId;
}
const erasureOf = (erasureId: string) => api().done<Erasure>('GET', `/v1/erasures/${erasureId}`);

async function expectIntact(orderIds: readonly string[]): Promise<void> {
  const seals = historySeals(tableOf(api()));
  const { orders } = createPorts(tableOf(api()), { receivesOrders: false });
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
    else orderIds.push(await shopifyOrderOf(api(), someone, firstId + index, SKU));
  }
  expect(orderIds.every(Boolean)).toBe(true);
  // An agent asked for each, and each was delivered to a subscriber.
  for (const [index, someone] of persons.entries()) {
    await askedByAgent(someone, orderIds[index] ?? '');
    await deliveredTo(`subscriber-${prefix}`, someone, orderIds[index] ?? '');
  }
  await until(
    () => api().all<Invoice>('/v1/invoices?limit=100'),
    (all) => all.filter(({ orderId }) => orderIds.includes(orderId)).length === ofManual,
    60_000,
  );
  const invoices = await api().all<Invoice>('/v1/invoices?limit=100');
  const before = await dump(api());
  for (const someone of persons) {
    expect(tracesOf(someone).some((trace) => before.includes(trace))).toBe(true);
  }

  // Consignees of a partner's orders are among them: their orders are another customer's.
  const ids: string[] = [];
  for (const { email } of persons) ids.push(await erasure({ email: email.toUpperCase() }));
  for (let run = 0; run < 5 + count / 100; run++) await processPersonalRequests(tableOf(api()));

  const after = await dump(api());
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
    expect(done.erased).toMatchObject({ orders: done.orders, approvals: 1, deliveries: 1 });
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
