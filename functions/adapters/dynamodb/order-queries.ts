import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { INDEXES, type IndexKeys } from '../../../contract/table.ts';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import { isFoundBy, type Searchable } from '../../../domain/order/search.ts';
import type { OrderFilter, OrderHeader, OrderPage, OrderQueries } from '../../orders/queries.ts';
import type { Table } from './client.ts';
import { batchesOf, type Fields, keyOf, parseItem, queryItems } from './items.ts';
import { ARRIVAL_SHARDS, arrival, headerKey, SEARCH_SHARDS, searchKey, searchPartition } from './keys.ts';
import {
  arrivalShard,
  attentionShard,
  attentionsOf,
  channelOrderNameReference,
  customerKey,
  externalReference,
  headerFromItem,
  purchaseOrderReference,
  skuIndexKey,
  stateShard,
  testShard,
  trackingReference,
} from './order-items.ts';
import { readItems } from './read-items.ts';

/** One partition of an index, whose sort key begins with the arrival of an order. */
interface Partition {
  readonly index: IndexKeys;
  readonly key: string;
}

interface Found {
  /** Null where a search ends before it has looked at all orders. */
  readonly orderId: string | null;
  readonly arrival: string;
}

/** Whatever is found by a reference belongs to an order. */
const Referenced = z.object({ orderId: z.string() });

/** Index pages of this size are merged; headers are then read in one batch. */
const PAGE = 50;

/** How many megabytes a search looks through for one page: some two hundred thousand orders of two lines. */
const MAX_SEARCHED_PAGES = 64;

const SortKey = z.object({ sk: z.string() });
const StoredSearchable = z.object({
  text: z.string(),
  email: z.string().optional(),
} satisfies Fields<Searchable>);

/** How many orders one page looks at: a rare match among many must not keep anyone waiting for the whole table. */
const MAX_LOOKED_AT = 1_000;

/** Lists orders by way of the indexes. */
export function orderQueries(table: Table): OrderQueries {
  return {
    list: (filter, limit, after) => list(table, filter, limit, after),
  };
}

async function list(
  table: Table,
  filter: OrderFilter,
  limit: number,
  after: string | null,
): Promise<OrderPage> {
  const orders: OrderHeader[] = [];
  const seen = new Set<string>();
  for await (const batch of candidates(table, filter, after)) {
    // An order with two lines of the SKU, or whose customer is called like its reference, comes twice.
    const fresh = batch.flatMap(({ orderId }) => {
      if (orderId === null || seen.has(orderId)) return [];
      seen.add(orderId);
      return [orderId];
    });
    const headers = await readHeaders(table, fresh);
    for (const header of await foundAmong(table, headers, filter)) {
      if (!matches(header, filter)) continue;
      if (orders.length === limit) {
        const last = orders.at(-1);
        return { orders, next: last === undefined ? null : arrival(last.receivedAt, last.orderId) };
      }
      orders.push(header);
    }
    const last = batch.at(-1);
    if (last !== undefined && (seen.size >= MAX_LOOKED_AT || last.orderId === null)) {
      const [searchedBackTo = ''] = last.arrival.split('#');
      return { orders, next: last.arrival, searchedBackTo };
    }
  }
  return { orders, next: null };
}

/** Orders that may match, newest first, a page at a time: from the index that narrows the search most. */
async function* candidates(
  table: Table,
  filter: OrderFilter,
  after: string | null,
): AsyncGenerator<readonly Found[]> {
  const named = await namedOrders(table, filter);
  if (named !== null) {
    yield await inOrderOfArrival(table, named, after);
    return;
  }
  if (isFoundBySearch(filter)) {
    const shards = Array.from({ length: SEARCH_SHARDS }, (_, shard) => searched(table, shard, filter, after));
    yield* batchesOf(bounded(merge(shards)), PAGE);
    return;
  }
  const partitions = partitionsOf(filter).map((partition) => newestFirst(table, partition, filter, after));
  yield* batchesOf(merge(partitions), PAGE);
}

function partitionsOf(filter: OrderFilter): readonly Partition[] {
  const { customer, customerReference, sku, state, attention, test } = filter;
  if (customer !== undefined) {
    return [
      { index: INDEXES.ordersByCustomer, key: customerKey(customer) },
      { index: INDEXES.ordersByCustomerReference, key: customerKey(customer) },
    ];
  }
  if (customerReference !== undefined) {
    return [{ index: INDEXES.ordersByCustomerReference, key: customerKey(customerReference) }];
  }
  if (sku !== undefined) return [{ index: INDEXES.linesBySku, key: skuIndexKey(sku) }];
  const shards = Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => shard);
  if (test !== undefined)
    return shards.map((shard) => ({ index: INDEXES.ordersByArrival, key: testShard(shard) }));
  if (attention !== undefined) {
    const states = state === undefined ? ORDER_STATES : [state];
    return states.flatMap((each) =>
      shards.map((shard) => ({ index: INDEXES.ordersByAttention, key: attentionShard(each, shard) })),
    );
  }
  return shards.map((shard) =>
    state === undefined
      ? { index: INDEXES.ordersByArrival, key: arrivalShard(shard) }
      : { index: INDEXES.ordersByState, key: stateShard(state, shard) },
  );
}

async function* newestFirst(
  table: Table,
  { index, key }: Partition,
  { from = '0', to = '9999' }: OrderFilter,
  after: string | null,
): AsyncGenerator<Found> {
  const newest = `${to}#\u{10ffff}`;
  const items = queryItems(table, {
    IndexName: index.indexName,
    KeyConditionExpression: '#partition = :key AND #sort BETWEEN :oldest AND :newest',
    ExpressionAttributeNames: { '#partition': index.partitionKey, '#sort': index.sortKey },
    ExpressionAttributeValues: {
      ':key': key,
      ':oldest': from,
      ':newest': after !== null && after < newest ? after : newest,
    },
    ScanIndexForward: false,
    Limit: PAGE,
  });
  const Place = z.object({ [index.sortKey]: z.string() });
  for await (const item of items) {
    const [receivedAt = '', orderId = ''] = parseItem(Place, item)[index.sortKey]?.split('#') ?? [];
    const found = { orderId, arrival: arrival(receivedAt, orderId) };
    if (found.arrival !== after) yield found;
  }
}

/**
 * Whether orders that meet a condition are found by it. A search looks through all orders instead, and what it finds is
 * compared with the other conditions.
 */
const FINDS: Readonly<Record<keyof OrderFilter, boolean>> = {
  externalId: true,
  channelOrderName: true,
  purchaseOrderNumber: true,
  trackingNumber: true,
  number: true,
  customer: true,
  customerReference: true,
  sku: true,
  attention: true,
  test: true,
  state: false,
  channel: false,
  orderType: false,
  from: false,
  to: false,
  search: false,
};

function isFoundBySearch(filter: OrderFilter): boolean {
  const conditions = Object.keys(FINDS) as (keyof OrderFilter)[];
  return (
    filter.search !== undefined &&
    conditions.every((condition) => !FINDS[condition] || filter[condition] === undefined)
  );
}

/**
 * What a search finds in one partition, newest first. The store compares, a page of 1 MB at a time (Amazon DynamoDB,
 * Query), and the next page is asked for while the one before is looked at.
 */
async function* searched(
  table: Table,
  shard: number,
  { search, from = '0', to = '9999' }: OrderFilter,
  after: string | null,
): AsyncGenerator<Found> {
  const { words = [], inEmail = false } = search ?? {};
  const newest = `${to}#\u{10ffff}`;
  const found = (word: string) =>
    inEmail ? `(contains(#text, ${word}) OR contains(email, ${word}))` : `contains(#text, ${word})`;
  const ask = (start?: Record<string, unknown>) =>
    table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :partition AND sk BETWEEN :oldest AND :newest',
        FilterExpression: words.map((_, index) => found(`:word${index}`)).join(' AND '),
        ProjectionExpression: 'sk',
        ExpressionAttributeNames: { '#text': 'text' },
        ExpressionAttributeValues: {
          ':partition': searchPartition(shard),
          ':oldest': from,
          ':newest': after !== null && after < newest ? after : newest,
          ...Object.fromEntries(words.map((word, index) => [`:word${index}`, word])),
        },
        ScanIndexForward: false,
        ExclusiveStartKey: start,
      }),
    );
  let page = ask();
  for (;;) {
    const { Items = [], LastEvaluatedKey } = await page;
    if (LastEvaluatedKey !== undefined) {
      page = ask(LastEvaluatedKey);
      // A failure is thrown where the page is awaited; a list that is full by then has no use for it.
      page.catch(() => undefined);
    }
    for (const item of Items) {
      const position = parseItem(SortKey, item).sk;
      const [, orderId = ''] = position.split('#');
      if (position !== after) yield { orderId, arrival: position };
    }
    if (LastEvaluatedKey === undefined) return;
    yield { orderId: null, arrival: parseItem(SortKey, LastEvaluatedKey).sk };
  }
}

/** Ends a search that has looked through many pages, with the place that it has come to. */
async function* bounded(found: AsyncGenerator<Found>): AsyncGenerator<Found> {
  let pages = 0;
  for await (const each of found) {
    if (each.orderId === null) {
      pages += 1;
      if (pages < MAX_SEARCHED_PAGES) continue;
    }
    yield each;
    if (each.orderId === null) return;
  }
}

/** @returns those that the search finds, where the list came by another way. */
async function foundAmong(
  table: Table,
  headers: readonly OrderHeader[],
  filter: OrderFilter,
): Promise<readonly OrderHeader[]> {
  const { search } = filter;
  if (search === undefined || isFoundBySearch(filter)) return headers;
  const keys = headers.map(({ orderId, receivedAt }) => searchKey(orderId, receivedAt));
  const items = await readItems(table, keys);
  const found = new Set(
    items.filter((item) => isFoundBy(search, parseItem(StoredSearchable, item))).map((item) => item.sk),
  );
  return headers.filter(({ orderId, receivedAt }) => found.has(arrival(receivedAt, orderId)));
}

/** Merges streams that each run newest first into one that does. */
async function* merge(streams: readonly AsyncGenerator<Found>[]): AsyncGenerator<Found> {
  const heads: { readonly found: Found; readonly stream: AsyncGenerator<Found> }[] = [];
  const pull = async (stream: AsyncGenerator<Found>) => {
    const next = await stream.next();
    if (next.done !== true) heads.push({ found: next.value, stream });
  };
  await Promise.all(streams.map(pull));
  while (heads.length > 0) {
    const first = heads.reduce((one, other) => (other.found.arrival > one.found.arrival ? other : one));
    heads.splice(heads.indexOf(first), 1);
    yield first.found;
    await pull(first.stream);
  }
}

/** @returns the orders that have all the numbers a filter names, or null when it names none. */
async function namedOrders(table: Table, filter: OrderFilter): Promise<ReadonlySet<string> | null> {
  const { externalId, channelOrderName, purchaseOrderNumber, trackingNumber, number } = filter;
  const asked: Promise<ReadonlySet<string>>[] = [];
  if (externalId !== undefined) asked.push(byReference(table, externalReference(externalId)));
  if (channelOrderName !== undefined) {
    asked.push(byReference(table, channelOrderNameReference(channelOrderName)));
  }
  if (purchaseOrderNumber !== undefined) {
    asked.push(byReference(table, purchaseOrderReference(purchaseOrderNumber)));
  }
  if (trackingNumber !== undefined) asked.push(byReference(table, trackingReference(trackingNumber)));
  if (number !== undefined) asked.push(byAnyNumber(table, number));
  const [first, ...others] = await Promise.all(asked);
  return first === undefined
    ? null
    : new Set([...first].filter((orderId) => others.every((some) => some.has(orderId))));
}

async function byAnyNumber(table: Table, number: string): Promise<ReadonlySet<string>> {
  const references = [
    externalReference(number),
    purchaseOrderReference(number),
    trackingReference(number),
    channelOrderNameReference(number),
    // Shops write `#1042`, and people `1042`.
    channelOrderNameReference(`#${number}`),
  ];
  const found = await Promise.all(references.map((reference) => byReference(table, reference)));
  // Order ids are written in capitals, and read out in any way.
  return new Set([number, number.toUpperCase(), ...found.flatMap((some) => [...some])]);
}

async function byReference(table: Table, reference: string): Promise<ReadonlySet<string>> {
  const { indexName, partitionKey } = INDEXES.byReference;
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: '#reference = :reference',
      ExpressionAttributeNames: { '#reference': partitionKey },
      ExpressionAttributeValues: { ':reference': reference },
    }),
  );
  const items = await readItems(table, Items.map(keyOf));
  return new Set(items.map((item) => parseItem(Referenced, item).orderId));
}

async function inOrderOfArrival(
  table: Table,
  orderIds: ReadonlySet<string>,
  after: string | null,
): Promise<readonly Found[]> {
  return (await readHeaders(table, [...orderIds]))
    .map(({ orderId, receivedAt }) => ({ orderId, arrival: arrival(receivedAt, orderId) }))
    .filter((found) => after === null || found.arrival < after)
    .sort((one, other) => (one.arrival < other.arrival ? 1 : -1));
}

async function readHeaders(table: Table, orderIds: readonly string[]): Promise<readonly OrderHeader[]> {
  return (await readItems(table, orderIds.map(headerKey))).map(headerFromItem);
}

/** The index may lag behind, and narrows by one condition: the header itself decides. */
function matches(header: OrderHeader, filter: OrderFilter): boolean {
  const same = <Value>(wanted: Value | undefined, value: Value | undefined) =>
    wanted === undefined || wanted === value;
  const folded = (text: string | undefined) => text?.normalize('NFC').trim().toLowerCase();
  const { customer, customerReference, attention } = filter;
  return (
    !header.voided &&
    (header.isTest === true) === (filter.test === 'true') &&
    same(filter.state, header.state) &&
    same(filter.channel, header.channel) &&
    same(filter.orderType, header.orderType) &&
    same(filter.externalId, header.externalId) &&
    same(folded(filter.channelOrderName), folded(header.channelOrderName)) &&
    same(folded(filter.purchaseOrderNumber), folded(header.purchaseOrderNumber)) &&
    (customer === undefined ||
      [header.customer.name, header.customer.reference].map(folded).includes(folded(customer))) &&
    (customerReference === undefined || folded(header.customer.reference) === folded(customerReference)) &&
    (attention === undefined || attentionsOf(header).includes(attention)) &&
    (filter.from === undefined || header.receivedAt >= filter.from) &&
    (filter.to === undefined || header.receivedAt <= filter.to)
  );
}
