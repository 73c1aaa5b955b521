import * as z from 'zod';
import { Channel } from '../domain/order/terms.ts';
import { CalendarDate } from '../domain/text.ts';
import { Money } from './money.ts';
import { OrderStateName as State } from './responses.ts';

const count = z.int().meta({ description: 'A count.' });
const date = z.string().meta({ format: 'date' });
const seconds = z.int().nullable().meta({ description: 'Average in whole seconds; null without any.' });
const rate = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .meta({ description: 'A share from 0 to 1; null when the whole is zero.' });

/** Maximum number of days in one overview. */
export const MAX_DAYS = 366;

/** GET /v1/overview; days count in UTC, by the day on which orders were received. */
export const OverviewQuery = z.strictObject({
  from: CalendarDate.optional().meta({ description: 'The first day. Default: 29 days before the last.' }),
  to: CalendarDate.optional().meta({ description: 'The last day. Default: today.' }),
});

const period = {
  orders: count.meta({ description: 'Orders received in the period.' }),
  value: z.array(Money),
  closed: count,
  cancelled: count,
  fillRate: z
    .object({ unitsOrdered: count, unitsWaited: count, rate })
    .meta({ description: 'Ordered units that never waited for stock.' }),
  deliveryWindows: z.object({ inWindow: count, early: count, late: count, rate }).meta({
    description: 'Deliveries within their delivery window; `late` includes those still on the way.',
  }),
};

/** Counts over all orders, as the projection has them; a moment behind the orders. */
export const OverviewResponse = z
  .object({
    from: date,
    to: date,
    states: z
      .array(
        z.object({
          state: State,
          orders: count,
          value: z.array(Money),
          averageAgeSeconds: seconds.meta({
            description: 'How long orders have been in the state, on average.',
          }),
          channels: z.array(z.object({ channel: Channel, orders: count, value: z.array(Money) })),
        }),
      )
      .meta({ description: 'Orders by current state, whenever they were received.' }),
    period: z.object(period),
    channels: z.array(z.object({ channel: Channel, ...period })),
    days: z
      .array(
        z.object({
          date,
          ...period,
          states: z.array(z.object({ state: State, orders: count })).meta({
            description:
              'Current states of the orders received on that day; states without orders are left out.',
          }),
          atEnd: z.array(z.object({ state: State, orders: count })).meta({
            description:
              'States of all orders at the end of the day, whenever they were received; for today, now.',
          }),
        }),
      )
      .meta({ description: 'Every day of the period, in order.' }),
    timeInState: z
      .array(z.object({ state: State, stays: count, averageSeconds: seconds }))
      .meta({ description: 'Time that orders of the period spent in states they have left.' }),
    backorders: z.object({
      units: count,
      skus: z
        .array(
          z.object({
            sku: z.string(),
            units: count,
            oldestReceivedOn: date,
            ages: z.array(z.object({ fromDays: count, toDays: count.nullable(), units: count })),
          }),
        )
        .meta({
          description: 'The hundred SKUs with the most backordered units, by the age of their orders.',
        }),
      skuCount: count,
    }),
  })
  .meta({ id: 'Overview' });
export type OverviewResponse = z.infer<typeof OverviewResponse>;

/** POST /v1/operations/overview/rebuild */
export const RebuildProgress = z
  .object({
    status: z.enum(['IN_PROGRESS', 'COMPLETE']),
    orders: z.int().meta({ description: 'Orders counted so far.' }),
  })
  .meta({ id: 'RebuildProgress' });
export type RebuildProgress = z.infer<typeof RebuildProgress>;
