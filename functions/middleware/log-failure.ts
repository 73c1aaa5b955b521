import { optional } from '../wiring.ts';
import { Busy } from '../write-failures.ts';

interface FailureLogger {
  debug(message: string, about: Readonly<Record<string, unknown>>): void;
  error(message: string, about: Readonly<Record<string, unknown>>): void;
}

/** How often the queue delivers a message before it becomes a dead letter. */
const MAX_RECEIVES = Number(optional('MAX_RECEIVES') ?? Number.POSITIVE_INFINITY);

/** @returns whether a failure is expected to pass by itself: contention, or another service that could not be reached. */
export function isPassing(error: unknown): boolean {
  return error instanceof Busy;
}

/**
 * Logs that a message of a queue was not consumed. While the queue delivers it again and the failure is expected to pass,
 * that concerns nobody; a message that becomes a dead letter needs an operator, and any other failure a developer.
 *
 * @param receives how often the queue has delivered the message so far
 */
export function logFailure(logger: FailureLogger, error: Error, messageId: string, receives: number): void {
  const reason = `${error.name}: ${error.message}`;
  if (receives >= MAX_RECEIVES) {
    const advice = 'mend the cause and redrive it under Operations, Dead letters';
    logger.error(`a message becomes a dead letter after ${receives} attempts; ${advice}`, {
      reason,
      messageId,
      ...(!isPassing(error) && { error }),
    });
  } else if (isPassing(error)) logger.debug('a message is delivered again', { reason, messageId, receives });
  else logger.error('a message failed; the queue delivers it again', { error, messageId, receives });
}
