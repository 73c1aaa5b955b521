import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { receiveMessage } from '../../functions/messages/receive-message.ts';
import { handleOrderCommand } from '../../functions/orders/handle-order-command.ts';
import { continueBackfill, newBackfill } from '../../functions/polling/poll-connection.ts';
import { createPorts } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { useShops } from '../../testing/fakes.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { channelMessage } from '../../testing/messages.ts';
import { type PolledLoop, polledLoop, SHOP_KINDS, type ShopOrder } from '../../testing/shops.ts';
import { MERCHANT, orderEvent } from '../../testing/square.ts';
import { useStore } from '../../testing/store.ts';

/** Returns at Square are orders of their own, which name the sale that goods came back of. */
const store = useStore();
const shops = useShops();
const { SQUARE } = SHOP_KINDS;

let loop: TestLoop;
let polled: PolledLoop;
let ids = Date.now() % 1_000_000_000;
let events = 0;

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { ORDER_NUMBER_PREFIX: 'LMB' });
});

beforeEach(async () => {
  shops.clear();
  const table = await store.newTable();
  loop = testLoop(table, createPorts(table, { receivesOrders: true }));
  polled = polledLoop(table, loop.ports, shops);
  await loop.stock('GOODS', 'L1', 100);
  await polled.connect('SQUARE', ago(43_200_000));
});

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
const money = (amount: number) => ({ amount, currency: 'USD' });

const saleOf = (changes: Partial<ShopOrder> = {}): ShopOrder => ({
  ...{ id: ids++, sku: 'GOODS', quantity: 6, most: 6, isCancelled: false, sent: 6 },
  ...{ updatedAt: ago(60_000), version: 1, ...changes },
});
const put = (order: object) => shops.put('square', JSON.stringify(order));
const sell = async (changes: Partial<ShopOrder> = {}) => {
  const sale = saleOf(changes);
  await put(SQUARE.json(sale));
  return sale;
};

/** A return as Square makes it of a refund: of units of the sale's line, or of an amount where there are none. */
const returnOf = (
  sale: ShopOrder,
  units: number | null,
  { amount = (units ?? 0) * 2000, ...changes }: Record<string, unknown> & { amount?: number } = {},
) => ({
  ...{ id: `RET${ids++}`, location_id: 'L1', state: 'COMPLETED', version: 2 },
  ...{ created_at: ago(30_000), updated_at: ago(30_000), total_money: money(0) },
  returns: [
    {
      ...{ uid: 'ret-1', source_order_id: SQUARE.externalId(sale.id) },
      return_line_items: [
        units === null
          ? { uid: 'rli-1', quantity: '1', item_type: 'CUSTOM_AMOUNT', total_money: money(amount) }
          : {
              ...{ uid: 'rli-1', source_line_item_uid: 'li-1', quantity: String(units) },
              ...{ item_type: 'ITEM', total_money: money(amount) },
            },
      ],
    },
  ],
  return_amounts: { total_money: money(amount) },
  refunds: [{ id: 'r1', status: 'APPROVED', reason: 'Too small', amount_money: money(amount) }],
  ...changes,
});

const send = async (body: Buffer) => {
  const { context, sender, request } = polled;
  const { inbound } = await sender('SQUARE');
  const logger = { info: () => {}, warn: () => {} };
  const message = request(channelMessage('square', body));
  return receiveMessage({ log: context.messages, logger, now: loop.ports.now }, inbound, message);
};
const orderMessage = (orderId: string, version = 1, event = `event-${events++}`) =>
  send(orderEvent('order.updated', event, { orderId, version }));
const refundMessage = (orderId: string, status = 'COMPLETED', type = 'refund.updated') => {
  const refund = { id: 'pay_refund', order_id: orderId, payment_id: 'pay', status, amount_money: money(1) };
  const data = { type: 'refund', id: refund.id, object: { refund } };
  return send(
    Buffer.from(JSON.stringify({ merchant_id: MERCHANT, type, event_id: `refund-${events++}`, data })),
  );
};
const orderFor = async (sale: ShopOrder) => {
  const known = await loop.ports.orders.findExternal('SQUARE', MERCHANT, SQUARE.externalId(sale.id));
  if (known?.orderId == null) throw new Error('the sale is not known');
  return loop.order(known.orderId);
};
const lineOf = async (sale: ShopOrder) => (await orderFor(sale)).lines[0];
const available = async () => (await loop.ports.stock.lotsOf(['GOODS'])).get('GOODS')?.[0]?.available;
const states = async () =>
  (await polled.context.messages.list({}, 50, null)).items.map(({ state }) => state).sort();

describe('goods that have left', () => {
  test('come back into stock once, by whichever message is first and however often', async () => {
    const sale = await sell();
    await orderMessage(SQUARE.externalId(sale.id));
    expect(await available()).toBe(94);
    const back = returnOf(sale, 2);
    await put(back);
    expect(await refundMessage(back.id)).toMatchObject({ status: 200 });
    expect(await lineOf(sale)).toMatchObject({ shipped: 6, returned: 2 });
    expect(await available()).toBe(96);
    await refundMessage(back.id);
    await orderMessage(back.id, 1);
    await orderMessage(back.id, 2);
    await polled.poll('SQUARE');
    expect(await available()).toBe(96);
    const more = returnOf(sale, 3);
    await put(more);
    await orderMessage(more.id, 2);
    expect(await lineOf(sale)).toMatchObject({ returned: 5 });
    expect(new Set(await states())).toEqual(new Set(['PROCESSED']));
  });

  test('come back by the poll where every message was lost, also of a sale that is not known', async () => {
    const sale = await sell();
    await put(returnOf(sale, 2));
    await polled.poll('SQUARE');
    expect(await lineOf(sale)).toMatchObject({ shipped: 6, returned: 2 });
    expect(await available()).toBe(96);
    expect(await polled.poll('SQUARE')).toMatchObject({ received: 0, changed: 0, quarantined: 0 });
  });

  test('come back though their return is heard of before their sale', async () => {
    const sale = await sell();
    const back = returnOf(sale, 6);
    await put(back);
    expect(await refundMessage(back.id)).toMatchObject({ status: 200 });
    expect(await lineOf(sale)).toMatchObject({ shipped: 6, returned: 6 });
    await orderMessage(SQUARE.externalId(sale.id));
    expect(await available()).toBe(100);
    expect(await states()).toEqual(['PROCESSED', 'PROCESSED']);
  });

  test('wait for the money: a refund may still be rejected', async () => {
    const sale = await sell();
    await orderMessage(SQUARE.externalId(sale.id));
    const refunds = [{ id: 'r1', status: 'PENDING', amount_money: money(4000) }];
    const open = returnOf(sale, 2, { state: 'OPEN', refunds });
    await put(open);
    await refundMessage(open.id, 'PENDING', 'refund.created');
    await orderMessage(open.id);
    await refundMessage(open.id, 'REJECTED');
    await polled.poll('SQUARE');
    expect(await lineOf(sale)).toMatchObject({ returned: 0 });
    await refundMessage(open.id, 'COMPLETED');
    expect(await lineOf(sale)).toMatchObject({ returned: 2 });
  });

  test('more than left, or what was recorded by hand before, is for an operator', async () => {
    const sale = await sell();
    await orderMessage(SQUARE.externalId(sale.id));
    const { orderId } = await orderFor(sale);
    await handleOrderCommand(loop.ports, {
      orderId,
      command: {
        ...{ type: 'ReceiveReturn', mayPrecedeDelivery: true },
        lines: [{ lineNumber: 1, quantity: 2, disposition: 'RESTOCK' }],
      },
      origin: { actor: { type: 'human', id: 'ada' }, correlationId: 'by hand' },
    });
    const back = returnOf(sale, 2);
    await put(back);
    await refundMessage(back.id);
    expect(await lineOf(sale)).toMatchObject({ returned: 2 });
    const [message] = (await polled.context.messages.list({ orderId }, 50, null)).items;
    expect(message).toMatchObject({ state: 'QUARANTINED' });
    expect(message?.reason).toContain('2 were recorded here');
  });
});

describe('goods that are still here', () => {
  test('are cancelled, and what Square says of the sale later does not bring them back', async () => {
    const sale = await sell({ sent: 0 });
    await orderMessage(SQUARE.externalId(sale.id));
    const back = returnOf(sale, 2);
    await put(back);
    await refundMessage(back.id);
    expect(await lineOf(sale)).toMatchObject({
      ...{ ordered: 6, cancelled: 2, returned: 0, allocations: [{ quantity: 4 }] },
    });
    await put(SQUARE.json({ ...sale, version: 2, updatedAt: ago(1000) }));
    await orderMessage(SQUARE.externalId(sale.id), 2);
    await orderMessage(back.id, 2);
    await polled.poll('SQUARE');
    expect(await lineOf(sale)).toMatchObject({ ordered: 6, cancelled: 2 });
    expect((await orderFor(sale)).holds).toEqual([]);
  });

  test('and were sent without them: the whole fulfillment that Square reports is no surplus', async () => {
    const sale = await sell({ sent: 0 });
    await orderMessage(SQUARE.externalId(sale.id));
    const back = returnOf(sale, 2);
    await put(back);
    await refundMessage(back.id);
    await put(SQUARE.json({ ...sale, sent: 6, version: 2, updatedAt: ago(1000) }));
    await orderMessage(SQUARE.externalId(sale.id), 2);
    const order = await orderFor(sale);
    expect(order.lines[0]).toMatchObject({ shipped: 4, cancelled: 2 });
    expect(order.holds).toEqual([]);
    await polled.poll('SQUARE');
    expect(new Set(await states())).toEqual(new Set(['PROCESSED']));
  });

  test('all of them: the order is cancelled', async () => {
    const sale = await sell({ sent: 0 });
    await orderMessage(SQUARE.externalId(sale.id));
    await put(returnOf(sale, 6));
    await polled.poll('SQUARE');
    expect((await orderFor(sale)).state).toBe('CANCELLED');
    expect(await available()).toBe(100);
    expect(await polled.poll('SQUARE')).toMatchObject({ changed: 0, quarantined: 0 });
  });
});

describe('a refund of an amount', () => {
  test('moves no goods; one of everything holds what has not left', async () => {
    const sale = await sell({ sent: 0 });
    await orderMessage(SQUARE.externalId(sale.id));
    const part = returnOf(sale, null, { amount: 500 });
    await put(part);
    await refundMessage(part.id);
    expect((await orderFor(sale)).holds).toEqual([]);
    const all = returnOf(sale, null, { amount: 12_000 });
    await put(all);
    await refundMessage(all.id);
    await refundMessage(all.id);
    expect(await orderFor(sale)).toMatchObject({
      holds: [{ reason: 'OTHER', note: 'Square has refunded the whole order.' }],
      lines: [{ cancelled: 0, returned: 0 }],
    });
  });

  test('without a sale is shown to an operator', async () => {
    const stray = returnOf(saleOf(), null, { amount: 500 });
    const [{ source_order_id: _, ...alone } = { source_order_id: '' }] = stray.returns;
    await put({ ...stray, returns: [alone] });
    expect(await refundMessage(stray.id)).toMatchObject({ status: 202 });
    expect(await states()).toEqual(['QUARANTINED']);
  });
});

test('an exchange is a sale and a return', async () => {
  const sale = await sell();
  await orderMessage(SQUARE.externalId(sale.id));
  const next = saleOf({ quantity: 1, most: 1, sent: 0 });
  await put({ ...returnOf(sale, 2), ...SQUARE.json(next) });
  await polled.poll('SQUARE');
  expect(await lineOf(sale)).toMatchObject({ returned: 2 });
  expect(await lineOf(next)).toMatchObject({ ordered: 1, allocations: [{ quantity: 1 }] });
  expect(await available()).toBe(95);
  await orderMessage(SQUARE.externalId(next.id), 9);
  expect(await available()).toBe(95);
});

test('a backfill takes earlier returns as history, which moves no stock', async () => {
  const sale = await sell({ updatedAt: ago(40 * 86_400_000) });
  await put(returnOf(sale, 2, { updated_at: ago(39 * 86_400_000) }));
  const sender = await polled.sender('SQUARE');
  const asked = { requestedAt: loop.ports.now(), requestedBy: 'ada' };
  const from = ago(100 * 86_400_000);
  await polled.dependencies.store.startBackfill(sender.connectionId, newBackfill(sender.source, from, asked));
  const run = { correlationId: 'backfill', until: Date.now() + 60_000 };
  expect(await continueBackfill(polled.dependencies, sender, run)).toMatchObject({
    quarantined: 0,
    failed: 0,
  });
  expect((await orderFor(sale)).lines[0]).toMatchObject({ shipped: 6 });
  expect(await available()).toBe(100);
});

describe('what went back', () => {
  const refunds = async (sale: ShopOrder) =>
    ((await orderFor(sale)).channelData ?? [])
      .filter(({ label }) => label === 'Refund')
      .map(({ value }) => value);

  test.each([
    ['of goods', 2],
    ['of an amount alone', null],
  ])('%s is kept on the sale, once, also after the next message of the sale', async (_, units) => {
    const sale = await sell();
    await orderMessage(SQUARE.externalId(sale.id));
    const back = returnOf(sale, units, { amount: 500 });
    await put(back);
    await orderMessage(back.id, 2);
    await refundMessage(back.id);
    const kept = [`5.00 USD, Too small, return ${back.id} of Square`];
    expect(await refunds(sale)).toEqual(kept);
    await put({ ...(SQUARE.json({ ...sale, version: 2 }) as object), ticket_name: 'Table 4' });
    await orderMessage(SQUARE.externalId(sale.id), 2);
    expect(await refunds(sale)).toEqual(kept);
  });

  test('is kept once, also when the return has another reason later', async () => {
    const sale = await sell();
    await orderMessage(SQUARE.externalId(sale.id));
    const back = returnOf(sale, 2, { amount: 500 });
    await put(back);
    await orderMessage(back.id, 2);
    const refund = { ...back.refunds[0], reason: 'Too large' };
    await put({ ...back, version: 3, refunds: [refund] });
    await orderMessage(back.id, 3);
    expect(await refunds(sale)).toEqual([`5.00 USD, Too small, return ${back.id} of Square`]);
  });
});
