import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from './client.ts';
import { counterKey } from './keys.ts';

/**
 * @returns what takes serial numbers for labels that begin with a company prefix, so many at once, and gives the first.
 *   None is given twice; those of a notice that was never made are lost, which labels may be
 */
export function labelSerials(table: Table): (companyPrefix: string, count: number) => Promise<number> {
  return async (companyPrefix, count) => {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: counterKey(`LABEL#${companyPrefix}`),
        UpdateExpression: 'ADD #last :count SET kind = :kind',
        ExpressionAttributeNames: { '#last': 'last' },
        ExpressionAttributeValues: { ':count': count, ':kind': 'COUNTER' },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return (Attributes?.last as number) - count + 1;
  };
}
