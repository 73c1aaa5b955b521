import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Movement } from '../../../contract/movements.ts';
import type { MovementLedger } from '../../inventory/ledger.ts';
import { mapConcurrently } from '../../map-concurrently.ts';
import type { Table } from './client.ts';
import { keyOf, parseItem, queryItems } from './items.ts';
import { skuPartition } from './keys.ts';

/** Movements that are written at once; one event may have dozens. */
const AT_ONCE = 8;

const Stored = z.object({ movement: Movement });
const Summary = z.object({ movement: Movement.pick({ kind: true, quantity: true, occurredAt: true }) });

/** Keeps the movements of stock, by SKU and time. */
export function ledgerStore(table: Table): MovementLedger {
  return {
    async write(movements) {
      await mapConcurrently(movements, AT_ONCE, async (movement) => {
        const Item = { pk: skuPartition(movement.sku), sk: sortKey(movement), kind: 'MOVEMENT', movement };
        // The same movement of a repeated event has the same key and content: writing it again changes nothing.
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
      });
    },
    async *since(sku, from) {
      const items = queryItems(table, {
        KeyConditionExpression: 'pk = :sku AND sk BETWEEN :first AND :last',
        ProjectionExpression: 'pk, sk, movement.kind, movement.quantity, movement.occurredAt',
        ExpressionAttributeValues: {
          ':sku': skuPartition(sku),
          ':first': `MOVE#${from}`,
          ':last': 'MOVE#\u{10ffff}',
        },
      });
      for await (const item of items) yield parseItem(Summary, item).movement;
    },
    async list(sku, limit, before) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :sku AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':sku': skuPartition(sku),
            ':first': 'MOVE#',
            ':last': 'MOVE#\u{10ffff}',
          },
          ScanIndexForward: false,
          Limit: limit + 1,
          ...(before !== null && { ExclusiveStartKey: { pk: skuPartition(sku), sk: before } }),
        }),
      );
      const shown = Items.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: shown.map((item) => parseItem(Stored, item).movement),
        next: Items.length > limit && last !== undefined ? keyOf(last).sk : null,
      };
    },
  };
}

function sortKey({ occurredAt, movementId }: Movement): string {
  return `MOVE#${occurredAt}#${movementId}`;
}
