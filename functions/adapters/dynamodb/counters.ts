import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Table } from './client.ts';
import { parseItem } from './items.ts';
import { counterKey } from './keys.ts';

const Counter = z.object({ last: z.int() });

/** Takes so many numbers of a counter, none of which is given again. @returns the last of them; the first ever is 1 */
export async function takeNumbers(table: Table, counter: string, count: number): Promise<number> {
  const key = counterKey(counter);
  const { Attributes } = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { ...key },
      UpdateExpression: 'ADD #last :count SET kind = :kind',
      ExpressionAttributeNames: { '#last': 'last' },
      ExpressionAttributeValues: { ':count': count, ':kind': 'COUNTER' },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return parseItem(Counter, { ...key, ...Attributes }).last;
}
