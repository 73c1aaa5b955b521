import { wooCommerceChannel } from '../channels/woocommerce/channel.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/woocommerce */
export const handler = webhookFunction((context) => wooCommerceChannel(context).inbound);
