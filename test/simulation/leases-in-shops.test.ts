import { beforeAll, expect, test } from 'vitest';
import { publishedStockStore } from '../../functions/adapters/dynamodb/published-stock-store.ts';
import { publishStock } from '../../functions/channels/core/publish-stock.ts';
import { CHANNELS } from '../../functions/channels/registry.ts';
import { leasingOwner, stockSellers } from '../../functions/polling/stock-sellers.ts';
import { createPorts } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT } from '../../testing/aws.ts';
import { useShops } from '../../testing/fakes.ts';
import fc from '../../testing/fast-check.ts';
import { testLoop } from '../../testing/loop.ts';
import { propertyRuns } from '../../testing/property-runs.ts';
import { type PolledKind, polledLoop, SHOP_KINDS, type ShopOrder } from '../../testing/shops.ts';
import { useStore } from '../../testing/store.ts';

/**
 * Three shops sell the same thirty units from what they are shown, each through its own API and its own faults; their orders
 * arrive whenever they are asked. Every unit that a shop sold is there for its order, and in the end all are sold.
 */
const store = useStore();
const shops = useShops();
const KINDS = Object.keys(SHOP_KINDS) as PolledKind[];
const SKU = 'GOODS';
const UNITS = 30;
const MINUTE = 60_000;
const CHANGING = { SHOPIFY: 'SetStock', SQUARE: 'BatchChangeInventory', WOOCOMMERCE: 'BatchUpdateProducts' };
/** Given up at once: the shop asks for a longer pause than there is time. */
const REFUSES = { status: 503, retryAfter: 60 };

beforeAll(() => {
  Object.assign(process.env, TEST_ENVIRONMENT, { ORDER_NUMBER_PREFIX: 'LMB' });
});

async function open() {
  shops.clear();
  await shops.fail();
  const table = await store.newTable();
  const loop = testLoop(table, createPorts(table, { receivesOrders: true }));
  const polled = polledLoop(table, loop.ports, shops);
  let clock = Date.now();
  const wait = (minutes: number) => {
    clock += minutes * MINUTE;
    loop.setClock(new Date(clock).toISOString());
  };
  await loop.stock(SKU, 'L1', UNITS);
  for (const kind of KINDS) {
    const { fake, settings } = SHOP_KINDS[kind];
    await polled.context.connections.save({
      ...{ connectionId: fake, updatedAt: new Date(clock - MINUTE).toISOString(), kind, name: kind },
      settings: { ...settings, apiBaseUrl: shops.url(fake), stock: {} },
    } as Parameters<typeof polled.context.connections.save>[0]);
    await shops.stock(fake, { sku: SKU, quantity: 0, ...(kind === 'SQUARE' && { locationId: 'L1' }) });
  }
  const opened = Object.fromEntries(KINDS.map((kind) => [kind, CHANNELS[kind](polled.context)]));
  const channels = Object.fromEntries(Object.entries(opened).map(([kind, channel]) => [kind, () => channel]));
  const orders: { readonly kind: PolledKind; readonly order: ShopOrder }[] = [];
  const shown = async (kind: PolledKind) => (await shops.stockOf(SHOP_KINDS[kind].fake))[SKU] ?? 0;
  return {
    wait,
    receive: (kind: PolledKind) => polled.poll(kind),
    async publish() {
      const connections = await polled.context.connections.list();
      return publishStock(
        {
          ...{ ...loop.ports, published: publishedStockStore(table), report: () => {} },
          allocate: async () => false,
        },
        await stockSellers(polled.dependencies.store, polled.dependencies.log, channels, connections),
        new Set(connections.flatMap((each) => leasingOwner(each) ?? [])),
        () => false,
      );
    },
    async sell(kind: PolledKind, wanted: number) {
      const quantity = Math.min(wanted, await shown(kind));
      if (quantity <= 0) return;
      const order = {
        ...{ id: 810_000 + orders.length, sku: SKU, quantity, most: quantity, isCancelled: false, sent: 0 },
        ...{ version: 1, updatedAt: new Date(clock).toISOString() },
      };
      await shops.put(SHOP_KINDS[kind].fake, JSON.stringify(SHOP_KINDS[kind].json(order)));
      orders.push({ kind, order });
    },
    /** @returns units that were sold, and those of them that orders have reserved */
    async units() {
      const sold = orders.reduce((total, { order }) => total + order.quantity, 0);
      let reserved = 0;
      for (const { kind, order } of orders) {
        const { source, externalId } = SHOP_KINDS[kind];
        const external = await loop.ports.orders.findExternal(kind, source, externalId(order.id));
        const found = external?.orderId == null ? null : await loop.order(external.orderId);
        for (const line of found?.lines ?? [])
          for (const { quantity } of line.allocations) reserved += quantity;
      }
      return { sold, reserved };
    },
  };
}

const kind = fc.constantFrom(...KINDS);
const step = fc.oneof(
  fc.record({
    does: fc.constant('publish' as const),
    kind,
    fault: fc.constantFrom('none', 'request lost', 'answer lost'),
  }),
  fc.record({ does: fc.constant('sell' as const), kind, quantity: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ does: fc.constant('receive' as const), kind }),
);

test('what shops sell from their leases is there, whatever gets lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const { wait, publish, sell, receive, units } = await open();
      await publish();
      for (const each of steps) {
        wait(5);
        if (each.does === 'sell') await sell(each.kind, each.quantity);
        else if (each.does === 'receive') await receive(each.kind);
        else {
          const operation = CHANGING[each.kind];
          const lost = each.fault === 'answer lost' ? [{ operation, loseAnswer: true }] : [];
          await shops.fail(...(each.fault === 'none' ? [] : [...lost, { operation, ...REFUSES }]));
          await publish();
          await shops.fail();
        }
      }
      for (let rounds = 0; rounds < 8 && (await units()).sold < UNITS; rounds++) {
        for (const each of KINDS) await receive(each);
        wait(5);
        await publish();
        for (const each of KINDS) await sell(each, UNITS);
        wait(5);
      }
      for (const each of KINDS) await receive(each);
      expect(await units()).toEqual({ sold: UNITS, reserved: UNITS });
    }),
    propertyRuns(25, 3),
  );
}, 300_000);
