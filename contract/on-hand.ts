import * as z from 'zod';
import { CalendarDate } from '../domain/text.ts';
import { BACKWARDS, isForwards } from './requests.ts';

/** GET /v1/inventory/{sku}/on-hand: both days are included. */
export const OnHandQuery = z
  .strictObject({
    from: CalendarDate.optional().meta({
      description: 'At most 92 days ago. Thirty days before the end where it is not given.',
    }),
    to: CalendarDate.optional().meta({ description: 'Today where it is not given.' }),
  })
  .refine(isForwards, BACKWARDS);

const units = z.int().min(0);

/** What lay in the warehouse at the end of a day, and what brought it there. */
export const OnHandDay = z
  .object({
    date: z.string().meta({ format: 'date', description: 'A day in UTC.' }),
    onHand: z.int().meta({ description: 'Units at the end of the day; of today, as it is now.' }),
    received: units,
    returned: units,
    shipped: units,
    adjusted: z.int().meta({ description: 'Corrections, less those that took units away.' }),
  })
  .meta({ id: 'OnHandDay' });
export type OnHandDay = z.infer<typeof OnHandDay>;
