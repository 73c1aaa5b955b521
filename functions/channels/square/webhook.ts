import * as z from 'zod';
import type { WebhookDescriptor } from '../descriptor.ts';

export const SQUARE_WEBHOOK = {
  path: 'square',
  sender: 'merchants at Square',
  purpose: 'Orders and payments that Square sends',
  signatureHeader: 'x-square-hmacsha256-signature',
  operation: {
    id: 'receiveSquareMessage',
    summary: 'Receives a message of Square.',
    description:
      'The signature is over the notification URL of the subscription and the raw body. Messages contain ids; the order is fetched from Square. A repeat is recognised by its event, and by order and version.',
    body: z
      .looseObject({ merchant_id: z.string(), type: z.string(), event_id: z.string() })
      .meta({ description: "Square's own event." }),
  },
} as const satisfies WebhookDescriptor;
