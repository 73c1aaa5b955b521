import { gzipSync } from 'node:zlib';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { expiresAfter } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { IdempotencyRecord, IdempotencyStore, StoredAnswer } from '../../idempotency.ts';
import type { Table } from './client.ts';
import { compressedJson, type Fields, getItem, parseItem } from './items.ts';
import { idempotencyKey } from './keys.ts';
import type { Write } from './transaction.ts';

const StoredRecord = z.object({
  fingerprint: z.string(),
  orderId: z.string().optional(),
  begunAt: z.int(),
  answer: compressedJson(
    z.object({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      // A 204 of an earlier release was stored without a body.
      body: z.string().default(''),
    } satisfies Fields<StoredAnswer>),
  ).optional(),
} satisfies Fields<Omit<IdempotencyRecord, 'scope' | 'key'>>);

/** Remembers which requests were made under which key, and their answers. */
export function idempotencyStore(table: Table): IdempotencyStore {
  return {
    async find(scope, key) {
      const item = await getItem(table, idempotencyKey(scope, key));
      return item === null ? null : { scope, key, ...parseItem(StoredRecord, item) };
    },
    async complete(record) {
      if (record.answer === undefined) throw new Error('nothing to complete the record with');
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: idempotencyKey(record.scope, record.key),
          UpdateExpression: 'SET answer = :answer',
          ExpressionAttributeValues: { ':answer': packed(record.answer) },
        }),
      );
    },
  };
}

/** Protects against doing one request twice: the key is taken in the transaction that has the effect. */
export function beginIdempotency(table: Table, record: IdempotencyRecord): Write {
  const { scope, key, fingerprint, orderId, begunAt, answer } = record;
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: {
          ...idempotencyKey(scope, key),
          kind: 'IDEMPOTENCY',
          fingerprint,
          orderId,
          begunAt,
          ...(answer !== undefined && { answer: packed(answer) }),
          [EXPIRY_ATTRIBUTE]: expiresAfter(table.retention.idempotentAnswers, begunAt),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    conflict: 'idempotency-key-used',
  };
}

/** Answers of large orders outgrow an item of 400 KB unless they are packed. */
function packed(answer: StoredAnswer): Uint8Array {
  return gzipSync(JSON.stringify(answer));
}
