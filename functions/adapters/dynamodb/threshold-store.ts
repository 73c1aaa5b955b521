import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ThresholdStore } from '../../inventory/watch-threshold.ts';
import { writeAudited } from './audit-trail.ts';
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
  const stored = async (sku: string) => {
    const item = await getItem(table, thresholdKey(sku));
    return item === null ? null : parseItem(Stored, item);
  };
  return {
    read: async (sku) => (await stored(sku)) ?? { threshold: 0, low: false },
    set: (sku, threshold, origin) =>
      writeAudited(table, origin, async () => {
        const before = (await stored(sku))?.threshold;
        // What was published under this very threshold stays: to set it again is no new crossing.
        if (before === threshold) return { writes: [], result: undefined };
        const Item = { ...thresholdKey(sku), kind: 'THRESHOLD', sku, threshold, low: false };
        // Protects what another set since it was read.
        const unchanged =
          before === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'threshold = :before',
                ExpressionAttributeValues: { ':before': before },
              };
        return {
          writes: [
            { item: { Put: { TableName: table.name, Item, ...unchanged } }, conflict: 'changed-meanwhile' },
          ],
          result: undefined,
          act: { action: 'threshold.saved', subject: sku, before, after: threshold },
        };
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
