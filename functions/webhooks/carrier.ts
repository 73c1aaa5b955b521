import { genericCarrier } from '../carriers/generic/inbound.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/carrier */
export const handler = webhookFunction(genericCarrier);
