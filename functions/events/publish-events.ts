import { lotIdentity } from '../../domain/inventory/location.ts';
import type { Envelope } from './envelope.ts';

/** PutEvents takes this many entries (Amazon EventBridge quotas). */
const MAX_ENTRIES = 10;
/** UTF-8 bytes of several events in one request, well under every quota; an event that is larger goes alone. */
const MAX_BYTES = 200_000;
/** Times that one event is refused before it, and what follows it, is given back. */
const MAX_REFUSALS = 4;

export interface EventBus {
  /** @returns for each event null when the bus took it, or why it did not. */
  put(events: readonly Envelope[]): Promise<readonly (string | null)[]>;
}

/** An event that the bus does not have, and the reason that it gave, or gave for the event before. */
export interface Unpublished {
  readonly event: Envelope;
  readonly reason: string;
}

/** Events of one order, or one lot, which must not overtake one another. */
interface Queue {
  readonly events: readonly Envelope[];
  taken: number;
  refusals: number;
  reason: string;
}

/**
 * Publishes events on the bus. Events of one order, or lot, go one after another, the next when the previous one was accepted:
 * within one request an entry can fail while the next one is taken. Those of different orders share requests. Only
 * what the bus did not take is sent again.
 *
 * @returns the events that the bus would not take
 */
export async function publishEvents(
  bus: EventBus,
  events: readonly Envelope[],
  pause: (attempt: number) => Promise<void>,
): Promise<readonly Unpublished[]> {
  const queues = [...Map.groupBy(events, subjectOf).values()].map(
    (own): Queue => ({ events: own, taken: 0, refusals: 0, reason: '' }),
  );
  const unsent = () => queues.filter((each) => headOf(each) !== undefined && each.refusals < MAX_REFUSALS);
  // Each round sends an event of every queue or counts a refusal, of which a queue has few.
  for (let waiting = unsent(); waiting.length > 0; waiting = unsent()) {
    for (const batch of batches(waiting)) await send(bus, batch);
    const refusals = Math.max(...waiting.map((each) => each.refusals));
    if (refusals > 0) await pause(refusals);
  }
  return queues.flatMap(({ events: own, taken, reason }) =>
    own.slice(taken).map((event) => ({ event, reason })),
  );
}

/** What an event is about, and in whose order it must stay. */
function subjectOf(event: Envelope): string {
  return 'orderId' in event ? event.orderId : JSON.stringify([event.sku, lotIdentity(event)]);
}

function headOf({ events, taken }: Queue): Envelope | undefined {
  return events[taken];
}

async function send(bus: EventBus, batch: readonly Queue[]): Promise<void> {
  const reasons = await bus.put(batch.flatMap((queue) => headOf(queue) ?? []));
  batch.forEach((queue, index) => {
    const reason = reasons[index];
    if (reason === null) {
      queue.taken += 1;
      queue.refusals = 0;
    } else {
      queue.refusals += 1;
      queue.reason = reason ?? 'the bus said nothing about it';
    }
  });
}

/** The queues whose first events go together, in requests as full as they may be. */
function batches(queues: readonly Queue[]): readonly (readonly Queue[])[] {
  const all: Queue[][] = [];
  let bytes = 0;
  for (const queue of queues) {
    const size = Buffer.byteLength(JSON.stringify(headOf(queue)));
    const last = all.at(-1);
    if (last === undefined || last.length === MAX_ENTRIES || bytes + size > MAX_BYTES) {
      all.push([queue]);
      bytes = size;
    } else {
      last.push(queue);
      bytes += size;
    }
  }
  return all;
}
