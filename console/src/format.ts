/** An amount in its currency, as the reader's language writes it; the amount stays decimal text all the way. */
export function money(amount: string, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** An amount for a card, where whole amounts need no decimals. */
export function shortMoney(amount: string, currency: string): string {
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** The sum of amounts of one currency, exactly, as decimal text. */
export function sumOf(amounts: readonly string[]): string {
  const decimals = Math.max(0, ...amounts.map((amount) => amount.split('.')[1]?.length ?? 0));
  const units = amounts.map((amount) => {
    const [whole = '0', fraction = ''] = amount.split('.');
    return BigInt(whole + fraction.padEnd(decimals, '0'));
  });
  const digits = units
    .reduce((total, each) => total + each, 0n)
    .toString()
    .padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** An instant in the reader's zone. */
export function moment(instant: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
}

/** A calendar date, which has no zone. */
export function day(date: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** The days from one date to another as short as they can be said, for example Mar 10 – 14. */
export function shortPeriod(start: string, end: string): string {
  const isThisYear = end.startsWith(String(new Date().getFullYear()));
  return new Intl.DateTimeFormat(undefined, {
    month: 'short',
    day: 'numeric',
    ...(!isThisYear && { year: 'numeric' }),
    timeZone: 'UTC',
  }).formatRange(new Date(`${start}T00:00:00Z`), new Date(`${end}T00:00:00Z`));
}

/** Days from today until a date; negative when it has passed. */
export function daysUntil(date: string): number {
  const today = new Date();
  const start = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  return Math.round((Date.parse(`${date}T00:00:00Z`) - start) / 86_400_000);
}

/** Codes that are read letter by letter. */
const LETTERS: ReadonlySet<string> = new Set(['EDI', 'DTC', 'B2B']);

/** FULFILLMENT_QUEUED as people say it. */
export function words(code: string): string {
  if (LETTERS.has(code)) return code;
  const lower = code.replaceAll('_', ' ').toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

/** OrderReceived as people say it. */
export function eventWords(type: string): string {
  const spaced = type.replace(/(?<!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function count(units: number): string {
  return new Intl.NumberFormat().format(units);
}
