import * as z from 'zod';

/** @returns text as it is, anything else as JSON; null for nothing. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What people read; apps put anything there, and none of it keeps an order out. */
export const Text = z.unknown().optional().transform(textOf);
