import { gunzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Table } from './client.ts';
import type { Key } from './keys.ts';

/** An item as the store returns it: nothing is known of its attributes until they are parsed. */
export type StoredItem = Readonly<Record<string, unknown>>;

/** The fields of a schema for `Value`. With `satisfies`, a field that the schema forgets does not compile. */
export type Fields<Value> = { readonly [Name in keyof Required<Value>]: z.ZodType<Value[Name]> };

/** Text that was compressed with gzip, since it may outgrow the 400 KB that an item takes. */
export const CompressedText = z.instanceof(Uint8Array).transform((bytes, context) => {
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch {
    context.addIssue('not compressed with gzip');
    return z.NEVER;
  }
});

/** JSON that was compressed, of a given form. */
export function compressedJson<Schema extends z.ZodType>(schema: Schema) {
  return CompressedText.transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  }).pipe(schema);
}

/** Thrown for an item whose attributes are not what they should be: it is the same whenever it is read again. */
export class UnreadableItem extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'UnreadableItem';
  }
}

/**
 * The one way from the attributes of an item to a value. Attributes that the schema does not name are left out.
 *
 * @throws UnreadableItem that names the item's key and the attributes at fault, without their values
 */
export function parseItem<Output>(schema: z.ZodType<Output>, item: StoredItem): Output {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UnreadableItem(`the item ${item.pk} ${item.sk} cannot be read: ${faults.join('; ')}`);
}

/** The key of an item, for those that an index found. */
export const StoredKey = z.object({ pk: z.string(), sk: z.string() });

export function keyOf(item: StoredItem): Key {
  return parseItem(StoredKey, item);
}

/** Reads one item, consistently. */
export async function getItem(table: Table, key: Key): Promise<StoredItem | null> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
  );
  return Item ?? null;
}

/** Queries items, page after page for as long as the caller asks for more. */
export async function* queryItems(
  table: Table,
  query: Omit<QueryCommandInput, 'TableName'>,
): AsyncGenerator<StoredItem> {
  const pages = paginateQuery({ client: table.client }, { TableName: table.name, ...query });
  for await (const { Items = [] } of pages) yield* Items;
}

/** Gathers what a stream yields in batches of a size; the last may be smaller. */
export async function* batchesOf<Item>(stream: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of stream) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Queries all items, and parses each. */
export async function queryAll<Output>(
  table: Table,
  schema: z.ZodType<Output>,
  query: Omit<QueryCommandInput, 'TableName'>,
): Promise<Output[]> {
  const all: Output[] = [];
  for await (const item of queryItems(table, query)) all.push(parseItem(schema, item));
  return all;
}

/** @returns true when the write was made, false when its condition did not hold. */
export async function wasWritten(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
