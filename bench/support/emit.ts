/** One figure: a name, a number with its unit, and the circumstances. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly [circumstance: string]: unknown;
}

/** Prints a figure as one JSON object on a line. */
export function emit({ value, ...figure }: Figure): void {
  const { name, unit, ...circumstances } = figure;
  console.log(JSON.stringify({ name, value: rounded(value), unit, ...circumstances }));
}

/** Prints progress on stderr. */
export function progress(what: string): void {
  console.error(what);
}

/** @returns the number rounded to three significant digits. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
