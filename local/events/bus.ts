import { randomUUID } from 'node:crypto';
import type { Journal } from '../sqlite-store.ts';
import type { Description } from '../template/description.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../template/intrinsics.ts';
import { compilePattern, type Matches } from './pattern.ts';
import type { Queues } from './queues.ts';

/** How many events the log of the bus keeps. */
const KEPT_EVENTS = 100_000;

/** An event as a rule's target gets it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** What a publisher gives. */
export interface BusEntry {
  readonly busName: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON of an object. */
  readonly detail: string;
  readonly resources?: readonly string[];
  readonly time?: string;
}

/** Carries events to the queues of the rules that match, and remembers them. */
export interface Bus {
  /**
   * Takes an event: it is in the log and in all queues, or in none.
   *
   * @returns the id that the bus gave it
   * @throws Error when there is no such bus
   */
  publish(entry: BusEntry): string;
  /**
   * What was carried, oldest first.
   *
   * @param eventId `eventId` of the envelope after which to begin, or null for all that is remembered
   * @returns null when that event is not known
   */
  since(eventId: string | null): readonly BusEvent[] | null;
}

interface Route {
  readonly busName: string;
  readonly matches: Matches;
  readonly queueArns: readonly string[];
}

/** @throws Error for a rule whose pattern is not understood */
export function openBus(
  journal: Journal,
  queues: Queues,
  { busNames, rules }: Pick<Description, 'busNames' | 'rules'>,
): Bus {
  const routes: readonly Route[] = rules.map(({ name, busName, pattern, queueArns }) => ({
    busName,
    matches: compilePattern(pattern, `rule ${name}`),
    queueArns,
  }));
  let last = 0;
  return {
    publish(entry) {
      if (!busNames.includes(entry.busName)) throw new Error(`there is no bus ${entry.busName}`);
      const event = busEvent(entry);
      const text = JSON.stringify(event);
      const { eventId } = event.detail as { eventId?: unknown };
      journal.transaction(() => {
        const { lastInsertRowid } = journal
          .statement('INSERT INTO bus_event (event_id, event) VALUES (?, ?)')
          .run(typeof eventId === 'string' ? eventId : null, text);
        last = Number(lastInsertRowid);
        // Now and then, so that the log stays small and publishing stays quick.
        if (last % 1000 === 0) {
          journal.statement('DELETE FROM bus_event WHERE position <= ?').run(last - KEPT_EVENTS);
        }
        for (const route of routes) {
          if (route.busName !== entry.busName || !route.matches(event)) continue;
          for (const queueArn of route.queueArns) queues.send(queueArn, text);
        }
      });
      return event.id;
    },
    since(eventId) {
      // The first of several deliveries: a reader may get events twice, and misses none.
      const position =
        eventId === null
          ? 0
          : journal.statement('SELECT MIN(position) AS at FROM bus_event WHERE event_id = ?').get(eventId)
              ?.at;
      if (position === null || position === undefined) return null;
      return journal
        .statement('SELECT event FROM bus_event WHERE position > ? ORDER BY position')
        .all(position)
        .map(({ event }) => JSON.parse(String(event)) as BusEvent);
    },
  };
}

function busEvent(entry: BusEntry): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.detailType,
    source: entry.source,
    account: LOCAL_ACCOUNT,
    time: entry.time ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: entry.resources ?? [],
    detail: JSON.parse(entry.detail) as unknown,
  };
}
