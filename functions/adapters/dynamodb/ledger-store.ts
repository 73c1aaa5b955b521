import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Movement } from '../../../contract/responses.ts';
import type { MovementLedger } from '../../application/ledger.ts';
import type { Table } from './client.ts';
import { skuPartition } from './keys.ts';

/** Keeps the movements of stock, by SKU and time. */
export function ledgerStore(table: Table): MovementLedger {
  return {
    async write(movements) {
      for (const movement of movements) {
        // The same movement of a repeated event has the same key and the same content: writing it again changes nothing.
        const Item = { pk: skuPartition(movement.sku), sk: sortKey(movement), kind: 'MOVEMENT', movement };
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
      }
    },
    async list(sku, limit, before) {
      const { Items = [], LastEvaluatedKey } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'pk = :sku AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':sku': skuPartition(sku),
            ':first': 'MOVE#',
            ':last': 'MOVE#\u{10ffff}',
          },
          ScanIndexForward: false,
          Limit: limit,
          ...(before !== null && { ExclusiveStartKey: { pk: skuPartition(sku), sk: before } }),
        }),
      );
      return {
        items: Items.map((item) => item.movement as Movement),
        next: (LastEvaluatedKey?.sk as string | undefined) ?? null,
      };
    },
  };
}

function sortKey({ occurredAt, movementId }: Movement): string {
  return `MOVE#${occurredAt}#${movementId}`;
}
