import type { Envelope } from './envelope.ts';

/** PutEvents takes this many entries (Amazon EventBridge quotas). */
const MOST_ENTRIES = 10;
/** Bytes of one request that are safe under the quota of 256 KB; an event that is larger goes alone. */
const MOST_BYTES = 200_000;
/** Rounds without any progress after which the rest is given back. */
const FRUITLESS_ROUNDS = 4;

export interface EventBus {
  /** @returns for each event whether the bus took it. */
  put(events: readonly Envelope[]): Promise<readonly boolean[]>;
}

/**
 * Tells the bus of events. Events of one order, or lot, go one after another, the next when the one before was taken;
 * those of different orders share requests. Only what the bus did not take is sent again.
 *
 * @returns the events that the bus would not take
 */
export async function publishEvents(
  bus: EventBus,
  events: readonly Envelope[],
  pause: (attempt: number) => Promise<void>,
): Promise<readonly Envelope[]> {
  const queues = new Map<string, Envelope[]>();
  for (const event of events) {
    const subject = 'orderId' in event ? event.orderId : `${event.sku} ${event.lotNumber}`;
    queues.set(subject, [...(queues.get(subject) ?? []), event]);
  }
  let fruitless = 0;
  while (queues.size > 0 && fruitless < FRUITLESS_ROUNDS) {
    let progress = false;
    for (const batch of batches([...queues])) {
      const taken = await bus.put(batch.map(([, event]) => event)).catch(() => batch.map(() => false));
      batch.forEach(([subject], index) => {
        if (taken[index] !== true) return;
        progress = true;
        const rest = queues.get(subject)?.slice(1) ?? [];
        if (rest.length > 0) queues.set(subject, rest);
        else queues.delete(subject);
      });
    }
    fruitless = progress ? 0 : fruitless + 1;
    if (!progress) await pause(fruitless);
  }
  return [...queues.values()].flat();
}

/** The first event of each queue, in requests as full as they may be. */
function batches(
  queues: readonly [string, readonly Envelope[]][],
): readonly (readonly [string, Envelope])[][] {
  const all: (readonly [string, Envelope])[][] = [];
  let bytes = 0;
  for (const [subject, [event]] of queues) {
    if (event === undefined) continue;
    const size = JSON.stringify(event).length;
    const last = all.at(-1);
    if (last === undefined || last.length === MOST_ENTRIES || bytes + size > MOST_BYTES) {
      all.push([[subject, event]]);
      bytes = size;
    } else {
      last.push([subject, event]);
      bytes += size;
    }
  }
  return all;
}
