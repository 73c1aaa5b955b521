import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { StoredSubscription, SubscriptionStore } from '../../events/subscriptions/subscriptions.ts';
import type { Table } from './client.ts';
import { SUBSCRIPTIONS, subscriptionKey } from './keys.ts';

/** Subscriptions are few: all stand in one partition, which is read as a whole for each batch of events. */
export function subscriptionStore(table: Table): SubscriptionStore {
  return {
    async list() {
      const kept: StoredSubscription[] = [];
      const pages = paginateQuery(
        { client: table.client },
        {
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :subscriptions',
          ExpressionAttributeValues: { ':subscriptions': SUBSCRIPTIONS },
        },
      );
      for await (const page of pages) kept.push(...(page.Items ?? []).map(subscriptionOf));
      return kept;
    },
    async get(subscriptionId) {
      const { Item } = await table.client.send(
        new GetCommand({
          TableName: table.name,
          Key: { ...subscriptionKey(subscriptionId) },
          ConsistentRead: true,
        }),
      );
      return Item === undefined ? null : subscriptionOf(Item);
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
      try {
        await table.client.send(new PutCommand({ TableName: table.name, Item, ...unchanged }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
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

function subscriptionOf(item: Record<string, unknown>): StoredSubscription {
  const { subscription, sealedSecret, previous, revision, fingerprint } =
    item as unknown as StoredSubscription;
  return { subscription, sealedSecret, previous, revision, fingerprint };
}
