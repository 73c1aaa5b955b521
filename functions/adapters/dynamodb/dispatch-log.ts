import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DispatchLog } from '../../channels/core/dispatch-log.ts';
import type { Table } from './client.ts';
import { deliveryKey } from './keys.ts';

/** Longer than a consumer may run: whoever holds a delivery for so long has ended. */
const LEASE = 60_000;

/** Stores what was sent, and what is being sent; for good, since a whole history may be replayed. */
export function dispatchLog(table: Table, now: () => number = Date.now): DispatchLog {
  return {
    async begin(name) {
      const at = now();
      try {
        await table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...deliveryKey(name), kind: 'DELIVERY', leasedUntil: at + LEASE },
            // Protects against sending twice: what was sent has no lease, and one at a time holds it.
            ConditionExpression: 'attribute_not_exists(pk) OR leasedUntil < :now',
            ExpressionAttributeValues: { ':now': at },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'notify';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item?.leasedUntil === undefined ? 'notified' : 'in-progress';
      }
    },
    async finish(name) {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: { ...deliveryKey(name) },
          UpdateExpression: 'REMOVE leasedUntil SET toldAt = :at',
          ExpressionAttributeValues: { ':at': new Date(now()).toISOString() },
        }),
      );
    },
    async giveUp(name) {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...deliveryKey(name) } }));
    },
  };
}
