import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription as StoredTable,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableDescription } from '../template/description.ts';
import { LOCAL_REGION } from '../template/intrinsics.ts';

/** What a store on this machine takes for credentials: anything. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** The properties of the template that a store on this machine has a use for. */
const TABLE_PROPERTIES = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'GlobalSecondaryIndexes',
] as const;

/** The table as it is in the store. */
export interface ReadyTable {
  readonly streamArn: string;
  /** Whether it was made just now. */
  readonly isNew: boolean;
}

/**
 * Makes the table as the template describes it, unless it is there already.
 *
 * @throws Error when the table that is there has other indexes than the template asks for
 */
export async function prepareTable(endpoint: string, table: TableDescription): Promise<ReadyTable> {
  const client = new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  try {
    const existing = await find(client, table.name);
    if (existing !== null) checkIndexes(existing, table);
    const stored = existing ?? (await create(client, table));
    if (stored.LatestStreamArn === undefined) throw new Error(`table ${table.name} has no stream`);
    return { streamArn: stored.LatestStreamArn, isNew: existing === null };
  } finally {
    client.destroy();
  }
}

async function find(client: DynamoDBClient, name: string): Promise<StoredTable | null> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return Table ?? null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

async function create(client: DynamoDBClient, table: TableDescription): Promise<StoredTable> {
  const { properties } = table;
  const { StreamViewType } = properties.StreamSpecification as { StreamViewType: 'NEW_IMAGE' };
  const { TableDescription: created } = await client.send(
    new CreateTableCommand({
      ...Object.fromEntries(TABLE_PROPERTIES.map((key) => [key, properties[key]])),
      TableName: table.name,
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    } as CreateTableCommandInput),
  );
  const expiry = properties.TimeToLiveSpecification as
    | { AttributeName: string; Enabled: boolean }
    | undefined;
  if (expiry !== undefined) {
    await client.send(
      new UpdateTimeToLiveCommand({ TableName: table.name, TimeToLiveSpecification: expiry }),
    );
  }
  return created ?? {};
}

function checkIndexes(stored: StoredTable, table: TableDescription): void {
  const asked = indexes(table.properties.GlobalSecondaryIndexes);
  const there = indexes(stored.GlobalSecondaryIndexes);
  const missing = asked.filter((index) => !there.includes(index));
  if (missing.length > 0) {
    throw new Error(
      `the data was written by another version of Order Loop: its table lacks ${missing.join(', ')}. ` +
        'Start with another DATA_DIR, or move the old one away.',
    );
  }
}

/** @returns each index as its name and the attributes of its key. */
function indexes(given: unknown): readonly string[] {
  const list = (given ?? []) as readonly {
    IndexName: string;
    KeySchema: readonly { AttributeName: string }[];
  }[];
  return list.map(
    ({ IndexName, KeySchema }) =>
      `${IndexName} (${KeySchema.map(({ AttributeName }) => AttributeName).join(', ')})`,
  );
}
