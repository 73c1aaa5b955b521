import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import type { Table } from '../functions/adapters/dynamodb/client.ts';

/** What can go wrong between a program and its store. The store itself is the real one. */
export type Fault =
  /** Another transaction was at one of the items; nothing was written. */
  | 'conflict'
  /** The store was too busy to begin; nothing was written. */
  | 'throttled'
  /** The request never arrived. */
  | 'request lost'
  /** The store did as asked, and its answer never arrived. */
  | 'answer lost'
  /** The store failed after it had done as asked. */
  | 'failed after'
  /** The store is still at it when it is asked again, and done a moment later. */
  | 'in progress';

export const FAULTS: readonly Fault[] = [
  'conflict',
  'throttled',
  'request lost',
  'answer lost',
  'failed after',
  'in progress',
];

/** A request to the store, as a choice of faults may look at it. */
export interface StoreRequest {
  /** For example `TransactWriteItemsCommand`. */
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Makes requests to a table go wrong, below the SDK's own retries or above them.
 *
 * @param choose the fault of each request in turn, or null for none
 * @param where `each try` is seen by the SDK, which retries; `the whole request` is what is left after its retries
 * @returns what ends the faults
 */
export function injectFaults(
  table: Table,
  choose: (request: StoreRequest) => Fault | null,
  where: 'each try' | 'the whole request' = 'the whole request',
): () => void {
  const name = `faults ${where}`;
  const late: (() => Promise<unknown>)[] = [];
  const stack = table.client.middlewareStack;
  stack.add(
    (next, context) => async (args) => {
      // What was still in progress is done by now.
      for (const finish of late.splice(0)) await finish();
      const command = String((context as { commandName?: string }).commandName);
      const input = args.input as Readonly<Record<string, unknown>>;
      const fault = choose({ command, input });
      const isTransaction = command === 'TransactWriteItemsCommand';
      switch (fault) {
        case null:
          return next(args);
        case 'conflict':
          if (!isTransaction) throw throttled();
          throw conflict((input.TransactItems as readonly unknown[]).length);
        case 'throttled':
          throw throttled();
        case 'request lost':
          throw timedOut();
        case 'answer lost':
          await next(args);
          throw timedOut();
        case 'failed after':
          await next(args);
          throw failed();
        case 'in progress':
          if (!isTransaction) throw timedOut();
          late.push(() => next(args).catch(() => {}));
          throw new TransactionInProgressException({ message: 'in progress', $metadata: {} });
      }
    },
    { step: where === 'each try' ? 'deserialize' : 'initialize', priority: 'high', name } as {
      step: 'initialize';
    },
  );
  return () => {
    stack.remove(name);
  };
}

function conflict(items: number): Error {
  const CancellationReasons = Array.from({ length: items }, (_, index) =>
    index === items - 1 ? { Code: 'TransactionConflict' } : { Code: 'None' },
  );
  return new TransactionCanceledException({ message: 'conflict', $metadata: {}, CancellationReasons });
}

function throttled(): Error {
  const error = Object.assign(new Error('too busy'), { $fault: 'client', $metadata: {} });
  error.name = 'ThrottlingException';
  return error;
}

function timedOut(): Error {
  const error = new Error('no answer within its time');
  error.name = 'TimeoutError';
  return error;
}

function failed(): Error {
  const error = Object.assign(new Error('internal server error'), {
    $fault: 'server',
    $metadata: { httpStatusCode: 500 },
  });
  error.name = 'InternalServerError';
  return error;
}
