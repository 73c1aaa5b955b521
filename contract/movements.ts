import * as z from 'zod';
import { Disposition } from '../domain/order/terms.ts';
import { instant } from './scalars.ts';

export const Movement = z
  .object({
    movementId: z.string(),
    kind: z.enum([
      'ALLOCATION',
      'RELEASE',
      'SHIPMENT',
      'RECEIPT',
      'RETURN',
      'ADJUSTMENT',
      'TRANSFER_OUT',
      'TRANSFER_IN',
    ]),
    sku: z.string(),
    lotNumber: z.string(),
    locationId: z.string().optional().meta({ description: '`MAIN` where it is absent.' }),
    quantity: z.int(),
    occurredAt: instant,
    eventId: z.string(),
    orderId: z.string().optional(),
    transferId: z.string().optional(),
    lineNumber: z.int().optional(),
    disposition: Disposition.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Movement' });
export type Movement = z.infer<typeof Movement>;
