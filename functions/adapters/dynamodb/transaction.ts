import {
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { WriteFailed, type WriteObstacle } from '../../application/ports.ts';
import type { Table } from './client.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A transaction takes this many items (Amazon DynamoDB, TransactWriteItems). */
export const MOST_ITEMS = 100;

/** One write of a transaction, and what it means when its condition does not hold. */
export interface Write {
  readonly item: TransactItem;
  readonly obstacle?: WriteObstacle;
}

/**
 * Writes all or nothing. The one place in which the store's errors become ours.
 *
 * @throws WriteFailed when a condition does not hold, or when the store was too busy
 */
export async function writeAll(table: Table, writes: readonly Write[]): Promise<void> {
  if (writes.length > MOST_ITEMS) {
    throw new RangeError(`${writes.length} writes do not fit into one transaction of ${MOST_ITEMS}`);
  }
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writes.map((write) => write.item) }));
  } catch (error) {
    throw translated(error, writes);
  }
}

function translated(error: unknown, writes: readonly Write[]): unknown {
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    const failed = writes.find((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed');
    // A condition that does not hold says more than a conflict in the same transaction.
    if (failed?.obstacle !== undefined) return new WriteFailed(failed.obstacle, error.message);
    if (reasons.some((reason) => CONTENTION.has(reason.Code ?? ''))) {
      return new WriteFailed('contention', error.message);
    }
    return error;
  }
  return isContention(error) ? new WriteFailed('contention', (error as Error).message) : error;
}

const CONTENTION: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** @returns whether the store refused because it was busy, with nothing written. */
export function isContention(error: unknown): boolean {
  return (
    error instanceof TransactionConflictException ||
    error instanceof TransactionInProgressException ||
    error instanceof ProvisionedThroughputExceededException ||
    error instanceof RequestLimitExceeded ||
    error instanceof ThrottlingException
  );
}

/** @returns whether it is open if the write was made: its answer was lost, or the store failed midway. */
export function isUncertain(error: unknown): boolean {
  return !(error instanceof WriteFailed) && (error as { $fault?: string }).$fault !== 'client';
}
