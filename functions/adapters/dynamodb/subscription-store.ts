import * as z from 'zod';
import { Subscription } from '../../../contract/subscriptions.ts';
import type { StoredSubscription, SubscriptionStore } from '../../events/subscriptions/subscriptions.ts';
import { WriteFailed } from '../../write-failures.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem, queryAll } from './items.ts';
import { SUBSCRIPTIONS, subscriptionKey } from './keys.ts';
import type { Write } from './transaction.ts';

const Stored = z.object({
  subscription: Subscription,
  sealedSecret: z.string(),
  previous: z.object({ sealedSecret: z.string(), until: z.string() }).optional(),
  revision: z.int(),
  fingerprint: z.string().optional(),
} satisfies Fields<StoredSubscription>);

/** Subscriptions are few: all stand in one partition, which is read as a whole for each batch of events. */
export function subscriptionStore(table: Table): SubscriptionStore {
  const get = async (subscriptionId: string) => {
    const item = await getItem(table, subscriptionKey(subscriptionId));
    return item === null ? null : parseItem(Stored, item);
  };
  return {
    list: () =>
      queryAll(table, Stored, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :subscriptions',
        ExpressionAttributeValues: { ':subscriptions': SUBSCRIPTIONS },
      }),
    get,
    async save(next, change) {
      const { subscription, sealedSecret, previous, revision, fingerprint } = next;
      const Item = {
        ...subscriptionKey(subscription.subscriptionId),
        kind: 'SUBSCRIPTION',
        subscription,
        sealedSecret,
        ...(previous !== undefined && { previous }),
        ...(fingerprint !== undefined && { fingerprint }),
        revision: revision + 1,
      };
      // Protects what another changed since it was read.
      const unchanged =
        revision === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'revision = :revision',
              ExpressionAttributeValues: { ':revision': revision },
            };
      const { subscriptionId } = subscription;
      const write: Write = {
        item: { Put: { TableName: table.name, Item, ...unchanged } },
        // The caller decides anew, or finds that its key was used.
        conflict: 'idempotency-key-used',
      };
      try {
        return await writeAudited(table, change?.origin, async () => {
          const before = change === undefined ? null : await get(subscriptionId);
          return {
            writes: [write],
            result: true,
            ...(change !== undefined && {
              act: {
                action: change.action,
                subject: subscriptionId,
                before: before?.subscription,
                after: subscription,
              },
            }),
          };
        });
      } catch (error) {
        if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used') return false;
        throw error;
      }
    },
    remove(subscriptionId, origin) {
      return writeAudited<boolean>(table, origin, async () => {
        const before = await get(subscriptionId);
        if (before === null) return { writes: [], result: false };
        const Key = { ...subscriptionKey(subscriptionId) };
        const ConditionExpression = 'revision = :revision';
        const ExpressionAttributeValues = { ':revision': before.revision };
        const Delete = { TableName: table.name, Key, ConditionExpression, ExpressionAttributeValues };
        return {
          writes: [{ item: { Delete }, conflict: 'changed-meanwhile' }],
          result: true,
          act: { action: 'subscription.removed', subject: subscriptionId, before: before.subscription },
        };
      });
    },
  };
}
