import type { EventType } from '../../contract/events.ts';
import type { Envelope } from './envelope.ts';
import { type EventBus, publishEvents } from './publish-events.ts';

/** Which events of the history are meant; every condition given must hold. */
export interface EventSelection {
  readonly orderId?: string | undefined;
  /** Instants in UTC, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
}

export interface EventPage {
  /** Those of one order, or one lot, in their order. */
  readonly events: readonly Envelope[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** Reads what happened, whatever it happened to. */
export interface EventHistory {
  /** @returns events of a selection after a position; a page may be empty and not the last. */
  read(selection: EventSelection, after: string | null): Promise<EventPage>;
}

export interface Republishing {
  readonly history: EventHistory;
  readonly bus: EventBus;
  readonly pause: (attempt: number) => Promise<void>;
}

export interface Replay {
  readonly replayId: string;
  readonly selection: EventSelection;
  /** Count only. */
  readonly dryRun: boolean;
  readonly after: string | null;
  /** Epoch milliseconds at which no further page is begun. */
  readonly until: number;
}

export interface ReplayProgress {
  readonly matched: number;
  readonly published: number;
  /** Events that the bus did not take. Those that it will never take are passed over. */
  readonly refused: number;
  /** Where to continue; null when everything is published. */
  readonly next: string | null;
}

/**
 * Publishes events of the history again, unchanged and marked as a replay. Those of one order, or one lot, keep
 * their order. What the bus would not take ends the call, and the next one begins with the page that it was on.
 */
export async function republish(tools: Republishing, replay: Replay): Promise<ReplayProgress> {
  const { replayId, selection, dryRun, until } = replay;
  let position = replay.after;
  let matched = 0;
  let published = 0;
  let refused = 0;
  do {
    const { events, next } = await tools.history.read(selection, position);
    matched += events.length;
    if (!dryRun) {
      const marked = events.map((event): Envelope => ({ ...event, replay: true, replayId }));
      const { left, refused: never } = await publishEvents(tools.bus, marked, tools.pause);
      published += events.length - left.length - never.length;
      refused += never.length;
      if (left.length > 0)
        return { matched, published, refused: refused + left.length, next: position ?? START };
    }
    position = next;
  } while (position !== null && Date.now() < until);
  return { matched, published, refused, next: position };
}

/** The position before everything, for a call that has to begin at the beginning again. */
export const START = '';
