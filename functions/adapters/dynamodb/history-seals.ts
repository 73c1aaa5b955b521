import { ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ITEM_KIND } from '../../../contract/table.ts';
import type { BrokenHistory, HistorySeals } from '../../events/history-seals.ts';
import type { Table } from './client.ts';
import { keyOf, parseItem } from './items.ts';
import { skuOfPartition } from './keys.ts';
import { verifyOrder } from './sealed-history.ts';
import { verifyStock } from './sealed-lots.ts';

/** Items that one request of a scan looks at. */
const LOOKED_AT = 500;

const HeaderKey = z.object({ orderId: z.string() });

/** Verifies histories against their seals, their numbers, and the orders and lots that they lead to. */
export function historySeals(table: Table): HistorySeals {
  return {
    order: (orderId) => verifyOrder(table, orderId),
    stock: (sku) => verifyStock(table, sku),
    async all(span, position, until) {
      const total = { orders: 0, lots: 0, events: 0, unsealed: 0 };
      const broken: BrokenHistory[] = [];
      let { after, sku: lastSku } = position === null ? START : Position.parse(JSON.parse(position));
      do {
        const { Items = [], LastEvaluatedKey } = await table.client.send(
          new ScanCommand({
            TableName: table.name,
            ConsistentRead: true,
            Limit: LOOKED_AT,
            ...(span === null ? HISTORIES : ordersOf(span)),
            ...(after !== null && { ExclusiveStartKey: after }),
          }),
        );
        for (const item of Items) {
          // A SKU is one partition, so its items come one after another.
          const sku = skuOfPartition(keyOf(item).pk);
          if (sku !== null && sku === lastSku) continue;
          lastSku = sku;
          const found =
            sku === null
              ? await verifyOrder(table, parseItem(HeaderKey, item).orderId)
              : await verifyStock(table, sku);
          if (found === null) continue;
          if ('lots' in found) total.lots += found.lots;
          else total.orders += 1;
          total.events += found.events;
          total.unsealed += found.unsealed;
          broken.push(...[found.broken ?? []].flat());
        }
        after = LastEvaluatedKey ?? null;
      } while (after !== null && Date.now() < until);
      const next = after === null ? null : JSON.stringify({ after, sku: lastSku } satisfies Position);
      return { ...total, broken, next };
    },
  };
}

/** Where a scan continues, and the SKU that was verified last. */
const Position = z.object({
  after: z.record(z.string(), z.unknown()).nullable(),
  sku: z.string().nullable(),
});
type Position = z.infer<typeof Position>;
const START: Position = { after: null, sku: null };

/** Every order, and of every SKU the lots and what began their histories, which a missing lot leaves behind. */
const HISTORIES = {
  FilterExpression:
    '#kind IN (:order, :lot) OR (#kind = :event AND #sequence = :first AND attribute_exists(lotNumber))',
  ExpressionAttributeNames: { '#kind': ITEM_KIND.attribute, '#sequence': 'sequence' },
  ExpressionAttributeValues: { ':order': 'ORDER', ':lot': 'LOT', ':event': ITEM_KIND.event, ':first': 1 },
} satisfies Partial<ScanCommandInput>;

function ordersOf({ from, to }: { readonly from: string; readonly to: string }) {
  return {
    FilterExpression: '#kind = :order AND receivedAt BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#kind': ITEM_KIND.attribute },
    ExpressionAttributeValues: { ':order': 'ORDER', ':from': from, ':to': to },
  } satisfies Partial<ScanCommandInput>;
}
