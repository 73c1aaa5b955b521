import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES } from '../../../contract/table.ts';
import type { Table } from './client.ts';
import { keyOf, parseItem, type StoredItem } from './items.ts';
import type { Key } from './keys.ts';
import { readItems } from './read-items.ts';

const { indexName, partitionKey, sortKey } = INDEXES.byReference;
const Place = z.object({ [sortKey]: z.string() });

/** A page of one partition of the index by reference, in the order of the items' places. */
export interface IndexPage {
  readonly items: readonly StoredItem[];
  /** Where the next page begins, or null behind the last item. */
  readonly next: string | null;
}

/** The names of the attributes that list an item, for expressions; without these attributes it is in no list. */
export const INDEX_NAMES = { '#indexPartition': partitionKey, '#indexPlace': sortKey } as const;

/** What lists an item in a partition of the index, to be written with it. */
export function indexAttributes(indexPartition: string, place: string): Readonly<Record<string, string>> {
  return { [partitionKey]: indexPartition, [sortKey]: place };
}

/** @returns what moves an item from one partition to another, where its place stays the same */
export function indexMove(indexPartition: string): Readonly<Record<string, string>> {
  return { [partitionKey]: indexPartition };
}

interface PageOptions {
  readonly limit: number;
  /** The place behind which the page begins, or null for the first page. */
  readonly position: string | null;
  readonly newestFirst: boolean;
}

/** Reads a page of a partition. The index lags behind for a moment; the items themselves are read as they are now. */
export function readIndexPage(
  table: Table,
  indexPartition: string,
  options: PageOptions,
): Promise<IndexPage> {
  return readIndexPages(table, [indexPartition], options);
}

/** Reads a page of one list that is spread over several partitions. */
export async function readIndexPages(
  table: Table,
  indexPartitions: readonly string[],
  options: PageOptions,
): Promise<IndexPage> {
  const { limit, newestFirst } = options;
  const pages = await Promise.all(indexPartitions.map((each) => readPlaces(table, each, options)));
  const direction = newestFirst ? -1 : 1;
  const found = pages.flat().sort((one, other) => (one.place < other.place ? -direction : direction));
  const shown = found.slice(0, limit);
  const items = await readItems(
    table,
    shown.map(({ key }) => key),
  );
  const last = shown.at(-1);
  return { items, next: found.length > limit && last !== undefined ? last.place : null };
}

async function readPlaces(
  table: Table,
  indexPartition: string,
  { limit, position, newestFirst }: PageOptions,
): Promise<readonly { readonly place: string; readonly key: Key }[]> {
  const behind = newestFirst ? '<' : '>';
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: `#partition = :partition${position === null ? '' : ` AND #place ${behind} :position`}`,
      ExpressionAttributeNames: {
        '#partition': partitionKey,
        ...(position !== null && { '#place': sortKey }),
      },
      ExpressionAttributeValues: {
        ':partition': indexPartition,
        ...(position !== null && { ':position': position }),
      },
      ScanIndexForward: !newestFirst,
      // One more than the page shows whether there is a next one.
      Limit: limit + 1,
    }),
  );
  return Items.map((item) => ({ place: parseItem(Place, item)[sortKey] ?? '', key: keyOf(item) }));
}
