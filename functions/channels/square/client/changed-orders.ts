import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import type { RequestSquare } from './rest.ts';

/** Orders of one page. */
export const PAGE_OF_ORDERS = 100;

/** Square's own limit for one search. */
const MAX_LOCATIONS = 10;

const Locations = z.object({ locations: z.array(z.object({ id: z.string() })).nullish() });

/** An order with all of its fields. */
const Changed = z.looseObject({ id: z.string(), version: z.int().min(0).default(1), updatedAt: Instant });
export type ChangedOrder = z.infer<typeof Changed>;

const Found = z.object({ orders: z.array(Changed).nullish() });

/**
 * @returns the ids of the merchant's locations, closed ones too, in groups that one search takes
 * @see https://developer.squareup.com/reference/square/locations-api/list-locations
 */
export async function listLocations(request: RequestSquare): Promise<readonly (readonly string[])[]> {
  const { locations } = await request('GET', '/v2/locations', Locations);
  const ids = (locations ?? []).map(({ id }) => id).sort();
  const groups = Math.ceil(ids.length / MAX_LOCATIONS);
  return Array.from({ length: groups }, (_, group) =>
    ids.slice(group * MAX_LOCATIONS, (group + 1) * MAX_LOCATIONS),
  );
}

/**
 * Searches orders by the instant of their last change, the one unchanged the longest first.
 *
 * @param from UTC; orders that changed then or later
 * @see https://developer.squareup.com/docs/orders-api/manage-orders/search-orders
 */
export async function searchChanged(
  request: RequestSquare,
  locationIds: readonly string[],
  from: string,
): Promise<readonly ChangedOrder[]> {
  const body = {
    location_ids: locationIds,
    limit: PAGE_OF_ORDERS,
    query: {
      filter: { date_time_filter: { updated_at: { start_at: from } } },
      // Square refuses a sort by another date than the one that is filtered by.
      sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' },
    },
  };
  return (await request('POST', '/v2/orders/search', Found, body)).orders ?? [];
}

/**
 * Asks for orders by their ids, at most a hundred; those that the merchant does not have are left out.
 *
 * @see https://developer.squareup.com/reference/square/orders-api/batch-retrieve-orders
 */
export async function batchRetrieve(
  request: RequestSquare,
  orderIds: readonly string[],
): Promise<readonly ChangedOrder[]> {
  return (await request('POST', '/v2/orders/batch-retrieve', Found, { order_ids: orderIds })).orders ?? [];
}
