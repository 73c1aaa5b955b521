import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { INDEXES, TABLE_KEYS } from '../../contract/table.ts';

/** A client of a store on this machine, which takes any credentials. */
export function storeClient(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
}

/** Makes an empty table with every index and the stream of the deployed one. */
export async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const keys = (partitionKey: string, sortKey: string): KeySchemaElement[] => [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
  const all = [TABLE_KEYS, ...Object.values(INDEXES)];
  const attributes = new Set(all.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]));
  const command = new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys(TABLE_KEYS.partitionKey, TABLE_KEYS.sortKey),
    GlobalSecondaryIndexes: Object.values(INDEXES).map(({ indexName, partitionKey, sortKey }) => ({
      IndexName: indexName,
      KeySchema: keys(partitionKey, sortKey),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  await client.send(command);
}
