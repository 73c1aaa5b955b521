import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type WriteConflict, WriteFailed } from '../../write-failures.ts';
import type { Table } from './client.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A transaction takes this many items (Amazon DynamoDB, TransactWriteItems). */
export const MAX_ITEMS = 100;

/** One write of a transaction, and what it means when its condition does not hold. */
export interface Write {
  readonly item: TransactItem;
  readonly conflict?: WriteConflict;
}

/** Milliseconds before an open transaction is asked about again; the store completes a forgotten one after 5 s. */
const PAUSES = [50, 500, 1500, 3500];

/**
 * Writes all or nothing. The one place in which the store's errors become ours.
 *
 * When it is open whether the store has made the write, since its answer was lost or it is still at it, the very same
 * transaction is sent again under its own token: the store makes it once, and says what became of it. Were it decided
 * anew instead, a write that was made after all would have its effect twice.
 *
 * @throws WriteFailed when a condition does not hold, or when the store was too busy; nothing was written
 * @throws the store's own error when it stayed open what became of the write
 */
export async function writeAll(table: Table, writes: readonly Write[]): Promise<void> {
  if (writes.length > MAX_ITEMS) {
    throw new RangeError(`${writes.length} writes do not fit into one transaction of ${MAX_ITEMS}`);
  }
  const TransactItems = writes.map((write) => write.item);
  const ClientRequestToken = randomUUID();
  let isOpen = false;
  for (let attempt = 0; ; attempt++) {
    try {
      await table.client.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));
      return;
    } catch (error) {
      isOpen = leavesOpen(error, isOpen);
      const rest = PAUSES[attempt];
      if (!isOpen) throw translated(error, writes);
      if (rest === undefined) throw error;
      await pause(rest * (0.5 + Math.random()));
    }
  }
}

/** @returns whether it is open, after this answer, if the write was or will be made. */
function leavesOpen(error: unknown, wasOpen: boolean): boolean {
  // The store looked at this very transaction, and knows of no earlier try that it made.
  if (error instanceof TransactionCanceledException) return false;
  if (error instanceof TransactionInProgressException) return true;
  // Refused at the door; an earlier try, or one that the SDK made by itself, may have come through.
  if (isThrottled(error)) return wasOpen || attemptsOf(error) > 1;
  return isUncertain(error);
}

function attemptsOf(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
}

function translated(error: unknown, writes: readonly Write[]): unknown {
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    const failed = writes.find((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed');
    // A condition that does not hold says more than a conflict in the same transaction.
    if (failed?.conflict !== undefined) return new WriteFailed(failed.conflict, error.message);
    if (reasons.some((reason) => CONTENTION.has(reason.Code ?? ''))) {
      return new WriteFailed('contention', error.message);
    }
    return error;
  }
  return isThrottled(error) ? new WriteFailed('contention', (error as Error).message) : error;
}

const CONTENTION: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** @returns whether the store refused because it was busy. */
function isThrottled(error: unknown): boolean {
  return (
    error instanceof TransactionConflictException ||
    error instanceof ProvisionedThroughputExceededException ||
    error instanceof RequestLimitExceeded ||
    error instanceof ThrottlingException
  );
}

/** @returns whether it is open if the write was made: its answer was lost, or the store failed midway. */
export function isUncertain(error: unknown): boolean {
  const isOurs = error instanceof WriteFailed || error instanceof RangeError || error instanceof TypeError;
  return !isOurs && (error as { $fault?: string }).$fault !== 'client';
}
