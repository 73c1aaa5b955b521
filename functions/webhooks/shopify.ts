import { shopifyChannel } from '../channels/shopify/channel.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/shopify */
export const handler = webhookFunction((context) => shopifyChannel(context).inbound);
