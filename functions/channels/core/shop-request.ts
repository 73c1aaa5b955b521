import type { Failure } from '../../adapters/retry-with-deadline.ts';
import { ShopRefused } from './shops.ts';

/** An attempt that a shop did not answer as asked. */
export class ShopUnanswered extends Error {
  readonly failure: Failure;
  /** Whether it is certain that nothing was done. */
  readonly isUndone: boolean;
  constructor(detail: string, failure: Failure, isUndone: boolean) {
    super(detail);
    this.name = 'ShopUnanswered';
    this.failure = failure;
    this.isUndone = isUndone;
  }
}

export interface ShopResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body, read as JSON; undefined where it is none. */
  readonly body: unknown;
}

/**
 * Makes one attempt of a request to a shop.
 *
 * @throws ShopRefused when the address may not be requested
 * @throws ShopUnanswered when the shop was too busy, or failed
 * @throws the error of the connection when the shop was not reached, or the connection was cut off
 */
export async function requestShop(
  shop: string,
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
): Promise<ShopResponse> {
  const response = await fetch(url, init).catch((error: unknown) => {
    // The guard refuses such an address each time.
    throw error instanceof TypeError ? new ShopRefused(shop, 0, error.message) : error;
  });
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfter = response.headers.get('retry-after');
    throw new ShopUnanswered(`status ${status}`, { mayPass: true, retryAfter }, status === 429);
  }
  return { status, headers: response.headers, body: parsedJson(await response.text()) };
}

/**
 * @param mayRepeat whether what may have had its effect may be asked for again
 * @returns what the error of an attempt means for the next one
 */
export function failureOf(error: unknown, mayRepeat = true): Failure {
  const isUndone = error instanceof ShopUnanswered && error.isUndone;
  const { mayPass, retryAfter } = failureAs(error);
  return { mayPass: mayPass && (mayRepeat || isUndone), retryAfter };
}

function failureAs(error: unknown): Failure {
  if (error instanceof ShopUnanswered) return error.failure;
  // Not reached, cut off, or too late.
  return { mayPass: !(error instanceof ShopRefused), retryAfter: null };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
