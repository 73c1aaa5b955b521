import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { OrderNumbers } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { counterKey } from './keys.ts';

/** Numbers leased at a time: one write for so many orders, and at most so many lost when a process ends. */
const BLOCK = 20;

interface Lease {
  next: number;
  readonly last: number;
}

/**
 * Gives order numbers from leased blocks, so that no two processes give the same and the counter is no bottleneck.
 * Numbers may have gaps.
 *
 * @param prefix what a number starts with, for example `LMB-ORD`
 */
export function orderNumbers(table: Table, prefix: string): OrderNumbers {
  const leases = new Map<number, Promise<Lease>>();
  return {
    async next(year) {
      for (;;) {
        const pending = leases.get(year) ?? lease(table, year);
        leases.set(year, pending);
        const block = await pending.catch((error: unknown) => {
          leases.delete(year);
          throw error;
        });
        if (block.next <= block.last) {
          const number = block.next++;
          return `${prefix}-${year}-${String(number).padStart(4, '0')}`;
        }
        if (leases.get(year) === pending) leases.delete(year);
      }
    },
  };
}

async function lease(table: Table, year: number): Promise<Lease> {
  const { Attributes } = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: counterKey(`ORDER#${year}`),
      UpdateExpression: 'ADD #last :block SET kind = :kind',
      ExpressionAttributeNames: { '#last': 'last' },
      ExpressionAttributeValues: { ':block': BLOCK, ':kind': 'COUNTER' },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  const last = Attributes?.last as number;
  return { next: last - BLOCK + 1, last };
}
