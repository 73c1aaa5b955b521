import { stockIdentity } from '../../domain/inventory/location.ts';
import type { Envelope } from './envelope.ts';

/** PutEvents takes this many entries (Amazon EventBridge quotas). */
const MAX_ENTRIES = 10;
/** UTF-8 bytes of several events in one request, well under every quota; an event that is larger goes alone. */
const MAX_BYTES = 200_000;
/** Times that one event is refused before it, and what follows it, is given back. */
const MAX_REFUSALS = 4;

/** Why the bus does not have an event. */
export interface Refusal {
  readonly reason: string;
  /** Whether it is about the event itself, which the bus will never take. */
  readonly isFinal: boolean;
}

export interface EventBus {
  /** @returns for each event null when the bus took it, or why it did not. */
  put(events: readonly Envelope[]): Promise<readonly (Refusal | null)[]>;
}

/** An event that the bus does not have, and the reason that it gave, or gave for the event before. */
export interface Unpublished {
  readonly event: Envelope;
  readonly reason: string;
}

export interface Publication {
  /** Events that the bus would not take now, and those that must not overtake them. */
  readonly left: readonly Unpublished[];
  /** Events that the bus will never take. */
  readonly refused: readonly Unpublished[];
}

/** Events of one order, or one lot, which must not overtake one another. */
interface Queue {
  readonly events: readonly Envelope[];
  /** How many of them the bus has, or will never take. */
  passed: number;
  refusals: number;
  reason: string;
  readonly refused: Unpublished[];
}

/**
 * Publishes events on the bus. Events of one order, or lot, go one after another, the next when the previous one was accepted:
 * within one request an entry can fail while the next one is taken. Those of different orders share requests. Only
 * what the bus did not take is sent again. An event that it will never take is passed over, so that those behind it are
 * published: subscribers see the gap in the sequence.
 */
export async function publishEvents(
  bus: EventBus,
  events: readonly Envelope[],
  pause: (attempt: number) => Promise<void>,
): Promise<Publication> {
  const queues = [...Map.groupBy(events, subjectOf).values()].map(
    (own): Queue => ({ events: own, passed: 0, refusals: 0, reason: '', refused: [] }),
  );
  const unsent = () => queues.filter((each) => headOf(each) !== undefined && each.refusals < MAX_REFUSALS);
  // Each round sends an event of every queue or counts a refusal, of which a queue has few.
  for (let waiting = unsent(); waiting.length > 0; waiting = unsent()) {
    for (const batch of batches(waiting)) await send(bus, batch);
    const refusals = Math.max(...waiting.map((each) => each.refusals));
    if (refusals > 0) await pause(refusals);
  }
  return {
    left: queues.flatMap(({ events: own, passed, reason }) =>
      own.slice(passed).map((event) => ({ event, reason })),
    ),
    refused: queues.flatMap(({ refused }) => refused),
  };
}

/** What an event is about, and in whose order it must stay. */
function subjectOf(event: Envelope): string {
  return 'orderId' in event ? event.orderId : stockIdentity(event.sku, event);
}

function headOf({ events, passed }: Queue): Envelope | undefined {
  return events[passed];
}

async function send(bus: EventBus, batch: readonly Queue[]): Promise<void> {
  const heads = batch.flatMap((queue) => headOf(queue) ?? []);
  const refusals = await bus.put(heads);
  batch.forEach((queue, index) => {
    const refusal = refusals[index];
    const event = heads[index];
    if (refusal?.isFinal && event !== undefined) queue.refused.push({ event, reason: refusal.reason });
    if (refusal === null || refusal?.isFinal) {
      queue.passed += 1;
      queue.refusals = 0;
    } else {
      queue.refusals += 1;
      queue.reason = refusal?.reason ?? 'the bus said nothing about it';
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
