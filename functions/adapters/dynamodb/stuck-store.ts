import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES } from '../../../contract/table.ts';
import type { Table } from './client.ts';
import { orderPartition } from './keys.ts';

/** Marks orders whose workflow gave up, beside the order. */
export function stuckStore(table: Table) {
  return {
    /** Leaves the mark; all of them stand together in the index by reference, oldest first. */
    async report(orderId: string, executionArn: string, failure: string): Promise<void> {
      const reportedAt = new Date().toISOString();
      const Item = {
        pk: orderPartition(orderId),
        sk: 'STUCK',
        kind: 'STUCK',
        orderId,
        executionArn,
        failure,
        reportedAt,
        [INDEXES.byReference.partitionKey]: 'STUCK',
        [INDEXES.byReference.sortKey]: `${reportedAt}#${orderId}`,
      };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
  };
}
