import { EDI_WEBHOOK } from './edi/webhook.ts';
import { SHOPIFY_WEBHOOK } from './shopify/webhook.ts';
import { SQUARE_WEBHOOK } from './square/webhook.ts';
import { WOOCOMMERCE_WEBHOOK } from './woocommerce/webhook.ts';

/** Where every channel sends its messages: apart from their settings, which functions that need routes alone do not build. */
export const CHANNEL_WEBHOOKS = [SHOPIFY_WEBHOOK, SQUARE_WEBHOOK, WOOCOMMERCE_WEBHOOK, EDI_WEBHOOK] as const;
