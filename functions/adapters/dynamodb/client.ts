import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DEFAULT_RETENTION, type Retention } from '../../../contract/retention.ts';

/** A table, the client to reach it with, and how long what is written to it is kept. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  readonly retention: Retention;
}

/** Opens the table; absent fields are left out of items, and numbers stay within the safe integers. */
export function openTable(
  name: string,
  client = new DynamoDBClient({ maxAttempts: 3 }),
  retention = DEFAULT_RETENTION,
): Table {
  // It walks through every request and answer for a log that nobody keeps.
  client.middlewareStack.remove('loggerMiddleware');
  return {
    ...{ name, retention },
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}
