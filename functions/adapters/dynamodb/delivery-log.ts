import { gzipSync } from 'node:zlib';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { expiresAfter } from '../../../contract/retention.ts';
import { Delivery } from '../../../contract/subscriptions.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import {
  type DeliveryLog,
  MAX_ATTEMPTS_SHOWN,
  type StoredDelivery,
} from '../../events/subscriptions/subscriptions.ts';
import type { Table } from './client.ts';
import { indexAttributes, readIndexPage } from './index-page.ts';
import { CompressedText, type Fields, getItem, parseItem, wasWritten } from './items.ts';
import { subscriberDeliveryKey, subscriberPartition } from './keys.ts';

const Stored = z.object({
  delivery: Delivery,
  tries: z.int(),
  payload: CompressedText,
} satisfies Fields<StoredDelivery>);

/** Keeps what is delivered to subscribers, with what came of each try. */
export function deliveryLog(table: Table): DeliveryLog {
  const find = async (subscriptionId: string, deliveryId: string): Promise<StoredDelivery | null> => {
    const item = await getItem(table, subscriberDeliveryKey(subscriptionId, deliveryId));
    return item === null ? null : parseItem(Stored, item);
  };
  /** Changes a delivery under a condition; @returns false when it did not hold. */
  const change = async (
    subscriptionId: string,
    deliveryId: string,
    condition: string,
    changes: Readonly<Record<string, unknown>>,
    expected: Readonly<Record<string, unknown>> = {},
  ): Promise<boolean> => {
    const names = Object.keys(changes);
    return wasWritten(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: { ...subscriberDeliveryKey(subscriptionId, deliveryId) },
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(names.map((name) => [`:${name}`, changes[name]])),
            ...expected,
          },
        }),
      ),
    );
  };
  return {
    find,
    async add(subscriptionId, { delivery, tries, payload }) {
      const Item = {
        ...subscriberDeliveryKey(subscriptionId, delivery.deliveryId),
        kind: 'SUBSCRIBER_DELIVERY',
        delivery,
        tries,
        payload: gzipSync(payload),
        ...indexAttributes(
          subscriberPartition(subscriptionId),
          `${delivery.createdAt}#${delivery.deliveryId}`,
        ),
        [EXPIRY_ATTRIBUTE]: expiresAfter(table.retention.subscriberDeliveries, delivery.createdAt),
      };
      return wasWritten(
        table.client.send(
          // Protects what was attempted already: an event that is repeated makes no second delivery.
          new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        ),
      );
    },
    async recordAttempt(subscriptionId, deliveryId, tries, { attempt, status, nextAttemptAt }) {
      const kept = await find(subscriptionId, deliveryId);
      if (kept === null) return false;
      const { nextAttemptAt: _, ...delivery } = kept.delivery;
      const attempts = [...delivery.attempts, attempt].slice(-MAX_ATTEMPTS_SHOWN);
      return change(
        subscriptionId,
        deliveryId,
        'tries = :before',
        {
          delivery: { ...delivery, status, attempts, ...(nextAttemptAt !== undefined && { nextAttemptAt }) },
          tries,
        },
        { ':before': tries - 1 },
      );
    },
    async skip(subscriptionId, deliveryId) {
      const kept = await find(subscriptionId, deliveryId);
      if (kept === null) return;
      const { nextAttemptAt: _, ...delivery } = kept.delivery;
      await change(
        subscriptionId,
        deliveryId,
        'tries = :before',
        { delivery: { ...delivery, status: 'SKIPPED' } },
        { ':before': kept.tries },
      );
    },
    async restart(subscriptionId, deliveryId) {
      const kept = await find(subscriptionId, deliveryId);
      if (kept === null) return null;
      const { nextAttemptAt: _, ...rest } = kept.delivery;
      const delivery = { ...rest, status: 'PENDING' as const };
      await change(subscriptionId, deliveryId, 'attribute_exists(pk)', { delivery, tries: 0 });
      return delivery;
    },
    async list(subscriptionId, limit, before) {
      const indexPartition = subscriberPartition(subscriptionId);
      const { items, next } = await readIndexPage(table, indexPartition, {
        limit,
        position: before,
        newestFirst: true,
      });
      return { items: items.map((item) => parseItem(Stored, item).delivery), next };
    },
  };
}
