import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A table and the client to reach it with. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/** Opens the table; absent fields are left out of items, and numbers stay within the safe integers. */
export function openTable(name: string, client = new DynamoDBClient({ maxAttempts: 3 })): Table {
  // It walks through every request and answer for a log that nobody keeps.
  client.middlewareStack.remove('loggerMiddleware');
  return {
    name,
    client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
  };
}
