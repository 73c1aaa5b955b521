import { quarantine } from '../../core/outcome.ts';
import type { ChannelUpdate } from '../../core/process-message.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import type { ShopifyShop } from '../../core/shops.ts';
import type { ShopifyMessage } from './message.ts';
import { ShopifyOrder } from './payload.ts';
import { translateMessage } from './translate-change.ts';

/**
 * What a message of Shopify tells, ready to be taken in. Only full orders say how new they are; what tells less has
 * the full order fetched from the shop.
 */
export function channelUpdateOf(
  message: ShopifyMessage,
  shop: string,
  admin: Pick<ShopifyShop, 'retrieveOrder'>,
): ChannelUpdate {
  const { orderId } = message;
  return {
    order: { channel: 'SHOPIFY', source: shop, externalId: orderId },
    version: 'updatedAt' in message ? message.updatedAt : null,
    translate: (known) => translateMessage(message, known, shop),
    fetch: () => fetchUpdate(orderId, shop, admin),
  };
}

async function fetchUpdate(
  orderId: string,
  shop: string,
  admin: Pick<ShopifyShop, 'retrieveOrder'>,
): Promise<ChannelUpdate | null> {
  const given = await admin.retrieveOrder(orderId);
  if (given === null) return null;
  const identity = { channel: 'SHOPIFY', source: shop, externalId: orderId };
  const parsed = ShopifyOrder.safeParse(given);
  if (!parsed.success) {
    const detail = describeIssues(parsed.error.issues);
    return { order: identity, version: null, translate: () => quarantine('malformed_payload', detail) };
  }
  const order = parsed.data;
  const updatedAt = order.updated_at ?? null;
  const message: ShopifyMessage = { topic: 'orders/updated', orderId, updatedAt, order };
  return {
    order: identity,
    version: updatedAt,
    translate: (known) => translateMessage(message, known, shop),
  };
}
