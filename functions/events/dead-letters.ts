import { driveWorkflow } from '../fulfillment/drive-workflow.ts';
import type { WorkflowDependencies } from '../fulfillment/workflow.ts';
import type { OrderEnvelope } from './envelope.ts';
import { type Republishing, republish } from './republish.ts';

/** A message that could not be handled, as operators see it: ids, and nothing of what it says about people. */
export interface DeadLetter {
  readonly deadLetterId: string;
  /** Who could not handle it, for example `channel-sync`. */
  readonly consumer: string;
  readonly sentAt: string;
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly orderId?: string | undefined;
  /** For a letter of a stream's reader: when what it gave up on happened, at the earliest and at the latest. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Whether it can be handed to its consumer again. */
  readonly canBeRedriven: boolean;
}

/** Events of the history, by when they happened; instants in UTC, both included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** What came of handing a letter in again; `unfinished` is left where it is. */
export type RedriveOutcome = 'redriven' | 'unknown' | 'not-possible' | { readonly unfinished: Span };

/** Reads the queues in which messages end that could not be handled. */
export interface DeadLetters {
  /** @returns at most a hundred of each queue */
  list(): Promise<readonly DeadLetter[]>;
  /**
   * Hands a message to its consumer again, and takes it out of the dead letters. A reader of the stream leaves no
   * message behind, only a place in the stream, which a day later holds nothing any more: what happened around then is
   * republished from the history.
   *
   * @param republishSpan false when not all of it could be republished
   */
  redrive(
    deadLetterId: string,
    republishSpan: (reader: string, span: Span) => Promise<boolean>,
  ): Promise<RedriveOutcome>;
}

/** What republishing needs: the bus, and the workflows. */
export interface Republisher extends Republishing {
  readonly workflows: WorkflowDependencies;
  readonly newId: () => string;
}

/**
 * Repeats to a reader of the stream what happened in a span of time. Others receive what they have already, too: they
 * recognise repeats by the event's id, and on the bus they are marked as a replay.
 *
 * @param reader `event-publisher` or `workflow-driver`
 * @param until epoch milliseconds at which no further page of the history is begun
 * @returns whether all was republished
 */
export async function republishSpan(
  tools: Republisher,
  reader: string,
  span: Span,
  until: number,
): Promise<boolean> {
  if (reader === 'event-publisher') {
    const replayId = tools.newId();
    const { next } = await republish(tools, { replayId, selection: span, dryRun: false, after: null, until });
    return next === null;
  }
  let position: string | null = null;
  do {
    const { events, next } = await tools.history.read(span, position);
    const orders = Map.groupBy(
      events.filter((event): event is OrderEnvelope => 'orderId' in event),
      ({ orderId }) => orderId,
    );
    for (const [orderId, own] of orders)
      await driveWorkflow(
        tools.workflows,
        orderId,
        own.toSorted((one, other) => one.sequence - other.sequence),
      );
    position = next;
  } while (position !== null && Date.now() < until);
  return position === null;
}
