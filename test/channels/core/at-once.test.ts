import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { accessStore } from '../../../functions/adapters/dynamodb/access-store.ts';
import { connectionStore } from '../../../functions/adapters/dynamodb/connection-store.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { dispatchLog } from '../../../functions/adapters/dynamodb/dispatch-log.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { labelSerials } from '../../../functions/adapters/dynamodb/label-serials.ts';
import type { Notifier } from '../../../functions/channels/core/notify-channel.ts';
import type { ShopifyShop, SquareAccount } from '../../../functions/channels/core/shops.ts';
import type { Partner } from '../../../functions/channels/edi/outbound/common.ts';
import { partnerNotifier } from '../../../functions/channels/edi/outbound/notify-partner.ts';
import { shopifyNotifier } from '../../../functions/channels/shopify/outbound/notify-shopify.ts';
import { squareNotifier } from '../../../functions/channels/square/outbound/notify-square.ts';
import { pause } from '../../../functions/wiring.ts';
import { Busy } from '../../../functions/write-failures.ts';
import { type TestLoop, testLoop } from '../../../testing/loop.ts';
import { useStore } from '../../../testing/store.ts';

/** A queue may hand one event to several consumers at once: each update goes out once all the same. */
const store = useStore();
const CONSUMERS = 8;
const ORDER = 'ORD-1';

async function shippedOrder(loop: TestLoop, terms: object) {
  await loop.stock('A', 'LOT', 10);
  const lines = [{ sku: 'A', quantity: 4, channelLineId: '71', requiresShipping: true }];
  await loop.receive({ orderId: ORDER, lines, ...terms });
  await loop.command(ORDER, { type: 'QueueFulfillment' });
  await loop.command(ORDER, {
    type: 'RecordShipment',
    carrier: 'UPS',
    trackingNumber: '1Z-ONCE',
    packages: 1,
  });
  const history = await loop.history(ORDER);
  const shipped = history.find(({ type }) => type === 'ShipmentShipped');
  if (shipped === undefined) throw new Error('nothing was shipped');
  return { shipped, order: await loop.order(ORDER) };
}

/** Tells by all consumers at once; those that met another at it come again, as the queue would bring them. */
async function tellAtOnce(tell: Notifier, { shipped, order }: Awaited<ReturnType<typeof shippedOrder>>) {
  await Promise.all(
    Array.from({ length: CONSUMERS }, async () => {
      for (;;) {
        try {
          await tell(shipped, order);
          return;
        } catch (error) {
          if (!(error instanceof Busy)) throw error;
          await turn();
        }
      }
    }),
  );
}

test('a partner gets each document once, under one number, whichever consumer was first', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const source = '08 6145550100';
  const news = await shippedOrder(loop, {
    ...{ channel: 'EDI', orderType: 'B2B', source, externalId: 'PO-1', purchaseOrderNumber: 'PO-1' },
  });
  const partner: Partner = {
    kind: 'EDI',
    connectionId: 'harbor',
    name: 'Harbor',
    updatedAt: '2026-03-10T08:00:00Z',
    settings: {
      ...{
        isaQualifier: '08',
        isaId: '6145550100',
        gsId: '6145550100',
        deliverTo: 'https://partner.example',
      },
      ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
      ...{ acknowledgment: '997', acceptErrors: false },
    },
  };
  const delivered: string[] = [];
  const numbers = controlNumbers(table, pause);
  const documents = documentStore(table);
  const tell = partnerNotifier({
    ports: loop.ports,
    deliveries: dispatchLog(table),
    numbers,
    documents,
    takeSerials: labelSerials(table),
    findPartner: async () => partner,
    async deliver(_, __, content) {
      await turn();
      delivered.push(content);
    },
  });
  await tellAtOnce(tell, news);
  const kinds = delivered.map((content) => /ST\*(\d+)/.exec(content)?.[1]);
  expect(kinds).toEqual(['855', '856']);
  expect((await documents.list(ORDER)).map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
    '855 SENT',
    '856 SENT',
  ]);
  const next = await numbers.issue(source, { name: 'next', fingerprint: 'next' }, String);
  expect(next.controlNumber).toBe(3);
});

test('Shopify is asked for one fulfillment', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const news = await shippedOrder(loop, { channel: 'SHOPIFY', source: 'shop', externalId: '6300000000000' });
  let made = 0;
  const shop: Pick<ShopifyShop, 'findFulfillments' | 'createFulfillment'> = {
    async findFulfillments() {
      const lines = [{ id: 'FOL', lineItemId: '71', remaining: 4 }];
      return {
        isCancelled: false,
        fulfillmentOrders: [{ id: 'FO', locationId: null, lines }],
        sent: new Map(),
      };
    },
    async createFulfillment() {
      await turn();
      made += 1;
    },
  };
  const documents = documentStore(table);
  await tellAtOnce(
    shopifyNotifier({
      ports: loop.ports,
      deliveries: dispatchLog(table),
      ...{ access: accessStore(table), connections: connectionStore(table) },
      documents,
      findShop: async () => shop as ShopifyShop,
      ask: async () => null,
    }),
    news,
  );
  expect([made, (await documents.list(ORDER)).length]).toEqual([1, 1]);
});

test('Square is asked for one change', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const news = await shippedOrder(loop, { channel: 'SQUARE', source: 'merchant', externalId: 'CAIS' });
  let changed = 0;
  const account: Pick<SquareAccount, 'retrieveOrder' | 'updateOrder'> = {
    async retrieveOrder() {
      const fulfillments = [{ uid: 'F', type: 'SHIPMENT', state: 'PROPOSED' }];
      return { locationId: 'L', version: 1, state: 'OPEN', fulfillments };
    },
    async updateOrder() {
      await turn();
      changed += 1;
      return true;
    },
  };
  const documents = documentStore(table);
  await tellAtOnce(
    squareNotifier({
      ports: loop.ports,
      deliveries: dispatchLog(table),
      ...{ access: accessStore(table), connections: connectionStore(table) },
      documents,
      findShop: async () => account as SquareAccount,
      ask: async () => null,
    }),
    news,
  );
  expect([changed, (await documents.list(ORDER)).length]).toEqual([1, 1]);
});
