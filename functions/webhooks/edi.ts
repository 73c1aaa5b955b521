import { ediChannel } from '../channels/edi/channel.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/edi */
export const handler = webhookFunction((context) => ediChannel(context).inbound);
