import * as z from 'zod';
import { Instant } from '../domain/text.ts';
import { BACKWARDS, isForwards, PageQuery } from './requests.ts';

/** GET /v1/operations/history-verification: one order, those received in a span of time, or all. */
export const HistoryVerificationQuery = z
  .strictObject({
    orderId: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id')
      .optional()
      .meta({ description: 'Only this order.' }),
    from: Instant.optional().meta({ description: 'Only orders received since this instant.' }),
    to: Instant.optional().meta({ description: 'Only orders received up to this instant.' }),
    cursor: PageQuery.shape.cursor,
  })
  .refine(isForwards, BACKWARDS);

export const HistoryVerification = z
  .object({
    orders: z.int().meta({ description: 'Orders that this request verified.' }),
    events: z.int().meta({ description: 'Their events that are as they were written.' }),
    unsealed: z
      .int()
      .meta({ description: 'Those of the events that an earlier release wrote without a digest.' }),
    intact: z.boolean(),
    broken: z
      .array(z.object({ orderId: z.string(), sequence: z.int(), reason: z.string() }))
      .meta({ description: 'For each order at fault the first event that is missing or altered.' }),
    nextCursor: z.string().optional().meta({ description: 'There are more orders to verify.' }),
  })
  .meta({ id: 'HistoryVerification' });
export type HistoryVerification = z.infer<typeof HistoryVerification>;
