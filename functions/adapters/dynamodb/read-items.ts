import { BatchGetCommand, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { Table } from './client.ts';
import type { StoredItem } from './items.ts';
import type { Key } from './keys.ts';

/** A batch reads this many items (Amazon DynamoDB, BatchGetItem). */
const BATCH = 100;

/**
 * Reads items by key, consistently, in the order of the keys; keys without an item are left out.
 *
 * @throws Error of the store when it leaves keys unprocessed again and again
 */
export async function readItems(table: Table, keys: readonly Key[]): Promise<readonly StoredItem[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) =>
    keys.slice(index * BATCH, (index + 1) * BATCH),
  );
  const found = new Map<string, StoredItem>();
  for (const batch of batches) {
    let rest: Record<string, unknown>[] | undefined = batch.map(({ pk, sk }) => ({ pk, sk }));
    for (let attempt = 0; rest !== undefined && rest.length > 0; attempt++) {
      if (attempt > 8) throw new Error('the store left keys unread');
      if (attempt > 0) await new Promise((resume) => setTimeout(resume, 10 * 2 ** attempt));
      const answer: BatchGetCommandOutput = await table.client.send(
        new BatchGetCommand({ RequestItems: { [table.name]: { Keys: rest, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[table.name] ?? [])
        found.set(JSON.stringify([item.pk, item.sk]), item);
      rest = answer.UnprocessedKeys?.[table.name]?.Keys;
    }
  }
  return keys.map(({ pk, sk }) => found.get(JSON.stringify([pk, sk]))).filter((item) => item !== undefined);
}
