import { carrierInbound } from '../carriers/carrier-inbound.ts';
import { easyPostFormat } from '../carriers/easypost/format.ts';
import { webhookFunction } from '../middleware/webhook-function.ts';

/** POST /webhooks/easypost */
export const handler = webhookFunction(carrierInbound(easyPostFormat));
