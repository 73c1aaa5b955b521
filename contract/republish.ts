import * as z from 'zod';
import { Instant } from '../domain/text.ts';
import { EVENT_CATALOGUE, type EventType } from './events.ts';
import { BACKWARDS, isForwards } from './requests.ts';

const types = EVENT_CATALOGUE.map(({ type }) => type) as [EventType, ...EventType[]];

/** POST /v1/operations/republish: events of an order, or those of a span of time, both ends included. */
export const RepublishRequest = z
  .strictObject({
    orderId: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id')
      .optional(),
    from: Instant.optional().meta({ format: 'date-time' }),
    to: Instant.optional().meta({ format: 'date-time' }),
    types: z.array(z.enum(types)).min(1).max(types.length).optional(),
    dryRun: z.boolean().optional().meta({ description: 'Only count what would be told.' }),
    cursor: z
      .string()
      .max(4096)
      .optional()
      .meta({ description: 'The `cursor` of the answer before, with the same request.' }),
  })
  .refine(
    ({ orderId, from, to }) => orderId !== undefined || (from !== undefined && to !== undefined),
    'name an order, or the span of time from and to',
  )
  .refine(isForwards, BACKWARDS)
  .meta({ id: 'RepublishRequest' });
export type RepublishRequest = z.infer<typeof RepublishRequest>;

export const RepublishReport = z
  .object({
    replayId: z.string().meta({ description: 'Every event that is told again carries it.' }),
    status: z.enum(['IN_PROGRESS', 'COMPLETE']),
    matched: z.int().meta({ description: 'Events that this request came upon.' }),
    published: z.int().meta({ description: 'Events that the bus took. None on a dry run.' }),
    refused: z
      .int()
      .meta({ description: 'Events that the bus would not take. The cursor leads to them again.' }),
    cursor: z.string().optional().meta({ description: 'Where the next request goes on.' }),
  })
  .meta({ id: 'RepublishReport' });
export type RepublishReport = z.infer<typeof RepublishReport>;
