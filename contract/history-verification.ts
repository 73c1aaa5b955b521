import * as z from 'zod';
import { LocationId } from '../domain/inventory/location.ts';
import { Instant, LotNumber, Sku } from '../domain/text.ts';
import { BACKWARDS, isForwards, PageQuery } from './requests.ts';

/** GET /v1/operations/history-verification: an order, the lots of a SKU, orders of a span of time, a checkpoint, or all. */
export const HistoryVerificationQuery = z
  .strictObject({
    orderId: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id')
      .optional()
      .meta({ description: 'Only this order.' }),
    sku: Sku.optional().meta({ description: 'Only the lots of this SKU.' }),
    from: Instant.optional().meta({ description: 'Only orders received since this instant.' }),
    to: Instant.optional().meta({ description: 'Only orders received up to this instant.' }),
    checkpoint: z.iso
      .date()
      .optional()
      .meta({ description: 'Only what the signed checkpoint of this day lists, held against the store.' }),
    cursor: PageQuery.shape.cursor,
  })
  .refine(isForwards, BACKWARDS)
  .refine(
    ({ orderId, sku, from, to, checkpoint }) =>
      [orderId, sku, from ?? to, checkpoint].filter((one) => one !== undefined).length <= 1,
    { path: ['orderId'], message: 'an order, a SKU, a span and a checkpoint exclude one another' },
  );

const Fault = { sequence: z.int(), reason: z.string() };

export const HistoryVerification = z
  .object({
    orders: z.int().meta({ description: 'Orders that this request verified.' }),
    lots: z.int().meta({ description: 'Lots that this request verified.' }),
    events: z.int().meta({ description: 'Their events that are as they were written.' }),
    unsealed: z
      .int()
      .meta({ description: 'Those of the events that an earlier release wrote without a digest.' }),
    intact: z.boolean(),
    broken: z
      .array(
        z.union([
          z.object({ checkpoint: z.string(), reason: z.string() }),
          z.object({ orderId: z.string(), ...Fault }),
          z.object({ sku: Sku, lotNumber: LotNumber, locationId: LocationId.optional(), ...Fault }),
        ]),
      )
      .meta({
        description:
          'For each order or lot at fault the first event that is missing or altered, and what is wrong with a checkpoint itself.',
      }),
    nextCursor: z.string().optional().meta({ description: 'There is more to verify.' }),
  })
  .meta({ id: 'HistoryVerification' });
export type HistoryVerification = z.infer<typeof HistoryVerification>;
