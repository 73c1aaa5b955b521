import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { INDEXES, TABLE_KEYS } from '../contract/table.ts';
import { openTable, type Table } from '../functions/adapters/dynamodb/client.ts';
import { startDynoxide } from '../local/store/dynoxide.ts';
import { indexStream } from '../local/store/stream-index.ts';

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A DynamoDB that runs for the tests of one file. */
export interface TestStore {
  readonly endpoint: string;
  /** Makes an empty table with every index and the stream of the deployed one; each test may have its own. */
  newTable(): Promise<Table>;
}

/**
 * Runs the embedded DynamoDB while the tests of a file run, or uses the one at `DYNAMODB_ENDPOINT`. Call it once at
 * the top of a test file; the store can be used from `beforeAll` on.
 */
export function useStore(): TestStore {
  let endpoint = '';
  let client: DynamoDBClient;
  let folder: string | undefined;
  let stop = async () => {};
  let tables = 0;

  beforeAll(async () => {
    const given = process.env.DYNAMODB_ENDPOINT;
    if (given === undefined) {
      folder = await mkdtemp(join(tmpdir(), 'order-loop-test-'));
      const store = await startDynoxide(join(folder, 'store.db'));
      stop = store.stop;
      endpoint = store.endpoint;
    } else endpoint = given;
    client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  });
  afterAll(async () => {
    client?.destroy();
    await stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  return {
    get endpoint() {
      return endpoint;
    },
    async newTable() {
      tables += 1;
      const name = `order-loop-${process.pid}-${Date.now()}-${tables}`;
      await client.send(createTable(name));
      if (folder !== undefined && tables === 1) indexStream(join(folder, 'store.db'));
      return openTable(name, client);
    },
  };
}

function createTable(TableName: string): CreateTableCommand {
  const keys = (partitionKey: string, sortKey: string): KeySchemaElement[] => [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
  const all = [TABLE_KEYS, ...Object.values(INDEXES)];
  const attributes = new Set(all.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]));
  return new CreateTableCommand({
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
}
