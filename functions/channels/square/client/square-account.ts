import * as z from 'zod';
import type { SquareAccount, SquareOrderChange } from '../../core/shops.ts';
import { type SquareAccess, SquareRefused, squareRest } from './rest.ts';

/** Milliseconds for which an item's SKU counts as known; a renamed item is noticed after this at the latest. */
const SKU_KEPT = 5 * 60_000;
/** So many SKUs are remembered; more than a merchant's busy day touches. */
const MAX_KEPT = 10_000;
/** Square's own limit for one request. */
const MAX_AT_A_TIME = 1000;

/** Remembers the SKUs of catalog objects within a process; one that is missing is looked for again. */
const knownSkus = new Map<string, { readonly sku: string; readonly until: number }>();

/** @see https://developer.squareup.com/reference/square/orders-api/retrieve-order */
const OrderResponse = z.object({ order: z.unknown() });

/** @see https://developer.squareup.com/reference/square/catalog-api/batch-retrieve-catalog-objects */
const CatalogResponse = z.object({
  objects: z
    .array(
      z.object({
        type: z.string(),
        id: z.string(),
        itemVariationData: z.object({ sku: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

/** One merchant's account at Square, by its REST API. */
export function squareAccount(access: SquareAccess): SquareAccount {
  const { accessToken, apiBaseUrl } = access;
  const request = squareRest(access);

  return {
    async retrieveOrder(orderId) {
      const response = await nullIfMissing(request('GET', orderPath(orderId), OrderResponse));
      return response?.order ?? null;
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
        const body = { object_ids: unknown.slice(start, start + MAX_AT_A_TIME) };
        const found = await nullIfMissing(
          request('POST', '/v2/catalog/batch-retrieve', CatalogResponse, body),
        );
        if (knownSkus.size > MAX_KEPT) knownSkus.clear();
        for (const { type, id, itemVariationData } of found?.objects ?? []) {
          const sku = type === 'ITEM_VARIATION' ? itemVariationData?.sku : undefined;
          if (typeof sku !== 'string' || sku.trim() === '') continue;
          skus.set(id, sku);
          knownSkus.set(keyOf(id), { sku, until: now + SKU_KEPT });
        }
      }
      return skus;
    },

    async updateOrder(change) {
      try {
        await request('PUT', orderPath(change.orderId), OrderResponse, updateBody(change));
        return true;
      } catch (error) {
        if (error instanceof SquareRefused && error.codes.includes('VERSION_MISMATCH')) return false;
        throw error;
      }
    },
  };
}

function orderPath(orderId: string): string {
  return `/v2/orders/${encodeURIComponent(orderId)}`;
}

/** @see https://developer.squareup.com/reference/square/orders-api/update-order */
function updateBody({ idempotencyKey, locationId, version, state, fulfillments }: SquareOrderChange) {
  return {
    idempotency_key: idempotencyKey,
    order: {
      location_id: locationId,
      version,
      state,
      fulfillments: fulfillments.length === 0 ? undefined : fulfillments.map(fulfillmentBody),
    },
  };
}

function fulfillmentBody({ uid, state, shipmentDetails }: SquareOrderChange['fulfillments'][number]) {
  const { carrier, trackingNumber, cancelReason } = shipmentDetails ?? {};
  return {
    uid,
    state,
    shipment_details: shipmentDetails && {
      carrier,
      tracking_number: trackingNumber,
      cancel_reason: cancelReason,
    },
  };
}

async function nullIfMissing<Response>(response: Promise<Response>): Promise<Response | null> {
  try {
    return await response;
  } catch (error) {
    // A page that is not Square's may be missing as well.
    if (error instanceof SquareRefused && error.status === 404 && error.codes.includes('NOT_FOUND'))
      return null;
    throw error;
  }
}
