import * as z from 'zod';
import { Instant, Reference, text } from '../../../domain/text.ts';

/** A tracking update of a carrier; unknown fields are ignored. */
export const CarrierMessage = z
  .object({
    eventId: Reference,
    trackingNumber: Reference,
    status: z.enum(['in_transit', 'delivered', 'failed_attempt', 'returned_to_sender']),
    occurredAt: Instant,
    signedBy: text(200).optional(),
  })
  .meta({ id: 'CarrierMessage' });
export type CarrierMessage = z.infer<typeof CarrierMessage>;
