import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Subscription } from '../../../contract/subscriptions.ts';
import type { StoredSubscription, SubscriptionStore } from '../../events/subscriptions/subscriptions.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem, queryAll, wasWritten } from './items.ts';
import { SUBSCRIPTIONS, subscriptionKey } from './keys.ts';

const Stored = z.object({
  subscription: Subscription,
  sealedSecret: z.string(),
  previous: z.object({ sealedSecret: z.string(), until: z.string() }).optional(),
  revision: z.int(),
  fingerprint: z.string().optional(),
} satisfies Fields<StoredSubscription>);

/** Subscriptions are few: all stand in one partition, which is read as a whole for each batch of events. */
export function subscriptionStore(table: Table): SubscriptionStore {
  return {
    list: () =>
      queryAll(table, Stored, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :subscriptions',
        ExpressionAttributeValues: { ':subscriptions': SUBSCRIPTIONS },
      }),
    async get(subscriptionId) {
      const item = await getItem(table, subscriptionKey(subscriptionId));
      return item === null ? null : parseItem(Stored, item);
    },
    async save(next) {
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
      return wasWritten(table.client.send(new PutCommand({ TableName: table.name, Item, ...unchanged })));
    },
    async remove(subscriptionId) {
      const { Attributes } = await table.client.send(
        new DeleteCommand({
          TableName: table.name,
          Key: { ...subscriptionKey(subscriptionId) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      return Attributes !== undefined;
    },
  };
}
