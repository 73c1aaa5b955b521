import { squareChannel } from '../channels/square/channel.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/square */
export const handler = webhookFunction((context) => squareChannel(context).inbound);
