import { describe, expect, test } from 'vitest';
import { fold } from '../../../domain/order/evolve.ts';
import type { Order } from '../../../domain/order/order.ts';
import { channelDataKey, headerKey } from '../../../functions/adapters/dynamodb/keys.ts';
import { readItems } from '../../../functions/adapters/dynamodb/read-items.ts';
import { stepResult } from '../../../functions/fulfillment/workflow.ts';
import { handleOrderCommand } from '../../../functions/orders/handle-order-command.ts';
import { testLoop } from '../../../testing/loop.ts';
import { useStore } from '../../../testing/store.ts';

const store = useStore();
const orderId = 'LMB-ORD-2026-0001';
const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;
const SAID = [
  { kind: 'REFERENCE', label: 'Department number', value: '041', code: 'DP', raw: [['REF', 'DP', '041']] },
];
const LINE_SAID = [{ kind: 'NOTE', label: 'Message', value: 'GIFT' }];

async function received(terms: object, lines = [{ sku: 'A', quantity: 60 }]) {
  const table = await store.newTable();
  const loop = testLoop(table);
  loop.setClock('2026-11-01T00:00:00.000Z');
  await loop.stock('A', 'L1', 40);
  await loop.receive({ orderId, lines, ...terms });
  const folded = async () => fold(await loop.history(orderId), orderId) as Order;
  return { table, loop, folded };
}

describe('what a channel said of an order', () => {
  test('is kept with it and its lines, apart from the header that every command writes', async () => {
    const lines = [{ sku: 'A', quantity: 4, channelData: LINE_SAID }];
    const { table, loop, folded } = await received({ channelData: SAID }, lines);
    await loop.command(orderId, { type: 'QueueFulfillment' });
    const order = await loop.order(orderId);
    expect(order.channelData).toEqual(SAID);
    expect(order.lines[0]?.channelData).toEqual(LINE_SAID);
    expect(await folded()).toEqual(order);
    const [header, apart] = await readItems(table, [headerKey(orderId), channelDataKey(orderId)]);
    expect(header).not.toHaveProperty('channelData');
    expect(apart).toMatchObject({ details: SAID });
  });

  test('changes with an amendment', async () => {
    const { loop, folded } = await received({ channelData: SAID });
    await loop.command(orderId, { type: 'AmendOrder', channelData: LINE_SAID as never });
    expect((await loop.order(orderId)).channelData).toEqual(LINE_SAID);
    expect(await folded()).toEqual(await loop.order(orderId));
  });
});

describe('a customer who takes no backorders', () => {
  test('has what stock does not cover cancelled in the step that finds it short', async () => {
    const { loop, folded } = await received({ cancelBackorders: true });
    expect(await loop.order(orderId)).toMatchObject({
      state: 'ALLOCATED',
      lines: [{ ordered: 60, backordered: 0, cancelled: 20, allocations: [{ quantity: 40 }] }],
    });
    expect(await folded()).toEqual(await loop.order(orderId));
  });

  test('has an order of which nothing is there cancelled', async () => {
    const { loop } = await received({ cancelBackorders: true }, [{ sku: 'B', quantity: 3 }]);
    expect(await loop.order(orderId)).toMatchObject({
      state: 'CANCELLED',
      lines: [{ backordered: 0, cancelled: 3 }],
    });
  });
});

describe('the days between which an order ships', () => {
  const queue = { type: 'QueueFulfillment' } as const;
  const attempt = async ({ loop }: Awaited<ReturnType<typeof received>>) => {
    const outcome = await handleOrderCommand(loop.ports, { orderId, command: queue, origin: ORIGIN });
    return outcome.kind === 'refused' ? outcome.rejection.detail : outcome.kind;
  };

  test('keep it from the warehouse until the first of them, and the workflow waits for that day', async () => {
    const at = await received({ shipNotBefore: '2026-11-10' });
    expect(await attempt(at)).toBe(`${orderId} is not to ship before 2026-11-10`);
    const order = await at.loop.order(orderId);
    expect(stepResult(order, at.loop.ports.now(), 2).windowTimeoutSeconds).toBe(9 * 86_400);
    at.loop.setClock('2026-11-10T00:00:00.000Z');
    expect(await attempt(at)).toBe('done');
  });

  test('keep it from the warehouse once the customer takes it no more', async () => {
    const at = await received({ cancelAfter: '2026-11-10' });
    at.loop.setClock('2026-11-11T00:00:00.000Z');
    expect(await attempt(at)).toContain('takes nothing');
    await at.loop.command(orderId, { type: 'AmendOrder', cancelAfter: '2026-11-20' });
    expect(await attempt(at)).toBe('done');
  });

  test('put it at risk like its delivery window, the earliest of its ends first', async () => {
    const { loop } = await received({
      shipNotAfter: '2026-11-08',
      cancelAfter: '2026-11-10',
      deliveryWindow: { start: '2026-11-12', end: '2026-11-14' },
    });
    const check = (today: string) =>
      loop.command(orderId, { type: 'CheckDeliveryWindow', today, atRiskDays: 2 });
    expect(await check('2026-11-05')).toEqual([]);
    expect(await check('2026-11-06')).toMatchObject([
      { type: 'DeliveryWindowAtRisk', data: { deliveryWindow: { start: '2026-11-08', end: '2026-11-08' } } },
    ]);
    expect(await check('2026-11-09')).toMatchObject([{ type: 'DeliveryWindowMissed' }]);
  });
});
