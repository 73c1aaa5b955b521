import { gzipSync } from 'node:zlib';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type {
  StockAdviceState,
  StockAdviceStore,
  StockOfItem,
} from '../../channels/core/stock-advice-store.ts';
import type { Table } from './client.ts';
import { compressedJson, type Fields, getItem, parseItem, wasWritten } from './items.ts';
import { pollKey } from './keys.ts';

const StoredStock = z.object({
  identifiers: z.array(z.object({ qualifier: z.string(), value: z.string() })),
  quantity: z.string(),
  unit: z.string(),
} satisfies Fields<StockOfItem>);

const StoredState = z.object({
  version: z.int(),
  source: z.string(),
  advisedAt: z.string().nullable(),
  known: compressedJson(z.record(z.string(), z.string())),
  pending: compressedJson(z.object({ at: z.string(), items: z.array(StoredStock) }).nullable()),
} satisfies Fields<StockAdviceState>);

/** Keeps one item for a connection. Quantities are kept packed: a partner may buy thousands of products. */
export function stockAdviceStore(table: Table): StockAdviceStore {
  return {
    async load(connectionId) {
      const item = await getItem(table, pollKey(connectionId, 'STOCK_ADVICE'));
      return item === null ? null : parseItem(StoredState, item);
    },
    save: (connectionId, { known, pending, ...state }) =>
      wasWritten(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: {
              ...{ ...pollKey(connectionId, 'STOCK_ADVICE'), kind: 'STOCK_ADVICE', ...state },
              known: gzipSync(JSON.stringify(known)),
              pending: gzipSync(JSON.stringify(pending)),
            },
            // Protects an advice from another run that makes one at the same time.
            ConditionExpression: 'attribute_not_exists(pk) OR #version = :before',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':before': state.version - 1 },
          }),
        ),
      ),
  };
}
