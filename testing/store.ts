import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, inject } from 'vitest';
import { openTable, type Table } from '../functions/adapters/dynamodb/client.ts';
import { createTable, storeClient } from './run/table.ts';

/** The DynamoDB of the run, with tables of one test file. */
export interface TestStore {
  readonly endpoint: string;
  /** Makes an empty table with every index and the stream of the deployed one; each test may have its own. */
  newTable(): Promise<Table>;
}

/**
 * Gives a test file tables of its own in the store of the run. Call it once at the top of the file; the store can be
 * used from `beforeAll` on.
 */
export function useStore(): TestStore {
  let client: DynamoDBClient;
  let tables = 0;

  beforeAll(() => {
    client = storeClient(inject('storeEndpoint'));
  });
  afterAll(() => client?.destroy());

  return {
    get endpoint() {
      return inject('storeEndpoint');
    },
    async newTable() {
      tables += 1;
      const name = `order-loop-${randomUUID()}-${tables}`;
      await createTable(client, name);
      return openTable(name, client);
    },
  };
}
