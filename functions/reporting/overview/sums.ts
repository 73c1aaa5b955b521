import type { Money } from '../../../contract/money.ts';
import { fromMinorUnits } from '../../../domain/money.ts';
import type { Counted, Row } from './counts.ts';

/** Rows of one kind. */
export type CountedAs<Kind extends Row['kind']> = Counted & { readonly row: Extract<Row, { kind: Kind }> };

/** @returns one number, summed over the rows. */
export function total(rows: readonly Counted[], name: string): number {
  return Number(sumOf(rows, name));
}

/** @returns what the rows come to, for each currency that has any orders, in the order of the codes. */
export function moneyOf(rows: readonly CountedAs<'STATE' | 'DAY'>[]): Money[] {
  return [...Map.groupBy(rows, ({ row }) => row.currency)]
    .filter(([, own]) => sumOf(own, 'orders') > 0n)
    .map(([currency, own]) => ({ currency, amount: fromMinorUnits(sumOf(own, 'value'), currency) }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));
}

/** @returns the share from 0 to 1 with four decimals, or null out of nothing. */
export function rateOf(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.round((Math.max(0, part) / whole) * 10_000) / 10_000;
}

function sumOf(rows: readonly Counted[], name: string): bigint {
  return rows.reduce((sum, { numbers }) => sum + (numbers[name] ?? 0n), 0n);
}
