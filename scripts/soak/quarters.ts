import type { Sent } from './traffic.ts';
import type { Memory } from './watched-loop.ts';

/** The measurements of one quarter of the run. */
export interface Quarter {
  readonly sent: readonly Sent[];
  readonly memory: readonly Memory[];
}

/** Latency in milliseconds of one kind of request in a quarter. */
export interface Latency {
  readonly requests: number;
  readonly median: number;
  readonly p95: number;
}

export function latencies({ sent }: Quarter): Readonly<Record<string, Latency>> {
  const byKind = Object.groupBy(sent, ({ kind }) => kind);
  const all = Object.entries({ ...byKind, all: [...sent] }).map(([kind, of = []]) => {
    const times = of.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
    return [kind, { requests: times.length, median: at(times, 0.5), p95: at(times, 0.95) }] as const;
  });
  return Object.fromEntries(all);
}

/** The medians of a quarter. */
export function held({ memory }: Quarter): Memory {
  const middle = (of: (one: Memory) => number) =>
    at(
      memory.map(of).sort((one, other) => one - other),
      0.5,
    );
  return {
    heap: middle(({ heap }) => heap),
    resident: middle(({ resident }) => resident),
    external: middle(({ external }) => external),
  };
}

/** Maximum growth from the second quarter to the last; the first one warms up. */
const MOST = {
  /** Heap in use after garbage collection: the loop must not accumulate completed work. */
  heap: { ratio: 1.1, plus: 5 },
  /** The allocator keeps free pages and returns them at its discretion. */
  resident: { ratio: 1.25, plus: 30 },
  /** Median of all requests in milliseconds, on a machine with other load. */
  latency: { ratio: 1.5, plus: 10 },
} as const;

/** @returns one sentence for each measure that grew too much from the second quarter to the last. */
export function growth(quarters: readonly Quarter[]): readonly string[] {
  const [, second, , last] = quarters;
  if (second === undefined || last === undefined) throw new Error('a run has four quarters');
  const [before, after] = [held(second), held(last)];
  const median = (quarter: Quarter) => latencies(quarter).all?.median ?? 0;
  const compared = [
    { what: 'the heap', unit: 'MiB', from: before.heap, to: after.heap, most: MOST.heap },
    {
      what: 'resident memory',
      unit: 'MiB',
      from: before.resident,
      to: after.resident,
      most: MOST.resident,
    },
    {
      what: 'the median of all requests',
      unit: 'ms',
      from: median(second),
      to: median(last),
      most: MOST.latency,
    },
  ];
  return compared.flatMap(({ what, unit, from, to, most }) =>
    to <= from * most.ratio + most.plus ? [] : [`${what} grew from ${from} to ${to} ${unit}`],
  );
}

function at(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(value * 10) / 10;
}
