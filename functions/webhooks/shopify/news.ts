import type { News } from '../shop/take-in.ts';
import type { ShopifyMessage } from './message.ts';
import { translateMessage } from './translate-change.ts';

/** What a message of Shopify tells, ready to be taken in. Only full orders say how new they are. */
export function newsOf(message: ShopifyMessage, shop: string): News {
  return {
    order: { channel: 'SHOPIFY', source: shop, externalId: message.orderId },
    version: 'updatedAt' in message ? message.updatedAt : null,
    translate: (known) => translateMessage(message, known, shop),
  };
}
