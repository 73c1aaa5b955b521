import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { MESSAGE_CHANNELS, MESSAGE_STATES } from '../../../contract/inbound-messages.ts';
import { expiresAfter } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE, INDEXES } from '../../../contract/table.ts';
import type { AccountEntry, LoggedMessage } from '../../messages/message.ts';
import type { MessageFilter, MessageLog, MessagePage } from '../../messages/message-log.ts';
import { WriteFailed } from '../../write-failures.ts';
import type { Table } from './client.ts';
import {
  compressedJson,
  type Fields,
  getItem,
  parseItem,
  queryAll,
  type StoredItem,
  StoredKey,
  wasWritten,
} from './items.ts';
import {
  ARRIVAL_SHARDS,
  awaitingPartition,
  headerKey,
  MESSAGE_LINK_PREFIX,
  messageBodyKey,
  messageKey,
  orderPartition,
} from './keys.ts';
import { keepPieces } from './message-bodies.ts';
import {
  channelVersionWrite,
  clipped,
  IS_OPEN,
  listedAs,
  type MessageList,
  messageAttributes,
  messageIndexPartition,
  messageWrites,
  settleWrite,
} from './message-writes.ts';
import { readItems } from './read-items.ts';
import { writeAll } from './transaction.ts';

/** An item of the store takes 400 KB; a packed body that is larger lies beside its message, in pieces of this size. */
const PIECE = 350_000;
/** Beyond any request: a body of 5 MiB that does not shrink takes 15. */
const MAX_PIECES = 20;

/** Links that are written with a settlement; a file of more orders has each linked with the order itself. */
const MAX_LINKS = 25;

/** Keys that one round looks at in each partition of the index, where a filter passes few of them. */
const MAX_SCANNED = 1000;
/** Messages of an order that one round reads, where a filter passes few of them. */
const MAX_READ = 100;
/** Rounds of one page; what a filter passes beyond them is on the next page. */
const MAX_ROUNDS = 20;

const MESSAGE_ID = /^[\w-]{43}$/;

const Account = z.object({
  element: z.string(),
  disposition: z.enum(['mapped', 'kept', 'ignored', 'unresolved']),
  detail: z.string(),
  count: z.number(),
} satisfies Fields<AccountEntry>);

const StoredHeader = z.object({
  messageId: z.string(),
  channel: z.enum(MESSAGE_CHANNELS),
  endpoint: z.string(),
  connectionId: z.string().nullable(),
  source: z.string(),
  proof: z.object({ method: z.string(), secretName: z.string().nullable() }),
  topic: z.string(),
  receivedAt: z.string(),
  actor: z.object({ type: z.enum(['human', 'automation', 'ai-agent', 'channel']), id: z.string() }),
  correlationId: z.string(),
  place: z.array(z.number()).optional(),
  partOf: z.string().optional(),
  state: z.enum(MESSAGE_STATES),
  orderIds: z.array(z.string()).default([]),
  attempts: z.number(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  account: compressedJson(z.array(Account)).optional(),
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
  note: z.string().optional(),
} satisfies Fields<LoggedMessage>);

/** Where the body of a message is: in its own item, in pieces beside it, or in the message that it is a part of. */
const StoredBody = z.object({
  body: z.instanceof(Uint8Array).optional(),
  pieces: z.object({ count: z.int().min(1).max(MAX_PIECES), bodyDigest: z.string() }).optional(),
});

const StoredPiece = z.object({ bytes: z.instanceof(Uint8Array) });

/** Stores messages with their compressed bodies; the index by reference lists those of one state together. */
export function messageLog(table: Table): MessageLog {
  /** Writes what of a body does not fit into the message's item. @returns the attributes of what does */
  const packed = async (messageId: string, body: Uint8Array) => {
    const whole = gzipSync(body);
    if (whole.byteLength <= PIECE) return { body: whole };
    const count = Math.ceil(whole.byteLength / PIECE);
    if (count > MAX_PIECES)
      throw new RangeError(`a body of ${body.byteLength} bytes is too large for the log`);
    const bodyDigest = createHash('sha256').update(body).digest('base64url');
    for (let piece = 1; piece <= count; piece++) {
      const bytes = whole.subarray((piece - 1) * PIECE, piece * PIECE);
      const expiresAt = expiresAfter(table.retention.largeBodies, Date.now());
      const made = {
        ...messageBodyKey(messageId, bodyDigest, piece),
        ...{ kind: 'MESSAGE_BODY', bytes, [EXPIRY_ATTRIBUTE]: expiresAt },
      };
      await table.client.send(new PutCommand({ TableName: table.name, Item: made }));
    }
    return { pieces: { count, bodyDigest } };
  };

  /** @returns null where the body expired before its message */
  const bodyOf = async (messageId: string, item: StoredItem): Promise<Buffer | null> => {
    const { body, pieces } = parseItem(StoredBody, item);
    if (body !== undefined) return gunzipSync(body);
    if (pieces === undefined) return null;
    const keys = Array.from({ length: pieces.count }, (_, index) =>
      messageBodyKey(messageId, pieces.bodyDigest, index + 1),
    );
    const found = await readItems(table, keys);
    if (found.length < pieces.count) return null;
    return gunzipSync(Buffer.concat(found.map((piece) => parseItem(StoredPiece, piece).bytes)));
  };

  return {
    async receive(message, body) {
      const { messageId } = message;
      const logged = {
        ...messageAttributes({
          ...message,
          topic: clipped(message.topic, 200),
          source: clipped(message.source, 300),
        }),
        ...{ state: 'RECEIVED', orderIds: [], attempts: 0 },
        ...listedAs('RECEIVED', message),
      };
      const made = { ...messageKey(messageId), ...logged, ...(await packed(messageId, body)) };
      // Protects the message that is there: this one is a repeat of it.
      const ConditionExpression = 'attribute_not_exists(pk)';
      const put = new PutCommand({ TableName: table.name, Item: made, ConditionExpression });
      if (await wasWritten(table.client.send(put)))
        return { isNew: true, message: parseItem(StoredHeader, made) };
      const earlier = await getItem(table, messageKey(messageId));
      if (earlier === null) throw new Error(`the message ${messageId} expired while its repeat was received`);
      return { isNew: false, message: parseItem(StoredHeader, earlier) };
    },

    async settle(message, settlement, body) {
      const { version, orderIds = [] } = settlement;
      const kept = body === undefined ? {} : await packed(message.messageId, body);
      const writes = [
        ...messageWrites(table, { message }, orderIds.slice(0, MAX_LINKS)),
        settleWrite(table, message, settlement, kept, await isOfErased(table, orderIds)),
      ];
      try {
        await writeAll(
          table,
          version === undefined ? writes : [...writes, channelVersionWrite(table, version)],
        );
        await keepPieces(table, message, settlement);
        return true;
      } catch (error) {
        if (!(error instanceof WriteFailed)) throw error;
        if (error.conflict === 'message-settled') return false;
        if (error.conflict !== 'newer-channel-version') throw error;
      }
      return this.settle(message, { ...settlement, version: undefined }, body);
    },

    async countAttempt({ messageId, attempts }) {
      return wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: messageKey(messageId),
            UpdateExpression: 'SET attempts = :next',
            // Protects against two that process the message at the same time.
            ConditionExpression: `attempts = :seen AND ${IS_OPEN.condition}`,
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':next': attempts + 1, ':seen': attempts, ...IS_OPEN.values },
          }),
        ),
      );
    },

    async find(messageId) {
      if (!MESSAGE_ID.test(messageId)) return null;
      const item = await getItem(table, messageKey(messageId));
      if (item === null) return null;
      const message = parseItem(StoredHeader, item);
      const isInParent = message.partOf !== undefined && item.body === undefined && item.pieces === undefined;
      if (!isInParent) return { message, body: await bodyOf(messageId, item) };
      const parentId = message.partOf ?? '';
      const parent = await getItem(table, messageKey(parentId));
      return { message, body: await bodyOf(parentId, parent ?? {}) };
    },

    async list(filter, limit, before) {
      const { orderId } = filter;
      const items: LoggedMessage[] = [];
      let next = before;
      // A filter passes some of what is read: a page is read in several rounds until it is full.
      for (let round = 0; round < MAX_ROUNDS && items.length < limit; round++) {
        const left = limit - items.length;
        const page: MessagePage =
          orderId === undefined
            ? await listByState(table, filter, left, next)
            : await listByOrder(table, orderId, filter, left, next);
        items.push(...page.items);
        next = page.next;
        if (next === null) break;
      }
      return { items, next };
    },

    async unprocessed(before, limit) {
      const found = await Promise.all(
        shards().map((shard) => {
          const partition = messageIndexPartition('RECEIVED', shard);
          return readIndex(table, partition, { limit, before, newestFirst: false });
        }),
      );
      const oldest = found
        .flatMap(({ entries }) => entries)
        .sort(byPlace)
        .slice(0, limit);
      return oldest.map(({ messageId }) => messageId);
    },

    async awaitEvent(messageId, what) {
      const expiresAt = expiresAfter(table.retention.awaitedEvents, Date.now());
      const made = {
        pk: awaitingPartition(what),
        sk: messageId,
        kind: 'AWAITING',
        [EXPIRY_ATTRIBUTE]: expiresAt,
      };
      await table.client.send(new PutCommand({ TableName: table.name, Item: made }));
    },

    async awaiting(what) {
      const found = await queryAll(table, StoredKey, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :awaiting',
        ExpressionAttributeValues: { ':awaiting': awaitingPartition(what) },
      });
      return found.map(({ sk }) => sk);
    },
  };
}

/** @returns whether the personal data of one of the orders was erased */
async function isOfErased(table: Table, orderIds: readonly string[]): Promise<boolean> {
  const headers = await readItems(table, orderIds.slice(0, MAX_LINKS).map(headerKey));
  return headers.some(({ personalDataErasedAt }) => personalDataErasedAt !== undefined);
}

function shards(): readonly number[] {
  return Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => shard);
}

/** A message as the index lists it. */
interface Entry {
  readonly place: string;
  readonly channel: string;
  readonly messageId: string;
}

function byPlace(one: Entry, other: Entry): number {
  return one.place < other.place ? -1 : 1;
}

/** Reads keys of one partition of the index; `end` is the last one that was looked at, where there may be more. */
async function readIndex(
  table: Table,
  partition: string,
  options: { readonly limit: number; readonly before: string | null; readonly newestFirst: boolean },
): Promise<{ readonly entries: readonly Entry[]; readonly end: string | null }> {
  const { indexName, partitionKey, sortKey } = INDEXES.byReference;
  const { limit, before, newestFirst } = options;
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: indexName,
      KeyConditionExpression: `#list = :list${before === null ? '' : ' AND #place < :before'}`,
      ExpressionAttributeNames: { '#list': partitionKey, ...(before !== null && { '#place': sortKey }) },
      ExpressionAttributeValues: { ':list': partition, ...(before !== null && { ':before': before }) },
      ScanIndexForward: !newestFirst,
      Limit: limit,
    }),
  );
  const entries = Items.map((item): Entry => {
    const place = String(item[sortKey]);
    const [, channel = '', messageId = ''] = place.split('#');
    return { place, channel, messageId };
  });
  return { entries, end: LastEvaluatedKey === undefined ? null : (entries.at(-1)?.place ?? null) };
}

/** Merges the partitions of the lists that the filter means, as far as all of them were looked at. */
async function listByState(
  table: Table,
  { state, channel, wasQuarantined }: MessageFilter,
  limit: number,
  before: string | null,
): Promise<MessagePage> {
  const partitions = listsOf(state, wasQuarantined).flatMap((list) =>
    shards().map((shard) => messageIndexPartition(list, shard)),
  );
  const scanned = channel === undefined ? limit + 1 : MAX_SCANNED;
  const found = await Promise.all(
    partitions.map((partition) => readIndex(table, partition, { limit: scanned, before, newestFirst: true })),
  );
  // Behind the end of one partition others may be ahead of what it still has.
  const end = found.reduce(
    (newest, each) => (each.end !== null && each.end > newest ? each.end : newest),
    '',
  );
  const reached = found
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.place >= end && (channel === undefined || entry.channel === channel))
    .sort((one, other) => byPlace(other, one))
    // One that is settled at this moment may be listed in its old state and in its new one.
    .filter(({ place }, index, all) => place !== all[index - 1]?.place);
  const shown = reached.slice(0, limit);
  const items = await readMessages(
    table,
    shown.map(({ messageId }) => messageId),
  );
  const last = reached.length > limit ? (shown.at(-1)?.place ?? null) : end || null;
  // The index lags: what was settled a moment ago is in another state by now.
  return { items: items.filter((each) => state === undefined || each.state === state), next: last };
}

function listsOf(state: MessageFilter['state'], wasQuarantined = false): readonly MessageList[] {
  if (wasQuarantined) return ['RESOLVED'];
  if (state === undefined) return [...MESSAGE_STATES, 'RESOLVED'];
  return state === 'PROCESSED' ? ['PROCESSED', 'RESOLVED'] : [state];
}

/** An order has few messages: they are filtered after they were read. */
async function listByOrder(
  table: Table,
  orderId: string,
  { state, channel }: MessageFilter,
  wanted: number,
  before: string | null,
): Promise<MessagePage> {
  const limit = state === undefined && channel === undefined ? wanted : MAX_READ;
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :order AND sk BETWEEN :first AND :before',
      ExpressionAttributeValues: {
        ':order': orderPartition(orderId),
        ':first': MESSAGE_LINK_PREFIX,
        ':before': `${MESSAGE_LINK_PREFIX}${before ?? '~'}`,
      },
      ScanIndexForward: false,
      // One more than the page: the position itself belongs to the page before.
      Limit: limit + 1,
    }),
  );
  const places = Items.map(({ sk }) => String(sk).slice(MESSAGE_LINK_PREFIX.length)).filter(
    (place) => place !== before,
  );
  const shown = places.slice(0, limit);
  const items = await readMessages(
    table,
    shown.map((place) => place.split('#')[1] ?? ''),
  );
  const fitting = items.filter(
    (each) =>
      (state === undefined || each.state === state) && (channel === undefined || each.channel === channel),
  );
  const page = fitting.slice(0, wanted);
  const last = page.at(-1);
  if (fitting.length > wanted && last !== undefined) {
    return { items: page, next: `${last.receivedAt}#${last.messageId}` };
  }
  const hasMore = places.length > limit || LastEvaluatedKey !== undefined;
  return { items: page, next: hasMore ? (shown.at(-1) ?? null) : null };
}

async function readMessages(table: Table, messageIds: readonly string[]): Promise<readonly LoggedMessage[]> {
  const found = await readItems(
    table,
    messageIds.map((messageId) => messageKey(messageId)),
  );
  return found.map((item) => parseItem(StoredHeader, item));
}
