import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { Table } from './client.ts';
import { requestCountKey } from './keys.ts';

/** Counts the requests of a caller, minute by minute. */
export interface RequestCounts {
  /** @returns how many requests the caller has made in the minute of `now`, this one included. */
  count(caller: string, now: Date): Promise<number>;
}

/** Counters that are shared by every running copy of a function, at one write a request. */
export function requestCounts(table: Table): RequestCounts {
  return {
    async count(caller, now) {
      const minute = Math.floor(now.getTime() / 60_000);
      const { Attributes } = await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: requestCountKey(caller, minute),
          UpdateExpression: 'ADD requests :one SET #kind = :kind, #expires = :expires',
          ExpressionAttributeNames: { '#kind': 'kind', '#expires': EXPIRY_ATTRIBUTE },
          ExpressionAttributeValues: {
            ':one': 1,
            ':kind': 'REQUEST_COUNT',
            ':expires': (minute + 2) * 60,
          },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(Attributes?.requests);
    },
  };
}
