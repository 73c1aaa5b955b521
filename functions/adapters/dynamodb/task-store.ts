import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type TaskStore, WAITS_FOR, type WaitingTask } from '../../fulfillment/workflow.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem, type StoredItem, wasWritten } from './items.ts';
import { taskKey } from './keys.ts';

const Stored = z.object({
  taskToken: z.string(),
  waitFor: z.enum(WAITS_FOR),
  savedAt: z.string(),
} satisfies Fields<WaitingTask>);

export function taskFromItem(item: StoredItem): WaitingTask {
  return parseItem(Stored, item);
}

/** Keeps, beside the order, what its workflow waits for; a new wait takes the place of the one before. */
export function taskStore(table: Table): TaskStore {
  return {
    async save(orderId, task) {
      const Item = { ...taskKey(orderId), kind: 'TASK', orderId, ...task };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
    async find(orderId) {
      const item = await getItem(table, taskKey(orderId));
      return item === null ? null : taskFromItem(item);
    },
    async remove(orderId, taskToken) {
      await wasWritten(
        table.client.send(
          new DeleteCommand({
            TableName: table.name,
            Key: taskKey(orderId),
            // Protects the next wait, which may have been saved meanwhile.
            ConditionExpression: 'taskToken = :answered',
            ExpressionAttributeValues: { ':answered': taskToken },
          }),
        ),
      );
    },
  };
}
