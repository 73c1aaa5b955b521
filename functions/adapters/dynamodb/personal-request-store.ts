import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { PERSONAL_STORES } from '../../../contract/personal-data.ts';
import { expiresAfter } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type {
  Finding,
  OpenRequest,
  PersonalRequest,
  PersonalRequestStore,
  Phase,
  StoreCounts,
} from '../../privacy/ports.ts';
import { WriteFailed } from '../../write-failures.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem, type StoredItem, wasWritten } from './items.ts';
import { digest, type Key } from './keys.ts';
import { readItems } from './read-items.ts';
import { type Write, writeAll } from './transaction.ts';

const COUNTED = ['orders', ...PERSONAL_STORES] as const;
/** Erasures are listed by their ids, which sort by time. */
const LISTED = 'ERASURES';
const OPEN = 'PERSONALREQUESTS';
/** Requests that are read at a time, and pages of them that are looked through. */
const PAGE = 500;
const MAX_PAGES = 200;

const Actor = z.object({ type: z.enum(['human', 'automation', 'ai-agent', 'channel']), id: z.string() });
const Person = z.object({
  email: z.string().optional(),
  customerReference: z.string().optional(),
  channel: z.string().optional(),
  source: z.string().optional(),
  orders: z.array(z.object({ channel: z.string(), source: z.string(), externalId: z.string() })).optional(),
});
const PHASES = ['FIND', 'ORDERS', 'BESIDE', 'MESSAGES'] as const satisfies readonly Phase[];

const Stored = z.object({
  requestId: z.string(),
  requestKind: z.enum(['ERASURE', 'ACCESS']),
  state: z.enum(['PENDING', 'RUNNING', 'DONE']),
  requestedAt: z.string(),
  origin: z.object({ actor: Actor, correlationId: z.string() }),
  finishedAt: z.string().optional(),
  [EXPIRY_ATTRIBUTE]: z.number().optional(),
  found: z.number(),
  counts: z.partialRecord(z.enum(COUNTED), z.number()),
  ambiguous: z.array(z.object({ channel: z.string(), source: z.string().optional() })).optional(),
  open: z.object({ phase: z.enum(PHASES), person: Person }).optional(),
} satisfies Fields<Omit<PersonalRequest, 'kind' | 'endsAt'>> & {
  requestKind: z.ZodType;
  expiresAt: z.ZodType;
});
const StoredFinding = z.object({ sk: z.string(), store: z.enum(COUNTED), place: z.string() });
const StoredPass = z.object({ requestIds: z.array(z.string()), position: z.string().nullable() });
const Listed = z.object({ sk: z.string() });

const partitionOf = (requestId: string) => `PERSONALREQUEST#${requestId}`;
const requestKey = (requestId: string): Key => ({ pk: partitionOf(requestId), sk: 'REQUEST' });
const findingKey = (requestId: string, { store, place }: Finding): Key => ({
  pk: partitionOf(requestId),
  sk: `FOUND#${store}#${digest(place)}`,
});
const passKey = (phase: string): Key => ({ pk: 'PERSONALDATAPASS', sk: phase });
const TURN: Key = { pk: 'PERSONALDATATURN', sk: 'TURN' };

/** Keeps requests about persons. Whom one is about is kept until it is done; what it found, without what that said. */
export function personalRequestStore(table: Table): PersonalRequestStore {
  const put = (Item: Readonly<Record<string, unknown>>) => ({
    item: { Put: { TableName: table.name, Item } },
  });
  return {
    async add({ kind, ...request }) {
      const { requestId, origin } = request;
      const isErasure = kind === 'ERASURE';
      const expiry = isErasure
        ? {}
        : { [EXPIRY_ATTRIBUTE]: expiresAfter(table.retention.dataRequests, request.requestedAt) };
      await writeAudited(table, origin, async () => ({
        writes: [
          put({
            ...requestKey(requestId),
            kind: 'PERSONAL_REQUEST',
            requestKind: kind,
            ...request,
            ...expiry,
          }),
          put({ pk: OPEN, sk: requestId, kind: 'PERSONAL_REQUEST_OPEN' }),
          ...(isErasure ? [put({ pk: LISTED, sk: requestId, kind: 'PERSONAL_REQUEST_LISTED' })] : []),
        ],
        result: undefined,
        act: { action: isErasure ? 'erasure.requested' : 'data.requested', subject: requestId },
      }));
    },
    async find(requestId) {
      const item = await getItem(table, requestKey(requestId));
      return item === null ? null : requestFrom(item);
    },
    async erasures(limit, before) {
      const { ids, next } = await listed(table, LISTED, { limit, after: before, newestFirst: true });
      return { items: await requests(table, ids), next };
    },
    async open(limit, phase) {
      const found: OpenRequest[] = [];
      let after: string | null = null;
      // Those of another phase may be any number, and wait for as long as an order is open.
      for (let page = 0; page < MAX_PAGES && found.length < limit; page++) {
        const { ids, next }: Awaited<ReturnType<typeof listed>> = await listed(table, OPEN, {
          ...{ limit: PAGE, after, newestFirst: false },
        });
        const open = (await requests(table, ids)).filter(
          (request): request is OpenRequest => request.open !== undefined,
        );
        found.push(...open.filter((request) => phase === undefined || request.open.phase === phase));
        if (next === null) break;
        after = next;
      }
      return found.slice(0, limit);
    },
    async move(requestId, from, to) {
      await wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: { ...requestKey(requestId) },
            UpdateExpression: 'SET #open.phase = :phase, #state = :running',
            // Protects a request that another run has brought further meanwhile.
            ConditionExpression: '#open.phase = :before',
            ExpressionAttributeNames: { '#open': 'open', '#state': 'state' },
            ExpressionAttributeValues: {
              ':before': from,
              ':phase': to,
              ':running': 'RUNNING',
            },
          }),
        ),
      );
    },
    async count(requestId, counts) {
      const update = counting(table, requestId, counts);
      if (update !== null) await table.client.send(new UpdateCommand(update));
    },
    async finish(requestId, at, ambiguous) {
      const isEnded = await wasWritten(
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: { ...requestKey(requestId) },
            UpdateExpression: `SET #state = :done, finishedAt = :at${ambiguous === undefined ? '' : ', ambiguous = :ambiguous'} REMOVE #open`,
            // Protects when and how it ended.
            ConditionExpression: 'attribute_exists(#open)',
            ExpressionAttributeNames: { '#open': 'open', '#state': 'state' },
            ExpressionAttributeValues: {
              ...{ ':done': 'DONE', ':at': at },
              ...(ambiguous !== undefined && { ':ambiguous': ambiguous }),
            },
          }),
        ),
      );
      if (!isEnded) return;
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk: OPEN, sk: requestId } }));
    },

    async note(requestId, finding) {
      const Item = {
        ...findingKey(requestId, finding),
        kind: 'PERSONAL_FINDING',
        ...finding,
        isWaiting: true,
      };
      const found = finding.store === 'orders' ? counting(table, requestId, {}, 1) : null;
      await once(table, [
        {
          // Protects what is settled from being waited for once more.
          item: { Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
          conflict: 'changed-meanwhile',
        },
        ...(found === null ? [] : [{ item: { Update: found } }]),
      ]);
    },
    async settle(requestId, finding, counts) {
      const update = counting(table, requestId, counts);
      await once(table, [
        {
          item: {
            Update: {
              TableName: table.name,
              Key: { ...findingKey(requestId, finding) },
              UpdateExpression: 'SET isWaiting = :no',
              // Protects what was erased from being counted twice.
              ConditionExpression: 'isWaiting = :yes',
              ExpressionAttributeValues: { ':no': false, ':yes': true },
            },
          },
          conflict: 'changed-meanwhile',
        },
        ...(update === null ? [] : [{ item: { Update: update } }]),
      ]);
    },
    async findings(requestId, { store, isWaiting, limit, after }) {
      const items: Finding[] = [];
      let next = after;
      do {
        const page = await table.client.send(
          new QueryCommand({
            TableName: table.name,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :request AND begins_with(sk, :found)',
            ...(isWaiting !== undefined && { FilterExpression: 'isWaiting = :waiting' }),
            ExpressionAttributeValues: {
              ':request': partitionOf(requestId),
              ':found': store === undefined ? 'FOUND#' : `FOUND#${store}#`,
              ...(isWaiting !== undefined && { ':waiting': isWaiting }),
            },
            ...(next !== null && { ExclusiveStartKey: { pk: partitionOf(requestId), sk: next } }),
            Limit: limit,
          }),
        );
        for (const item of page.Items ?? []) {
          const { sk, ...finding } = parseItem(StoredFinding, item);
          items.push(finding);
          next = sk;
          if (items.length === limit) return { items, next };
        }
        next = page.LastEvaluatedKey === undefined ? null : String(page.LastEvaluatedKey.sk);
      } while (next !== null);
      return { items, next: null };
    },

    async takeTurn(until) {
      const Key = { ...TURN };
      const runId = randomUUID();
      const isTaken = await wasWritten(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...Key, kind: 'PERSONAL_DATA_TURN', runId, until },
            // Protects a run that is at it: two would do everything twice.
            ConditionExpression: 'attribute_not_exists(pk) OR #until < :now',
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':now': Date.now() },
          }),
        ),
      );
      if (!isTaken) return null;
      return async () => {
        await wasWritten(
          table.client.send(
            new DeleteCommand({
              ...{ TableName: table.name, Key },
              // Protects the turn of another that came after this one's time.
              ConditionExpression: 'runId = :mine',
              ExpressionAttributeValues: { ':mine': runId },
            }),
          ),
        );
      };
    },
    async pass(phase) {
      const item = await getItem(table, passKey(phase));
      return item === null ? null : parseItem(StoredPass, item);
    },
    async savePass(phase, pass) {
      const Key = { ...passKey(phase) };
      await (pass === null
        ? table.client.send(new DeleteCommand({ TableName: table.name, Key }))
        : table.client.send(
            new PutCommand({ TableName: table.name, Item: { ...Key, kind: 'PERSONAL_DATA_PASS', ...pass } }),
          ));
    },
  };
}

/** @returns the update that adds to what a request erased and found; null where that is nothing */
function counting(table: Table, requestId: string, counts: StoreCounts, found = 0) {
  const counted = COUNTED.filter((store) => (counts[store] ?? 0) > 0);
  if (counted.length === 0 && found === 0) return null;
  return {
    TableName: table.name,
    Key: { ...requestKey(requestId) },
    UpdateExpression: `ADD #found :found${counted.map((store) => `, #counts.#${store} :${store}`).join('')}`,
    ExpressionAttributeNames: {
      '#found': 'found',
      ...(counted.length > 0 && { '#counts': 'counts' }),
      ...Object.fromEntries(counted.map((store) => [`#${store}`, store])),
    },
    ExpressionAttributeValues: {
      ':found': found,
      ...Object.fromEntries(counted.map((store) => [`:${store}`, counts[store]])),
    },
  };
}

/** Writes all of it unless its condition says that it was written before. */
async function once(table: Table, writes: readonly Write[]): Promise<void> {
  try {
    await writeAll(table, writes);
  } catch (error) {
    if (!(error instanceof WriteFailed && error.conflict === 'changed-meanwhile')) throw error;
  }
}

function requestFrom(item: StoredItem): PersonalRequest {
  const { requestKind, expiresAt, ...request } = parseItem(Stored, item);
  const ends = expiresAt !== undefined && { endsAt: new Date(expiresAt * 1000).toISOString() };
  return { ...request, ...ends, kind: requestKind };
}

async function requests(table: Table, ids: readonly string[]): Promise<readonly PersonalRequest[]> {
  return (await readItems(table, ids.map(requestKey))).map(requestFrom);
}

async function listed(
  table: Table,
  pk: string,
  { limit, after, newestFirst }: { limit: number; after: string | null; newestFirst: boolean },
) {
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :list',
      ExpressionAttributeValues: { ':list': pk },
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ...(after !== null && { ExclusiveStartKey: { pk, sk: after } }),
    }),
  );
  const ids = Items.map((item) => parseItem(Listed, item).sk);
  return { ids, next: LastEvaluatedKey === undefined ? null : (ids.at(-1) ?? null) };
}
