const MILLISECONDS_A_DAY = 86_400_000;

/** @returns the calendar date (UTC) on which an instant falls. */
export function dateOf(instant: string): string {
  return instant.slice(0, 10);
}

/** @returns the date so many days later; earlier when `days` is negative. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * MILLISECONDS_A_DAY).toISOString().slice(0, 10);
}

/** @returns the whole days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLISECONDS_A_DAY;
}
