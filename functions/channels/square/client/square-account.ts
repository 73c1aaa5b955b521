import type { SquareClient } from 'square';
import { type Deadline, type Failure, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { ShopRefused, ShopUnreadable, type SquareAccount, type SquareOrderChange } from '../../core/shops.ts';

/** Where Square is reached unless a connection says otherwise. */
const SQUARE = 'https://connect.squareup.com';

/** Milliseconds for which an item's SKU counts as known; a renamed item is noticed after this at the latest. */
const SKU_KEPT = 5 * 60_000;
/** So many SKUs are remembered; more than a merchant's busy day touches. */
const MAX_KEPT = 10_000;
/** Square's own limit for one request. */
const MAX_AT_A_TIME = 1000;

export interface SquareAccess {
  /** Without one every call is refused. */
  readonly accessToken: string | undefined;
  readonly apiBaseUrl?: string | undefined;
  readonly deadlines: Deadline;
  readonly fetch?: typeof fetch | undefined;
}

/** Remembers the SKUs of catalog objects within a process; one that is missing is looked for again. */
const knownSkus = new Map<string, { readonly sku: string; readonly until: number }>();

/** One merchant's account, reached with Square's own SDK. */
export function squareAccount({
  accessToken,
  apiBaseUrl = SQUARE,
  deadlines,
  fetch,
}: SquareAccess): SquareAccount {
  let opened: ReturnType<typeof open> | undefined;
  // Loaded when first needed: the SDK is a thousand modules, which every function of a laptop would wait for.
  const open = async () => {
    const square = await import('square');
    // The SDK's own retries sleep as long as a server asks for, past the end of any function.
    const client = new square.SquareClient({ token: accessToken, baseUrl: apiBaseUrl, maxRetries: 0, fetch });
    return { client, square };
  };
  const ask = async <Answer>(call: (square: SquareClient, signal: AbortSignal) => Promise<Answer>) => {
    if (accessToken === undefined) throw new ShopRefused('Square', 401, 'the secret holds no access token');
    opened ??= open();
    const { client, square } = await opened;
    const failureOf = (error: unknown): Failure => {
      if (error instanceof square.SquareTimeoutError) return { mayPass: true, retryAfter: null };
      if (!(error instanceof square.SquareError)) return { mayPass: false, retryAfter: null };
      const { statusCode: status, rawResponse } = error;
      // Without a status there was no answer: refused, or cut off.
      const mayPass = status === undefined || status === 408 || status === 429 || status >= 500;
      return { mayPass, retryAfter: rawResponse?.headers.get('retry-after') ?? null };
    };
    try {
      return await retryWithDeadline('Square', deadlines, (signal) => call(client, signal), failureOf);
    } catch (error) {
      // An amount that is no whole number ends the SDK's own reading in an error of the language.
      if (error instanceof RangeError || error instanceof SyntaxError)
        throw new ShopUnreadable('Square', error);
      if (!(error instanceof square.SquareError)) throw error;
      // Codes alone: Square's details may quote what was sent.
      const codes = error.errors.map(({ code }) => code).join(', ');
      throw new ShopRefused('Square', error.statusCode ?? 0, codes || 'no code');
    }
  };

  const catalogObjects = async (objectIds: string[]) => {
    try {
      const answer = await ask((square, abortSignal) =>
        square.catalog.batchGet({ objectIds }, { abortSignal }),
      );
      return answer.objects ?? [];
    } catch (error) {
      if (error instanceof ShopRefused && error.status === 404) return [];
      throw error;
    }
  };

  return {
    async retrieveOrder(orderId) {
      try {
        const answer = await ask((square, abortSignal) => square.orders.get({ orderId }, { abortSignal }));
        return answer.order ?? null;
      } catch (error) {
        if (error instanceof ShopRefused && error.status === 404) return null;
        throw error;
      }
    },

    async skusOf(ids) {
      const now = Date.now();
      const keyOf = (id: string) => `${apiBaseUrl} ${accessToken} ${id}`;
      const skus = new Map<string, string>();
      const unknown: string[] = [];
      for (const id of ids) {
        const known = knownSkus.get(keyOf(id));
        if (known !== undefined && known.until > now) skus.set(id, known.sku);
        else unknown.push(id);
      }
      for (let start = 0; start < unknown.length; start += MAX_AT_A_TIME) {
        const objects = await catalogObjects(unknown.slice(start, start + MAX_AT_A_TIME));
        if (knownSkus.size > MAX_KEPT) knownSkus.clear();
        for (const object of objects) {
          const sku = object.type === 'ITEM_VARIATION' ? object.itemVariationData?.sku : undefined;
          if (typeof sku !== 'string' || sku.trim() === '') continue;
          skus.set(object.id ?? '', sku);
          knownSkus.set(keyOf(object.id ?? ''), { sku, until: now + SKU_KEPT });
        }
      }
      return skus;
    },

    async updateOrder(change) {
      const { orderId, idempotencyKey, locationId, version, state, fulfillments } = change;
      const order = { locationId, version, ...(state !== undefined && { state }), ...given(fulfillments) };
      try {
        await ask((square, abortSignal) =>
          square.orders.update({ orderId, idempotencyKey, order }, { abortSignal }),
        );
        return true;
      } catch (error) {
        if (error instanceof ShopRefused && error.message.includes('VERSION_MISMATCH')) return false;
        throw error;
      }
    },
  };
}

function given(fulfillments: SquareOrderChange['fulfillments']) {
  return fulfillments.length === 0 ? {} : { fulfillments: fulfillments.map((each) => ({ ...each })) };
}
