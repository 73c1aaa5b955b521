import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventHistory } from '../../functions/adapters/dynamodb/event-history.ts';
import type { Envelope } from '../../functions/events/envelope.ts';
import { type EventSelection, type Republishing, republish } from '../../functions/events/republish.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let tools: Republishing;
let all: readonly Envelope[];

/** What the bus was told, and what it refuses to take. */
let told: Envelope[] = [];
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
          if (refuses(event)) return 'InternalFailure: for the test';
          told.push(event);
          return null;
        });
      },
    },
    pause: async () => {},
  };
});
beforeEach(() => {
  told = [];
  refuses = () => false;
});

/** Goes on until all is told, a page at a time. */
async function tellAll(selection: EventSelection, dryRun = false) {
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
  it('tells all of a span of time, as they were, marked, and each order in its order', async () => {
    const reports = await tellAll({ from: at(0), to: at(59) });
    expect(reports.length).toBeGreaterThan(1);
    expect(plain(told)).toEqual(plain(all));
    expect(told.every(({ replay, replayId }) => replay === true && replayId === 'R1')).toBe(true);
    for (const own of Map.groupBy(told, (event) => ('orderId' in event ? event.orderId : '')).values())
      expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1));
  });

  it('includes both ends of the span and nothing beside it', async () => {
    await tellAll({ from: at(7), to: at(8) });
    expect(plain(told)).toEqual(plain(all.filter(({ occurredAt }) => [at(7), at(8)].includes(occurredAt))));
  });

  it('tells those of one order, and of some types', async () => {
    await tellAll({ orderId: id(3) });
    expect(told.map(({ type }) => type)).toEqual(['OrderReceived', 'OrderAllocated']);
    told = [];
    await tellAll({ from: at(0), to: at(59), types: ['StockReceived'] });
    expect(told).toMatchObject([{ type: 'StockReceived', sku: 'BRS', lotNumber: 'L1' }]);
    told = [];
    await tellAll({ orderId: id(3), types: ['OrderAllocated'] });
    expect(told.map(({ type }) => type)).toEqual(['OrderAllocated']);
  });

  it('counts without telling', async () => {
    const reports = await tellAll({ from: at(0), to: at(59) }, true);
    expect(told).toEqual([]);
    expect(reports.reduce((sum, { matched }) => sum + matched, 0)).toBe(all.length);
  });

  it('begins again with the page that the bus would not take', async () => {
    let failures = 0;
    refuses = ({ eventId }) => eventId === all.at(-1)?.eventId && failures++ < 6;
    const reports = await tellAll({ from: at(0), to: at(59) });
    expect(reports.filter(({ refused }) => refused > 0)).toHaveLength(1);
    expect(new Set(plain(told).map(({ eventId }) => eventId)).size).toBe(all.length);
  });
});
