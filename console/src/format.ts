/** Formats an amount in the user's locale; the amount stays decimal text throughout. */
export function money(amount: string, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** Formats an amount without decimals when it is whole. */
export function shortMoney(amount: string, currency: string): string {
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** @returns the exact sum of amounts of one currency, as decimal text. */
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

/** Formats an instant in the user's time zone. */
export function moment(instant: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
}

/** Formats a calendar date, which has no time zone. */
export function day(date: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** Formats a range of dates in short form, for example Mar 10 – 14. */
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

/** Abbreviations that stay in capitals. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(['EDI', 'DTC', 'B2B']);

/** Formats a code for people: FULFILLMENT_QUEUED becomes "Fulfillment queued". */
export function words(code: string): string {
  if (ABBREVIATIONS.has(code)) return code;
  const lower = code.replaceAll('_', ' ').toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

/** Formats an event name for people: OrderReceived becomes "Order received". */
export function eventWords(type: string): string {
  const spaced = type.replace(/(?<!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function count(units: number): string {
  return new Intl.NumberFormat().format(units);
}
