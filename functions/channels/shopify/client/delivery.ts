import * as z from 'zod';
import { ShopRefused } from '../../core/shops.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid, UserErrors } from './ids.ts';

const FULFILLMENTS = `query DeliveredFulfillments($orderId: ID!) {
  order(id: $orderId) {
    fulfillments(first: 200) { id status deliveredAt trackingInfo(first: 20) { number } }
  }
}`;

const Fulfillments = z.object({
  order: z
    .object({
      fulfillments: z.array(
        z.object({
          id: z.string(),
          status: z.string(),
          deliveredAt: z.string().nullable(),
          trackingInfo: z.array(z.object({ number: z.string().nullable() })),
        }),
      ),
    })
    .nullable(),
});

const CREATE = `mutation TellDelivery($fulfillmentEvent: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $fulfillmentEvent) {
    fulfillmentEvent { id }
    userErrors { field message }
  }
}`;

const Created = z.object({ fulfillmentEventCreate: z.object({ userErrors: UserErrors }) });

/**
 * Reports that what was sent under a tracking number, or as the shop's own fulfillment of an id, has been delivered.
 *
 * @returns the ids of the fulfillments that were reported; one that is known as delivered is not reported. Null when
 *   there is no such fulfillment
 */
export async function reportDelivery(
  ask: AskShopify,
  orderId: string,
  sent: { readonly trackingNumber: string; readonly fulfillmentId: string | null },
  happenedAt: string,
): Promise<readonly string[] | null> {
  const { order } = await ask(FULFILLMENTS, { orderId: orderGid(orderId) }, Fulfillments);
  const found = (order?.fulfillments ?? []).filter(
    ({ id, status, trackingInfo }) =>
      status === 'SUCCESS' &&
      (legacyId(id) === sent.fulfillmentId ||
        trackingInfo.some(({ number }) => number === sent.trackingNumber)),
  );
  if (found.length === 0) return null;
  const reported: string[] = [];
  for (const { id, deliveredAt } of found) {
    if (deliveredAt !== null) continue;
    const fulfillmentEvent = { fulfillmentId: id, status: 'DELIVERED', happenedAt };
    const { fulfillmentEventCreate } = await ask(CREATE, { fulfillmentEvent }, Created, false);
    const [error] = fulfillmentEventCreate.userErrors;
    if (error !== undefined) throw new ShopRefused('Shopify', 200, error.message);
    reported.push(legacyId(id));
  }
  return reported;
}
