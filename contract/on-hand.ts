import * as z from 'zod';
import { CalendarDate } from '../domain/text.ts';
import { BACKWARDS, isForwards } from './requests.ts';

/** GET /v1/inventory/{sku}/on-hand: both days are included. */
export const OnHandQuery = z
  .strictObject({
    from: CalendarDate.optional().meta({
      description: 'At most 92 days ago. Default: thirty days before `to`.',
    }),
    to: CalendarDate.optional().meta({ description: 'Default: today.' }),
  })
  .refine(isForwards, BACKWARDS);

const units = z.int().min(0);

/** Stock on hand at the end of a day, and the movements of that day. */
export const OnHandDay = z
  .object({
    date: z.string().meta({ format: 'date', description: 'A day in UTC.' }),
    onHand: z.int().meta({ description: 'Units at the end of the day; for today, now.' }),
    received: units,
    returned: units,
    shipped: units,
    adjusted: z.int().meta({ description: 'Net corrections, negative when they removed units.' }),
    transferred: z.int().meta({
      description:
        'Units that transfers brought, less those that they took: until they arrive these are nowhere.',
    }),
  })
  .meta({ id: 'OnHandDay' });
export type OnHandDay = z.infer<typeof OnHandDay>;
