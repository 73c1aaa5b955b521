import * as z from 'zod';
import type { WebhookDescriptor } from '../../channels/descriptor.ts';
import { CarrierMessage } from './message.ts';

/** The loop's own format for carriers that have none. */
export const GENERIC_WEBHOOK: WebhookDescriptor<'carrier'> = {
  path: 'carrier',
  sender: 'carriers',
  purpose: 'Tracking updates that carriers send',
  signatureHeader: 'X-Carrier-Signature',
  // A carrier knows a shipment by its tracking number only.
  indexes: ['byReference'],
  operation: {
    id: 'receiveCarrierMessage',
    summary: "Receives a carrier's tracking update.",
    description: 'The signature is the hex HMAC-SHA256 of the raw body.',
    body: CarrierMessage,
    example: {
      eventId: 'e-4711',
      trackingNumber: '1Z999AA10123456784',
      status: 'delivered',
      occurredAt: '2026-03-12T10:00:00Z',
      signedBy: 'D. Whitfield',
    },
    processed: { orderIds: z.array(z.string()) },
  },
};
