/** One figure of the benchmarks: a name, a number with its unit, and what it was measured with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly [circumstance: string]: unknown;
}

/** Prints a figure as one JSON object a line. */
export function emit({ value, ...figure }: Figure): void {
  const { name, unit, ...circumstances } = figure;
  console.log(JSON.stringify({ name, value: rounded(value), unit, ...circumstances }));
}

/** Tells what is being done, beside the figures. */
export function tell(what: string): void {
  console.error(what);
}

/** @returns the number with three digits that count, so that no figure pretends to be exact. */
export function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
