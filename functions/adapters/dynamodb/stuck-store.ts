import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from './client.ts';
import { orderPartition } from './keys.ts';

/** Marks orders whose workflow gave up, beside the order. */
export function stuckStore(table: Table) {
  return {
    async report(orderId: string, executionArn: string, failure: string): Promise<void> {
      const Item = {
        pk: orderPartition(orderId),
        sk: 'STUCK',
        kind: 'STUCK',
        orderId,
        executionArn,
        failure,
        reportedAt: new Date().toISOString(),
      };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
