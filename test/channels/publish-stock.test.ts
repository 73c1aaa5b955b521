import { describe, expect, test } from 'vitest';
import type { LeaseRule } from '../../domain/inventory/balance.ts';
import { leasedOf, leaseOwner, unleasedOf } from '../../domain/inventory/lease.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { publishedStockStore } from '../../functions/adapters/dynamodb/published-stock-store.ts';
import { publishStock, type StockSeller } from '../../functions/channels/core/publish-stock.ts';
import type { PublishedStockStore } from '../../functions/channels/core/published-stock.ts';
import type { StockChange, StockPublishing } from '../../functions/channels/core/stock-publishing.ts';
import { allocateBackorders } from '../../functions/inventory/allocate-backorders.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import type { LocationStore } from '../../functions/inventory/location-store.ts';
import { Busy } from '../../functions/write-failures.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;
const SKU = 'LMB-BRS-001';

/** A shop that shows one number, and what it is to do with the next change. */
class Shop implements StockPublishing {
  shown = 0;
  next: 'answer' | 'lose the answer' | 'lose the request' | 'refuse' | 'sell one first' = 'answer';
  reads = 0;
  readonly changes: StockChange[] = [];
  isUnknown = false;

  async read(_: string, skus: readonly string[]) {
    this.reads += 1;
    if (this.isUnknown)
      return { levels: [], unknown: skus.map((sku) => ({ sku, reason: 'no such product' })) };
    return { levels: skus.map((sku) => ({ sku, quantity: this.shown })), unknown: [] };
  }

  async change(_: string, changes: readonly StockChange[]) {
    const next = this.next;
    this.next = 'answer';
    if (next === 'lose the request') throw new Busy('lost');
    if (next === 'sell one first') this.shown -= 1;
    const results = changes.map(({ sku, from, to }) => {
      if (next === 'refuse') return { sku, outcome: 'refused' as const, reason: 'not today' };
      if (this.shown !== from) return { sku, outcome: 'changed' as const };
      this.shown = to;
      return { sku, outcome: 'applied' as const };
    });
    this.changes.push(...changes);
    if (next === 'lose the answer') throw new Busy('lost');
    return results;
  }
}

interface Bench {
  readonly loop: TestLoop;
  readonly one: Shop;
  readonly two: Shop;
  readonly published: PublishedStockStore;
  readonly locations: LocationStore;
  /** Runs once; sales are known up to an instant. */
  run(seenUntil?: string): Promise<number>;
  rule: LeaseRule;
  /** Sells units in the first shop; the order comes when it is called. */
  sell(units: number): () => Promise<unknown>;
  leased(): Promise<readonly [number, number, number]>;
  state(): Promise<unknown>;
}

const owner = (source: string) => leaseOwner('SHOPIFY', source);
const serves = (loop: TestLoop) => async (sku: string) => {
  const bounds = { mostOrders: 10, until: Number.POSITIVE_INFINITY };
  return (await allocateBackorders(loop.ports, sku, ORIGIN, bounds)).done.length > 0;
};
const LATER = '9999-01-01T00:00:00.000Z';

async function bench(units: number): Promise<Bench> {
  const table = await store.newTable();
  const loop = testLoop(table);
  const published = publishedStockStore(table);
  const [one, two] = [new Shop(), new Shop()];
  if (units > 0) await loop.stock(SKU, 'L1', units);
  let [orders, runs] = [0, 0];
  const lot = async () => (await loop.ports.stock.lotsOf([SKU])).get(SKU)?.[0];
  const made: Bench = {
    ...{ loop, one, two, published, rule: {}, locations: locationStore(table) },
    // What was sold before a shop is asked for the first time is known, unless a test says otherwise.
    async run(seenUntil = runs === 0 ? LATER : '') {
      runs += 1;
      const sellers = Object.entries({ one, two }).map(
        ([source, stock]): StockSeller => ({
          ...{ connectionId: source, source, owner: owner(source), stock, seenUntil },
          channel: 'SHOPIFY',
          rule: source === 'one' ? made.rule : {},
        }),
      );
      const dependencies = {
        ...{
          stock: loop.ports.stock,
          locations: locationStore(table),
          published,
          now: loop.ports.now,
          newId: loop.ports.newId,
        },
        report: () => {},
        allocate: serves(loop),
      };
      return publishStock(dependencies, sellers, new Set(sellers.map((each) => each.owner)), () => false);
    },
    sell(sold) {
      one.shown -= sold;
      orders += 1;
      const orderId = `S-${orders}`;
      const lines = [{ sku: SKU, quantity: sold }];
      return () => loop.receive({ orderId, channel: 'SHOPIFY', source: 'one', externalId: orderId, lines });
    },
    async leased() {
      const found = await lot();
      if (found === undefined) return [0, 0, 0];
      return [leasedOf(found, owner('one')), leasedOf(found, owner('two')), unleasedOf(found)];
    },
    state: async () => (await published.find('one', [SKU])).get(SKU),
  };
  return made;
}

describe('stock is published', () => {
  test('as it is leased, and a second run does nothing', async () => {
    const { run, one, two, leased } = await bench(10);
    one.shown = 3;
    await run();
    expect([one.shown, two.shown, await leased()]).toEqual([5, 5, [5, 5, 0]]);
    const reads = one.reads;
    expect(await run()).toBe(0);
    expect(one.reads).toBe(reads);
  });

  test('not beyond a number that was never seen before, until the sales in it are known', async () => {
    const made = await bench(10);
    made.one.shown = 5;
    const arrive = made.sell(2);
    await made.run('');
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([3, 0, [5, 5, 0]]);
    await made.run('');
    expect([made.one.shown, made.two.shown]).toEqual([3, 0]);
    await arrive();
    expect(await made.leased()).toEqual([3, 5, 0]);
    await made.run(LATER);
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([3, 5, [3, 5, 0]]);
  });

  test('lower than it was, before others may sell more', async () => {
    const made = await bench(10);
    made.one.shown = 10;
    await made.run();
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([5, 5, [5, 5, 0]]);
    made.rule = { maximum: 1 };
    made.one.next = 'lose the request';
    await made.run();
    // Nobody knows what became of it: it stays leased.
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([5, 5, [5, 5, 0]]);
    await made.run();
    await made.run(LATER);
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([1, 9, [1, 9, 0]]);
  });

  test('and sales that are not known yet stay leased', async () => {
    const made = await bench(10);
    await made.run();
    const arrive = made.sell(2);
    await made.run();
    expect([made.one.shown, await made.leased()]).toEqual([3, [5, 5, 0]]);
    made.rule = { maximum: 2 };
    await made.run();
    // Two of those that it has left are not known to be sold: the number is lowered as if they were not.
    expect([made.one.shown, await made.leased()]).toEqual([0, [2, 8, 0]]);
    await arrive();
    expect(await made.leased()).toEqual([0, 8, 0]);
    expect((await made.loop.order('S-1')).lines[0]).toMatchObject({ backordered: 0 });
  });

  test('again once an answer that was lost is made up for', async () => {
    const made = await bench(10);
    made.one.next = 'lose the answer';
    await made.run();
    expect([made.one.shown, await made.leased()]).toEqual([5, [5, 5, 0]]);
    await made.run();
    expect(await made.state()).toMatchObject({ published: 5, doubt: 0 });
    await made.loop.stock(SKU, 'L1', 10);
    made.one.next = 'lose the request';
    await made.run();
    expect([made.one.shown, await made.leased()]).toEqual([5, [10, 10, 0]]);
    await made.run();
    expect(made.one.shown).toBe(5);
    await made.run(LATER);
    expect([made.one.shown, await made.leased()]).toEqual([10, [10, 10, 0]]);
    expect(await made.state()).not.toHaveProperty('correction');
  });

  test('from the number that the channel has by then', async () => {
    const made = await bench(10);
    await made.run();
    await made.loop.stock(SKU, 'L1', 10);
    made.one.next = 'sell one first';
    await made.run();
    expect([made.one.shown, await made.leased()]).toEqual([4, [10, 10, 0]]);
    await made.run();
    await made.run(LATER);
    // The order of the one that was sold did not come: a person is asked, and nothing is raised meanwhile.
    expect(made.one.shown).toBe(4);
    expect(await made.state()).toMatchObject({ correction: { shown: 4, expected: 10 } });
  });

  test('not over a number that somebody typed', async () => {
    const made = await bench(10);
    await made.run();
    made.one.shown = 8;
    // Each number is compared once a day.
    made.loop.setClock(new Date(Date.now() + 21 * 3_600_000).toISOString());
    await made.run(LATER);
    expect(made.one.shown).toBe(8);
    expect(await made.state()).toMatchObject({ correction: { shown: 8, expected: 5 } });
    made.two.shown = 1;
    await made.run(LATER);
    await made.run(LATER);
    expect(made.two.shown).toBe(1);
    // It was a slip, and somebody typed the number that it was.
    made.one.shown = 5;
    await made.run(LATER);
    expect(await made.state()).not.toHaveProperty('correction');
  });

  test('also what a shop put back on sale for a cancelled order', async () => {
    const made = await bench(10);
    await made.run();
    await made.sell(2)();
    await made.run();
    await made.loop.command('S-1', { type: 'CancelOrder', reason: 'CUSTOMER_REQUEST' });
    made.one.shown += 2;
    await made.run(LATER);
    expect(await made.state()).not.toHaveProperty('correction');
    const [ofOne] = await made.leased();
    expect(made.one.shown).toBe(ofOne);
  });

  test('less when units are gone, or the lot is held', async () => {
    const made = await bench(10);
    await made.run();
    const adjust = {
      type: 'AdjustStock',
      sku: SKU,
      lotNumber: 'L1',
      adjustment: -6,
      reason: 'broken',
    } as const;
    await handleLotCommand(made.loop.ports, { command: adjust, origin: ORIGIN });
    await made.run();
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([2, 2, [2, 2, 0]]);
    const hold = {
      type: 'ChangeLotStatus',
      sku: SKU,
      lotNumber: 'L1',
      status: 'HOLD',
      reason: 'look',
    } as const;
    await handleLotCommand(made.loop.ports, { command: hold, origin: ORIGIN });
    await made.run();
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([0, 0, [0, 0, 4]]);
  });

  test('not where the channel does not have the product, or refuses the number', async () => {
    const made = await bench(10);
    made.one.isUnknown = true;
    await made.run();
    expect([made.two.shown, await made.leased()]).toEqual([10, [0, 10, 0]]);
    expect(await made.state()).toMatchObject({ published: null, reason: 'no such product' });
    made.two.next = 'refuse';
    await made.loop.stock(SKU, 'L1', 5);
    await made.run();
    expect(made.two.shown).toBe(10);
    await made.run();
    await made.run(LATER);
    expect(made.two.shown).toBe(15);
  });

  test('not of a location that does not ship for a shop', async () => {
    const made = await bench(10);
    const place = { locationId: 'WEST', name: 'West', address: {}, priority: 1 };
    await made.locations.save({ ...place, channels: ['SQUARE'] }, ORIGIN);
    const receive = { type: 'ReceiveStock', sku: SKU, lotNumber: 'L2', quantity: 8 } as const;
    const command = { ...receive, locationId: 'WEST' };
    await handleLotCommand(made.loop.ports, { command, origin: ORIGIN });
    await made.run();
    expect([made.one.shown, made.two.shown]).toEqual([5, 5]);
    await made.locations.save(place, ORIGIN);
    await made.run();
    expect([made.one.shown, made.two.shown]).toEqual([9, 9]);
  });

  test('and what nobody sells any more is leased to nobody', async () => {
    const made = await bench(10);
    await made.run();
    const { published, loop } = made;
    const dependencies = { ...loop.ports, published, report: () => {}, allocate: serves(loop) };
    await publishStock(dependencies, [], new Set(), () => false);
    expect(await made.leased()).toEqual([0, 0, 10]);
    expect(await published.position()).toEqual({ after: null, isActive: false });
  });

  test('with what waits in an order for other goods, which nobody else is leased', async () => {
    const made = await bench(10);
    await made.run();
    made.one.shown -= 2;
    const order = { orderId: 'S-1', channel: 'SHOPIFY', source: 'one', externalId: 'S-1' } as const;
    const lines = [
      { sku: SKU, quantity: 2 },
      { sku: 'NOT-THERE', quantity: 1 },
    ];
    await made.loop.receive({ ...order, lines, backorderPolicy: 'SHIP_COMPLETE' });
    await made.run();
    made.rule = { maximum: 0 };
    await made.run(LATER);
    await made.run(LATER);
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([0, 8, [2, 8, 0]]);
    await made.loop.stock('NOT-THERE', 'L1', 1);
    await made.loop.command('S-1', { type: 'CompleteAllocation' });
    expect((await made.loop.order('S-1')).lines[0]).toMatchObject({ backordered: 0 });
    expect(await made.leased()).toEqual([0, 8, 0]);
  });

  test('after orders that wait have what is leased no more', async () => {
    const made = await bench(10);
    await made.run();
    await made.loop.receive({ orderId: 'M-1', lines: [{ sku: SKU, quantity: 3 }] });
    expect((await made.loop.order('M-1')).lines[0]?.backordered).toBe(3);
    made.rule = { maximum: 1 };
    await made.run();
    expect((await made.loop.order('M-1')).lines[0]?.backordered).toBe(0);
    await made.run();
    expect([made.one.shown, made.two.shown, await made.leased()]).toEqual([1, 6, [1, 6, 0]]);
    await made.loop.receive({ orderId: 'M-2', lines: [{ sku: SKU, quantity: 2 }] });
    const { published, loop } = made;
    const dependencies = { ...loop.ports, published, report: () => {}, allocate: serves(loop) };
    await publishStock(dependencies, [], new Set(), () => false);
    expect((await made.loop.order('M-2')).lines[0]?.backordered).toBe(0);
  });

  test('by none that is over, also where it was drawn on at that moment', async () => {
    const made = await bench(10);
    await made.run();
    const { published, loop } = made;
    const { stock } = loop.ports;
    const drawnOn = {
      lotsOf: stock.lotsOf,
      lease: stock.lease,
      skus: stock.skus,
      endLease: async () => false,
    };
    const dependencies = { ...loop.ports, published, report: () => {}, allocate: serves(loop) };
    await publishStock({ ...dependencies, stock: drawnOn }, [], new Set(), () => false);
    await publishStock(dependencies, [], new Set(), () => false);
    expect(await made.leased()).toEqual([0, 0, 10]);
  });

  test('without one that does not answer, which is asked for three batches and no more', async () => {
    const made = await bench(0);
    for (let index = 0; index < 201; index++) await made.loop.stock(`SKU-${index}`, 'L1', 1);
    made.one.read = async () => {
      made.one.reads += 1;
      throw new Busy('no answer');
    };
    await made.run();
    expect([made.one.reads, made.two.reads]).toEqual([3, 5]);
  });
});
