import type { Logger } from '@aws-lambda-powertools/logger';
import type { Connection } from '../../contract/connections.ts';
import { type AccessStore, isAccessRefused } from '../channels/core/access.ts';
import type { PolledSender } from './look-at-order.ts';
import { type OpenDependencies, walkOpenOrders } from './open-orders.ts';
import type { Backfill, LastPoll, Pass, PollCounts, PollStore } from './ports.ts';
import { failureText, NOTHING, walk } from './walk.ts';

export interface ConnectionPollDependencies extends OpenDependencies {
  readonly store: PollStore;
  readonly access: AccessStore;
  /** Learns of what was not polled, and will be by a later run. */
  readonly report: (
    connectionId: string,
    what: { readonly failure: unknown; readonly externalId?: string },
  ) => void;
}

/** @returns what logs that something was not polled; only a fault of ours is an error, shops come back by themselves. */
export function reportPoll(logger: Pick<Logger, 'info' | 'error'>): ConnectionPollDependencies['report'] {
  return (connectionId, { failure, externalId }) => {
    const reason = failureText(failure);
    const about = { connectionId, ...(externalId !== undefined && { externalId }) };
    if (reason !== null) logger.info('a shop was not polled; the next run asks again', { ...about, reason });
    else
      logger.error('a shop was not polled; the next run asks again', { ...about, error: failure as Error });
  };
}

/** When a run has to end, and what it goes by in the log. */
export interface Run {
  readonly correlationId: string;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly until: number;
}

/**
 * Milliseconds before the watermark from which on a poll looks: senders do not list a change in the moment in which it
 * is made.
 */
const OVERLAP = 10 * 60_000;
/** Milliseconds that the first poll of a connection looks back at most; earlier orders are for a backfill. */
const FIRST_LOOK = 24 * 3_600_000;

/** Milliseconds for which an order is compared by each poll: messages of one second may still overtake one another. */
const COMPARED = 3_600_000;

/** What is shown of a failure that is a fault of ours. */
const OUR_FAULT = 'it failed here; the log says why';

/**
 * Asks the sender of a connection for what changed since the last poll, and heals what is different here. Where the time
 * does not suffice, the next run continues.
 */
export async function pollConnection(
  { store, access, report, ...dependencies }: ConnectionPollDependencies,
  sender: PolledSender,
  connection: Pick<Connection, 'connectionId' | 'updatedAt'>,
  { correlationId, until }: Run,
): Promise<LastPoll> {
  const { connectionId } = connection;
  const { source } = sender;
  const startedAt = dependencies.ports.now();
  const stored = await store.poll(connectionId);
  const before = stored?.source === source ? stored : null;
  const watermark = before?.watermark ?? latest(connection.updatedAt, minus(startedAt, FIRST_LOOK));
  const begun = before?.pass ?? {
    ...{ since: minus(watermark, OVERLAP), cursor: null, reached: watermark, startedAt },
  };
  const circumstances = {
    ...{ correlationId, until },
    // Who lags behind has no time for what is hardly ever different.
    comparesEqualFrom: before?.pass ? null : earliest(watermark, minus(startedAt, COMPARED)),
    isHistory: false,
  };
  const reportOrder = (externalId: string, failure: unknown) => report(connectionId, { failure, externalId });
  const walked = await walk(dependencies, sender, begun, circumstances, reportOrder);
  const { pass, isFinished } = walked;
  // What changed comes first, and a sender that could not be asked for it is not asked for more.
  const position = before?.open ?? null;
  const open = isFinished
    ? await walkOpenOrders(
        dependencies,
        sender,
        position,
        { ...circumstances, comparesEqualFrom: null },
        reportOrder,
      )
    : { position, counts: NOTHING };
  const failure = walked.failure ?? open.failure;
  if (failure !== undefined) report(connectionId, { failure });
  const origin = { actor: { type: 'automation', id: 'poll' } as const, correlationId };
  if (isAccessRefused(failure)) {
    await access.revoke(connectionId, { source, since: startedAt, reason: failure.message }, origin);
  } else if (walked.isAnswered) await access.restore(connectionId, origin);
  const lastPoll = {
    ...sum(walked.counts, open.counts),
    ...{ at: startedAt, isComplete: isFinished },
    ...(failure !== undefined && { failure: failureText(failure) ?? OUR_FAULT }),
  };
  await store.savePoll(connectionId, {
    source,
    // An order may change behind the pass before it ends: the sender's clock counts, up to when the pass began.
    watermark: isFinished ? earliest(pass.reached, pass.startedAt) : watermark,
    pass: isFinished ? null : pass,
    open: open.position,
    lastPoll,
  });
  return lastPoll;
}

function sum(one: PollCounts, other: PollCounts): PollCounts {
  return {
    looked: one.looked + other.looked,
    received: one.received + other.received,
    changed: one.changed + other.changed,
    quarantined: one.quarantined + other.quarantined,
    failed: one.failed + other.failed,
  };
}

/** @returns a backfill that has not begun. */
export function newBackfill(
  source: string,
  from: string,
  { requestedAt, requestedBy }: Pick<Backfill, 'requestedAt' | 'requestedBy'>,
): Backfill {
  const pass: Pass = { since: from, cursor: null, reached: from, startedAt: requestedAt };
  return { ...NOTHING, source, from, requestedAt, requestedBy, state: 'RUNNING', pass };
}

/** Continues the backfill of a connection; does nothing where none is running. @returns it as it is now */
export async function continueBackfill(
  { store, report, ...dependencies }: ConnectionPollDependencies,
  sender: PolledSender,
  { correlationId, until }: Run,
): Promise<Backfill | null> {
  const { connectionId, source } = sender;
  const backfill = await store.backfill(connectionId);
  if (backfill === null || backfill.state !== 'RUNNING' || backfill.source !== source) return backfill;
  const circumstances = { correlationId, until, comparesEqualFrom: null, isHistory: true };
  const { pass, counts, isFinished, failure } = await walk(
    dependencies,
    sender,
    backfill.pass,
    circumstances,
    (externalId, error) => report(connectionId, { failure: error, externalId }),
  );
  if (failure !== undefined) report(connectionId, { failure });
  const { failure: _, ...kept } = backfill;
  const next: Backfill = {
    ...kept,
    pass,
    looked: kept.looked + counts.looked,
    received: kept.received + counts.received,
    changed: kept.changed + counts.changed,
    quarantined: kept.quarantined + counts.quarantined,
    failed: kept.failed + counts.failed,
    ...(isFinished && { state: 'FINISHED', finishedAt: dependencies.ports.now() }),
    ...(failure !== undefined && { failure: failureText(failure) ?? OUR_FAULT }),
  };
  await store.saveBackfill(connectionId, next);
  return next;
}

function minus(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) - milliseconds).toISOString();
}

function latest(one: string, other: string): string {
  return one > other ? one : other;
}

function earliest(one: string, other: string): string {
  return one < other ? one : other;
}
