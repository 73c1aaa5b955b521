import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ThresholdStore } from '../../inventory/watch-threshold.ts';
import type { Table } from './client.ts';
import { getItem, parseItem, wasWritten } from './items.ts';
import { thresholdKey } from './keys.ts';
import type { Write } from './transaction.ts';

const Stored = z.object({ threshold: z.int(), low: z.boolean() });

/** Keeps the threshold of each SKU beside its lots. */
export function thresholdStore(table: Table): ThresholdStore {
  const update = async (sku: string, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    await wasWritten(
      table.client.send(new UpdateCommand({ TableName: table.name, Key: thresholdKey(sku), ...change })),
    );
  };
  return {
    async read(sku) {
      const item = await getItem(table, thresholdKey(sku));
      return item === null ? { threshold: 0, low: false } : parseItem(Stored, item);
    },
    set: (sku, threshold) =>
      update(sku, {
        UpdateExpression: 'SET threshold = :threshold, low = :no, #kind = :kind, sku = :sku',
        // Protects what was published under this very threshold: to set it again is no new crossing.
        ConditionExpression: 'attribute_not_exists(pk) OR threshold <> :threshold',
        ExpressionAttributeNames: { '#kind': 'kind' },
        ExpressionAttributeValues: {
          ':threshold': threshold,
          ':no': false,
          ':kind': 'THRESHOLD',
          ':sku': sku,
        },
      }),
    rise: (sku, { threshold }) =>
      update(sku, {
        UpdateExpression: 'SET low = :no',
        // Protects a threshold that was set meanwhile.
        ConditionExpression: 'threshold = :threshold',
        ExpressionAttributeValues: { ':threshold': threshold, ':no': false },
      }),
  };
}

/** Notes, with the event that reports it, that stock fell below a threshold. */
export function lowStockWrite(table: Table, sku: string, threshold: number): Write {
  return {
    item: {
      Update: {
        TableName: table.name,
        Key: thresholdKey(sku),
        UpdateExpression: 'SET low = :yes',
        // Protects from telling one crossing twice.
        ConditionExpression: 'threshold = :threshold AND low = :no',
        ExpressionAttributeValues: { ':threshold': threshold, ':yes': true, ':no': false },
      },
    },
    conflict: 'low-stock-published',
  };
}
