import type { ApiVersion } from '../descriptor.ts';

/** Days before its end from which a version is warned of. */
const WARNED_DAYS = 30;

/**
 * What an operator has to know of the version that a shop was asked in, or null. Shopify supports a version for a year
 * from its month on, and answers in the oldest that it supports where the one asked for has ended.
 *
 * @param answered the version of the answer, as its header says; null where it does not
 * @see https://shopify.dev/docs/api/usage/versioning
 */
export function versionWarning(asked: ApiVersion, answered: string | null, now: Date): string | null {
  if (answered !== null && answered !== asked) {
    return `Shopify was asked in version ${asked} and answered in ${answered.slice(0, 20)}: set the connection's apiVersion`;
  }
  const [year, month] = asked.split('-').map(Number);
  const end = new Date(Date.UTC((year ?? 0) + 1, (month ?? 1) - 1, 1));
  if (end.getTime() - now.getTime() > WARNED_DAYS * 86_400_000) return null;
  return `Shopify supports version ${asked} until ${end.toISOString().slice(0, 10)}: set the connection's apiVersion`;
}
