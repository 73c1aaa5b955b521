import * as z from 'zod';
import type { WebhookDescriptor } from '../../channels/descriptor.ts';

/** EasyPost brings the tracking of over a hundred carriers in one format. */
export const EASYPOST_WEBHOOK: WebhookDescriptor<'easypost'> = {
  path: 'easypost',
  sender: 'EasyPost',
  purpose: 'Tracker updates that EasyPost sends',
  signatureHeader: 'X-Hmac-Signature',
  // A tracker knows a shipment by its tracking number only.
  indexes: ['byReference'],
  operation: {
    id: 'receiveEasyPostEvent',
    summary: 'Receives a tracker event of EasyPost.',
    description:
      'The signature is `hmac-sha256-hex=` and the hex HMAC-SHA256 of the raw body, under the secret in Unicode form NFKD.',
    body: z
      .looseObject({})
      .meta({ description: "EasyPost's own event, `tracker.created` or `tracker.updated`." }),
    processed: { orderIds: z.array(z.string()) },
  },
};
