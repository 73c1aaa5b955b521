import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TaskStore, WaitingTask } from '../../fulfillment/workflow.ts';
import type { Table } from './client.ts';
import { taskKey } from './keys.ts';

/** Keeps, beside the order, what its workflow waits for; a new wait takes the place of the one before. */
export function taskStore(table: Table): TaskStore {
  return {
    async save(orderId, task) {
      const Item = { ...taskKey(orderId), kind: 'TASK', orderId, ...task };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
    async find(orderId) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: taskKey(orderId), ConsistentRead: true }),
      );
      if (Item === undefined) return null;
      return { taskToken: Item.taskToken, waitFor: Item.waitFor, savedAt: Item.savedAt } as WaitingTask;
    },
    async remove(orderId, taskToken) {
      try {
        await table.client.send(
          new DeleteCommand({
            TableName: table.name,
            Key: taskKey(orderId),
            // Protects the next wait, which may have been saved meanwhile.
            ConditionExpression: 'taskToken = :answered',
            ExpressionAttributeValues: { ':answered': taskToken },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
