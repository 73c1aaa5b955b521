import { carrierInbound } from '../carriers/carrier-inbound.ts';
import { genericFormat } from '../carriers/generic/format.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/carrier */
export const handler = webhookFunction(carrierInbound(genericFormat));
