import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { thresholdStore } from '../../functions/adapters/dynamodb/threshold-store.ts';
import type { Envelope, StockEnvelope } from '../../functions/events/envelope.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { type ThresholdStore, watchThreshold } from '../../functions/inventory/watch-threshold.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { busMessage, type Consumer, deliver } from '../../testing/queue.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let table: Table;
let loop: TestLoop;
let thresholds: ThresholdStore;
let consumer: Consumer;
let skus = 0;
let sku: string;
/** Stock events that the test itself brought about. */
let told: StockEnvelope[];

beforeAll(async () => {
  table = await store.newTable();
  Object.assign(process.env, TEST_ENVIRONMENT, {
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    QUEUE_URL: 'http://127.0.0.1:9/inventory',
  });
  consumer = (await import('../../functions/consumers/inventory.ts')).handler;
  loop = testLoop(table);
  thresholds = thresholdStore(table);
});
beforeEach(() => {
  skus += 1;
  sku = `sku ${skus}`;
  told = [];
});

const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;
const consume = async (events: readonly Envelope[]) => {
  expect(await deliver(consumer, events.map(busMessage))).toEqual([]);
};
/** How often the SKU was told to be low: what stands in the histories of its lots beside the test's own events. */
const lows = async () => {
  const lots = (await loop.ports.stock.lotsOf([sku])).get(sku) ?? [];
  const sequences = lots.reduce((sum, { sequence }) => sum + sequence, 0);
  return sequences - told.length;
};
const receive = async (lotNumber: string, quantity: number) => {
  const events = await loop.stock(sku, lotNumber, quantity);
  told.push(...events);
  return events;
};
const adjust = async (adjustment: number) => {
  const outcome = await handleLotCommand(loop.ports, {
    command: { type: 'AdjustStock', sku, lotNumber: 'L1', adjustment, reason: 'counted' },
    origin,
  });
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  told.push(...outcome.events);
  return outcome.events;
};
const order = async (orderId: string, quantity: number) => {
  await loop.receive({ orderId, lines: [{ sku, quantity }] });
  return loop.history(orderId);
};

describe('StockLow', () => {
  it('is told once for each fall below the threshold, and again after stock was back', async () => {
    await thresholds.set(sku, 10);
    await consume(await receive('L1', 12));
    expect(await lows()).toBe(0);
    await consume(await order(`LMB-ORD-2026-1${skus}`, 3));
    expect(await lows()).toBe(1);
    expect(await thresholds.read(sku)).toEqual({ threshold: 10, low: true });
    await consume(await order(`LMB-ORD-2026-2${skus}`, 1));
    await consume(await adjust(-1));
    expect(await lows()).toBe(1);
    await consume(await adjust(+5));
    expect(await thresholds.read(sku)).toEqual({ threshold: 10, low: false });
    await consume(await adjust(-4));
    expect(await lows()).toBe(2);
  });

  it('is told once, however often and in whatever order the events come', async () => {
    await thresholds.set(sku, 10);
    const events = [
      ...(await receive('L1', 12)),
      ...(await order(`LMB-ORD-2026-3${skus}`, 3)),
      ...(await order(`LMB-ORD-2026-4${skus}`, 3)),
    ];
    await consume([...events].reverse());
    await Promise.all([consume(events), consume(events), consume(events)]);
    expect(await lows()).toBe(1);
  });

  it('is told when a lot may no longer be used', async () => {
    await thresholds.set(sku, 10);
    await consume(await receive('L1', 12));
    const held = await handleLotCommand(loop.ports, {
      command: { type: 'ChangeLotStatus', sku, lotNumber: 'L1', status: 'HOLD', reason: 'a bad seal' },
      origin,
    });
    if (held.kind !== 'done') throw new Error(JSON.stringify(held));
    told.push(...held.events);
    await consume(held.events);
    expect(await lows()).toBe(1);
  });

  it('is not told without a threshold, and again under another one', async () => {
    await consume(await receive('L1', 5));
    expect(await lows()).toBe(0);
    const set = async (threshold: number) => {
      await thresholds.set(sku, threshold);
      return watchThreshold(loop.ports, thresholds, { sku }, origin);
    };
    expect(await set(6)).toEqual({ threshold: 6, low: true, available: 5 });
    await set(6);
    expect(await lows()).toBe(1);
    await set(8);
    expect(await lows()).toBe(2);
    expect(await set(0)).toEqual({ threshold: 0, low: false, available: 5 });
    expect(await lows()).toBe(2);
  });

  it('waits for a first lot, in whose history it can stand', async () => {
    await thresholds.set(sku, 10);
    expect(await watchThreshold(loop.ports, thresholds, { sku }, origin)).toMatchObject({ low: false });
    await consume(await receive('L1', 4));
    expect(await lows()).toBe(1);
  });
});

it('publishes StockLow of a SKU whose last lot is in a location that was removed', async () => {
  const locations = locationStore(table);
  const [locationId, lotNumber] = ['GONE', 'L1'];
  await locations.save({ locationId, name: 'Gone', address: {}, priority: 1 }, origin);
  const receipt = { type: 'ReceiveStock', sku, lotNumber, locationId, quantity: 4 } as const;
  await handleLotCommand(loop.ports, { command: receipt, origin });
  const loss = { type: 'AdjustStock', sku, lotNumber, adjustment: -4, reason: 'lost' } as const;
  await handleLotCommand(loop.ports, { command: loss, origin });
  expect(await locations.remove(locationId, origin, Date.now() + 30_000)).toEqual({ kind: 'removed' });
  await thresholds.set(sku, 3);
  expect(await watchThreshold(loop.ports, thresholds, { sku }, origin)).toMatchObject({ low: true });
  expect(await thresholds.read(sku)).toEqual({ threshold: 3, low: true });
});
