import { expect, test } from 'vitest';
import type { Order } from '../../../domain/order/order.ts';
import { accessStore } from '../../../functions/adapters/dynamodb/access-store.ts';
import { connectionStore } from '../../../functions/adapters/dynamodb/connection-store.ts';
import { dispatchLog } from '../../../functions/adapters/dynamodb/dispatch-log.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { orderStore } from '../../../functions/adapters/dynamodb/order-store.ts';
import { notifyOnce } from '../../../functions/channels/core/dispatch-log.ts';
import type { ShopifyShop } from '../../../functions/channels/core/shops.ts';
import { shopifyNotifier } from '../../../functions/channels/shopify/outbound/notify-shopify.ts';
import type { OrderEnvelope } from '../../../functions/events/envelope.ts';
import { Busy } from '../../../functions/write-failures.ts';
import { useStore } from '../../../testing/store.ts';

const store = useStore();
const EIGHT = '2026-03-10T08:00:00Z';

test('what a killed function was telling is not taken for told, and is told when its lease has ended', async () => {
  let now = Date.parse(EIGHT);
  const deliveries = dispatchLog(await store.newTable(), () => now);
  const told: number[] = [];
  const tell = () =>
    notifyOnce(deliveries, 'ORD-1 shipment-1', async () => {
      told.push(now);
    });

  await deliveries.begin('ORD-1 shipment-1');
  await expect(tell()).rejects.toBeInstanceOf(Busy);
  now += 61_000;
  await tell();
  now += 61_000;
  await tell();
  expect(told).toEqual([Date.parse('2026-03-10T08:01:01Z')]);
});

test('a delivery is told though its shipment becomes known to the shop only while the shop is asked', async () => {
  const table = await store.newTable();
  const documents = documentStore(table);
  const orderId = 'ORD-1';
  const fulfillments: string[] = [];
  const told: string[] = [];
  const shop: Pick<ShopifyShop, 'reportDelivery'> = {
    async reportDelivery() {
      told.push(...fulfillments);
      if (fulfillments.length > 0) return fulfillments;
      fulfillments.push('41');
      await documents.save(orderId, {
        documentId: 'shopify-fulfillment-ORD-1-S1',
        kind: 'shopify-fulfillment',
        createdAt: EIGHT,
        status: 'SENT',
        sentAt: EIGHT,
        mediaType: 'application/json',
        content: '{}',
      });
      return null;
    },
  };
  const tell = shopifyNotifier({
    ports: { now: () => EIGHT, orders: orderStore(table) },
    deliveries: dispatchLog(table),
    ...{ access: accessStore(table), connections: connectionStore(table) },
    documents,
    findShop: async () => shop as ShopifyShop,
    ask: async () => null,
  });
  const order = {
    orderId,
    externalId: '6300000000000',
    shipments: [{ shipmentId: 'ORD-1-S1', trackingNumber: '1Z-A', lines: [] }],
  } as unknown as Order;
  const delivery = {
    type: 'ShipmentDelivered',
    actor: { type: 'human', id: 'ada' },
    data: { shipmentId: 'ORD-1-S1', deliveredAt: EIGHT },
  } as unknown as OrderEnvelope;

  await expect(tell(delivery, order)).rejects.toBeInstanceOf(Busy);
  await tell(delivery, order);
  expect(told).toEqual(['41']);
});
