import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type {
  Backfill,
  LastPoll,
  OpenPosition,
  Pass,
  PollCounts,
  PollState,
  PollStore,
  SubscriptionCheck,
} from '../../polling/ports.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem, wasWritten } from './items.ts';
import { pollKey } from './keys.ts';

const StoredPass = z.object({
  since: z.string(),
  cursor: z.string().nullable(),
  reached: z.string(),
  startedAt: z.string(),
} satisfies Fields<Pass>);

const counts = {
  looked: z.int(),
  received: z.int(),
  changed: z.int(),
  quarantined: z.int(),
  failed: z.int(),
} satisfies Fields<PollCounts>;

const StoredPosition = z.object({
  state: z.enum(ORDER_STATES),
  after: z.string().nullable(),
} satisfies Fields<OpenPosition>);

const StoredPoll = z.object({
  source: z.string(),
  watermark: z.string(),
  pass: StoredPass.nullable(),
  open: StoredPosition.nullish(),
  lastPoll: z.object({
    ...counts,
    at: z.string(),
    isComplete: z.boolean(),
    failure: z.string().optional(),
  } satisfies Fields<LastPoll>),
} satisfies Fields<PollState>);

const StoredBackfill = z.object({
  ...counts,
  source: z.string(),
  from: z.string(),
  requestedAt: z.string(),
  requestedBy: z.string(),
  state: z.enum(['RUNNING', 'FINISHED']),
  pass: StoredPass,
  finishedAt: z.string().optional(),
  failure: z.string().optional(),
} satisfies Fields<Backfill>);

const StoredCheck = z.object({
  source: z.string(),
  checkedAt: z.string(),
  made: z.array(z.string()),
  refused: z.array(z.string()),
  note: z.string().optional(),
  failure: z.string().optional(),
} satisfies Fields<SubscriptionCheck>);

/** Keeps the progress of polls and backfills, and the last look at subscriptions, one item each for a connection. */
export function pollStore(table: Table): PollStore {
  const put = (connectionId: string, kind: Parameters<typeof pollKey>[1], value: object, condition = {}) =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...pollKey(connectionId, kind), kind, ...value },
        ...condition,
      }),
    );
  return {
    async poll(connectionId) {
      const item = await getItem(table, pollKey(connectionId, 'POLL'));
      return item === null ? null : parseItem(StoredPoll, item);
    },
    async savePoll(connectionId, state) {
      await put(connectionId, 'POLL', state);
    },
    async backfill(connectionId) {
      const item = await getItem(table, pollKey(connectionId, 'BACKFILL'));
      return item === null ? null : parseItem(StoredBackfill, item);
    },
    startBackfill: (connectionId, backfill) =>
      wasWritten(
        put(connectionId, 'BACKFILL', backfill, {
          // Protects the progress of the one that runs.
          ConditionExpression: 'attribute_not_exists(pk) OR #state <> :running OR #source <> :source',
          ExpressionAttributeNames: { '#state': 'state', '#source': 'source' },
          ExpressionAttributeValues: { ':running': 'RUNNING', ':source': backfill.source },
        }),
      ),
    async subscriptions(connectionId) {
      const item = await getItem(table, pollKey(connectionId, 'SUBSCRIPTIONS'));
      return item === null ? null : parseItem(StoredCheck, item);
    },
    async saveSubscriptions(connectionId, check) {
      await put(connectionId, 'SUBSCRIPTIONS', check);
    },
    async saveBackfill(connectionId, backfill) {
      await wasWritten(
        put(connectionId, 'BACKFILL', backfill, {
          // Protects a later one from the run that was at this one.
          ConditionExpression: 'requestedAt = :this',
          ExpressionAttributeValues: { ':this': backfill.requestedAt },
        }),
      );
    },
  };
}
