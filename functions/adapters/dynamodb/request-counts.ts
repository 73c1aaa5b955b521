import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { Table } from './client.ts';
import { parseItem } from './items.ts';
import { requestCountKey } from './keys.ts';

/** Counts the requests of a caller, minute by minute. */
export interface RequestCounts {
  /** @returns how many requests the caller has made in the minute of `now`, this one included. */
  count(caller: string, now: Date): Promise<number>;
}

const Count = z.object({ requests: z.int() });

/** Counters that are shared by every running copy of a function, at one write a request. */
export function requestCounts(table: Table): RequestCounts {
  return {
    async count(caller, now) {
      const minute = Math.floor(now.getTime() / 60_000);
      const key = requestCountKey(caller, minute);
      const { Attributes } = await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: { ...key },
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
      return parseItem(Count, { ...key, ...Attributes }).requests;
    },
  };
}
