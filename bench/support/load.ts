/** Rate and latency of a series of operations. */
export interface Measured {
  /** Operations a second. */
  readonly rate: number;
  /** Median in milliseconds. */
  readonly median: number;
  /** 99th percentile in milliseconds. */
  readonly slowest: number;
  readonly count: number;
}

export interface Load {
  /** Number of concurrent operations. */
  readonly concurrency: number;
  /** The measurement ends after this many operations, or milliseconds, whichever comes first. */
  readonly most?: number;
  readonly milliseconds?: number;
}

/** Repeats an operation; each client waits for its response before the next request. */
export async function measure(load: Load, operation: (index: number) => Promise<unknown>): Promise<Measured> {
  const { concurrency, most = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY } = load;
  const took: number[] = [];
  const begun = performance.now();
  let next = 0;
  const caller = async () => {
    while (next < most && performance.now() - begun < milliseconds) {
      const index = next++;
      const at = performance.now();
      await operation(index);
      took.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const seconds = (performance.now() - begun) / 1000;
  return { rate: took.length / seconds, ...quantiles(took), count: took.length };
}

/** Combines rounds of one measurement by their median, so one disturbance counts little. */
export function middle(rounds: readonly Measured[]): Measured {
  const of = (name: keyof Measured) => median(rounds.map((round) => round[name]));
  return { rate: of('rate'), median: of('median'), slowest: of('slowest'), count: of('count') };
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((one, other) => one - other),
    0.5,
  );
}

function quantiles(took: readonly number[]) {
  const sorted = [...took].sort((one, other) => one - other);
  return { median: quantile(sorted, 0.5), slowest: quantile(sorted, 0.99) };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
