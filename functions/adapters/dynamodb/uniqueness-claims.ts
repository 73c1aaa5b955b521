import { gzipSync } from 'node:zlib';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type {
  IdempotencyRecord,
  IdempotencyStore,
  QuarantinedMessage,
  Receipt,
  ReceiptStore,
  StoredAnswer,
} from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { compressedJson, type Fields, getItem, parseItem } from './items.ts';
import { idempotencyKey, receiptKey } from './keys.ts';
import { awaitingItem, quarantineAttributes } from './quarantined-messages.ts';
import type { Write } from './transaction.ts';

const DAY = 86_400;
/** A key may be used again after this long. */
const IDEMPOTENCY_DAYS = 7;
/** Longer than any channel repeats a message; older repeats are known by the order's own identity. */
const RECEIPT_DAYS = 30;
/** Kept messages wait for an operator. */
const KEPT_DAYS = 90;

const StoredRecord = z.object({
  fingerprint: z.string(),
  orderId: z.string().optional(),
  begunAt: z.int(),
  answer: compressedJson(
    z.object({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
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
          [EXPIRY_ATTRIBUTE]: Math.floor(begunAt / 1000) + IDEMPOTENCY_DAYS * DAY,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    conflict: 'idempotency-key-used',
  };
}

/** Remembers which messages of channels were taken in. */
export function receiptStore(table: Table): ReceiptStore {
  return {
    async isKnown(receipt) {
      return (await getItem(table, receiptKey(receipt.channel, receipt.id))) !== null;
    },
    async note(receipts) {
      for (const receipt of receipts) {
        await table.client.send(
          new PutCommand({ TableName: table.name, Item: receiptItem(receipt, RECEIPT_DAYS) }),
        );
      }
    },
    async quarantine(receipt: Receipt, message: QuarantinedMessage) {
      if (message.awaits !== undefined) {
        const Item = { ...awaitingItem(receipt, message.awaits), [EXPIRY_ATTRIBUTE]: expiry(KEPT_DAYS) };
        // Before the message itself: one that nothing leads to would wait for an operator only.
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
      }
      await table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: { ...receiptItem(receipt, KEPT_DAYS), ...quarantineAttributes(receipt, message) },
        }),
      );
    },
  };
}

/** Protects against taking one message in twice. */
export function noteReceipt(table: Table, receipt: Receipt): Write {
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: receiptItem(receipt, RECEIPT_DAYS),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    conflict: 'receipt-known',
  };
}

function receiptItem(receipt: Receipt, days: number) {
  return {
    ...receiptKey(receipt.channel, receipt.id),
    kind: 'RECEIPT',
    channel: receipt.channel,
    id: receipt.id.toWellFormed(),
    receivedAt: new Date().toISOString(),
    [EXPIRY_ATTRIBUTE]: expiry(days),
  };
}

/** Epoch seconds after so many days. */
function expiry(days: number): number {
  return Math.floor(Date.now() / 1000) + days * DAY;
}

/** Answers of large orders outgrow an item of 400 KB unless they are packed. */
function packed(answer: StoredAnswer): Uint8Array {
  return gzipSync(JSON.stringify(answer));
}
