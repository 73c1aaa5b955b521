import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventHistory } from '../../functions/adapters/dynamodb/event-history.ts';
import type { Envelope } from '../../functions/events/envelope.ts';
import { type EventSelection, type Republishing, republish } from '../../functions/events/republish.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let tools: Republishing;
let all: readonly Envelope[];

/** What was published to the bus, and what it refuses. */
let published: Envelope[] = [];
let refuses: (event: Envelope) => boolean = () => false;

const id = (number: number) => `LMB-ORD-2026-${String(number).padStart(4, '0')}`;
const ORDERS = 120;
const at = (minute: number) => `2026-03-10T14:${String(minute).padStart(2, '0')}:00.000Z`;

beforeAll(async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  loop.setClock(at(0));
  const events: Envelope[] = [...(await loop.stock('BRS', 'L1', 1000))];
  for (let number = 1; number <= ORDERS; number++) {
    loop.setClock(at(number % 60));
    await loop.receive({ orderId: id(number), lines: [{ sku: 'BRS', quantity: 1 }] });
    events.push(...(await loop.history(id(number))));
  }
  all = events;
  tools = {
    history: eventHistory(table),
    bus: {
      async put(entries) {
        return entries.map((event) => {
          if (refuses(event)) return { reason: 'InternalFailure: for the test', isFinal: false };
          published.push(event);
          return null;
        });
      },
    },
    pause: async () => {},
  };
});
beforeEach(() => {
  published = [];
  refuses = () => false;
});

/** Continues until all is published, a page at a time. */
async function republishAll(selection: EventSelection, dryRun = false) {
  const reports: Awaited<ReturnType<typeof republish>>[] = [];
  let after: string | null = null;
  do {
    const report: Awaited<ReturnType<typeof republish>> = await republish(tools, {
      ...{ replayId: 'R1', selection, dryRun, after },
      until: 0,
    });
    reports.push(report);
    after = report.next;
  } while (after !== null);
  return reports;
}

const plain = (events: readonly Envelope[]) =>
  events.map(({ replay: _, replayId: __, ...event }) => event).sort(byId);
const byId = (one: { eventId: string }, other: { eventId: string }) => (one.eventId < other.eventId ? -1 : 1);

describe('telling events again', () => {
  it('republishes all of a span of time, as they were, marked, and each order in its order', async () => {
    const reports = await republishAll({ from: at(0), to: at(59) });
    expect(reports.length).toBeGreaterThan(1);
    expect(plain(published)).toEqual(plain(all));
    expect(published.every(({ replay, replayId }) => replay === true && replayId === 'R1')).toBe(true);
    for (const own of Map.groupBy(published, (event) => ('orderId' in event ? event.orderId : '')).values())
      expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1));
  });

  it('includes both ends of the span and nothing beside it', async () => {
    await republishAll({ from: at(7), to: at(8) });
    expect(plain(published)).toEqual(
      plain(all.filter(({ occurredAt }) => [at(7), at(8)].includes(occurredAt))),
    );
  });

  it('republishes those of one order, and of some types', async () => {
    await republishAll({ orderId: id(3) });
    expect(published.map(({ type }) => type)).toEqual(['OrderReceived', 'OrderAllocated']);
    published = [];
    await republishAll({ from: at(0), to: at(59), types: ['StockReceived'] });
    expect(published).toMatchObject([{ type: 'StockReceived', sku: 'BRS', lotNumber: 'L1' }]);
    published = [];
    await republishAll({ orderId: id(3), types: ['OrderAllocated'] });
    expect(published.map(({ type }) => type)).toEqual(['OrderAllocated']);
  });

  it('counts without telling', async () => {
    const reports = await republishAll({ from: at(0), to: at(59) }, true);
    expect(published).toEqual([]);
    expect(reports.reduce((sum, { matched }) => sum + matched, 0)).toBe(all.length);
  });

  it('begins again with the page that the bus would not take', async () => {
    let failures = 0;
    refuses = ({ eventId }) => eventId === all.at(-1)?.eventId && failures++ < 6;
    const reports = await republishAll({ from: at(0), to: at(59) });
    expect(reports.filter(({ refused }) => refused > 0)).toHaveLength(1);
    expect(new Set(plain(published).map(({ eventId }) => eventId)).size).toBe(all.length);
  });
});
