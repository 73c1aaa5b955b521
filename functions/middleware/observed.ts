import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { LOG_LEVEL, metrics } from '../wiring.ts';
import { annotate, traced } from './traced.ts';

/** What the log lines of an invocation hold beside the message: ids, and nothing else. */
export type About<Event> = (event: Event) => Readonly<Record<string, string | undefined>>;

/**
 * What every function records of itself, whatever starts it: log lines with the ids of what it is about, among them the
 * correlation id and the id of Lambda's own trace; the same ids in the trace, where one is recorded; and at the end of
 * the invocation what was counted in it.
 */
export function observation<Event, Answer>(
  logger: Logger,
  about: About<Event> = () => ({}),
): MiddlewareObj<Event, Answer, Error, Context>[] {
  return [
    injectLambdaContext(logger, { resetKeys: true }) as MiddlewareObj<Event, Answer, Error, Context>,
    traced(logger),
    {
      before: ({ event }) => appendIds(logger, about(event)),
      after: publishCounts,
      onError: publishCounts,
    },
  ];
}

/** Makes the handler of a function that no HTTP request starts. */
export function observed<Event, Answer>(
  logger: Logger,
  handler: (event: Event, context: Context) => Promise<Answer>,
  about?: About<Event>,
): (event: Event, context: Context) => Promise<Answer> {
  // What has begun may use all of its time; Lambda ends it, and those who sent the work send it again.
  const whole = middy<Event, Answer, Error, Context>({ timeoutEarlyInMillis: 0 })
    .use(observation<Event, Answer>(logger, about))
    .handler(handler);
  return (event, context) => whole(event, context);
}

/** Says by which ids the running invocation is found, in the log lines that follow and in its trace. */
export function appendIds(logger: Logger, ids: Readonly<Record<string, string | undefined>>): void {
  const there = known(ids);
  logger.appendKeys(there);
  annotate(there);
}

/**
 * Lambda takes a line without level and time for one of level INFO, and a function that logs less would lose its counts
 * (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html); they then bear the level that
 * is logged.
 */
function publishCounts(): void {
  if (!metrics.hasStoredMetrics()) return;
  if (LOG_LEVEL === 'WARN' || LOG_LEVEL === 'ERROR') {
    metrics.addMetadata('level', LOG_LEVEL);
    metrics.addMetadata('timestamp', new Date().toISOString());
  }
  metrics.publishStoredMetrics();
}

/** The logger would write an id that there is not as an empty object. */
function known(ids: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ids).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
