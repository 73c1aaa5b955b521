import * as z from 'zod';
import { Instant } from '../domain/text.ts';
import { EVENT_CATALOGUE, type EventType } from './events.ts';
import { BACKWARDS, isForwards } from './requests.ts';

const types = EVENT_CATALOGUE.map(({ type }) => type) as [EventType, ...EventType[]];

/** POST /v1/operations/republish: events of one order, or of a span of time including both ends. */
export const RepublishRequest = z
  .strictObject({
    orderId: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id')
      .optional(),
    from: Instant.optional().meta({ format: 'date-time' }),
    to: Instant.optional().meta({ format: 'date-time' }),
    types: z.array(z.enum(types)).min(1).max(types.length).optional(),
    dryRun: z.boolean().optional().meta({ description: 'Only count the events.' }),
    cursor: z
      .string()
      .max(4096)
      .optional()
      .meta({ description: 'The `cursor` of the previous response, with the same request.' }),
  })
  .refine(
    ({ orderId, from, to }) => orderId !== undefined || (from !== undefined && to !== undefined),
    'give an orderId, or both from and to',
  )
  .refine(isForwards, BACKWARDS)
  .meta({ id: 'RepublishRequest' });
export type RepublishRequest = z.infer<typeof RepublishRequest>;

export const RepublishReport = z
  .object({
    replayId: z.string().meta({ description: 'Every republished event carries it.' }),
    status: z.enum(['IN_PROGRESS', 'COMPLETE']),
    matched: z.int().meta({ description: 'Events that this request matched.' }),
    published: z.int().meta({ description: 'Events that the bus accepted. None on a dry run.' }),
    refused: z.int().meta({ description: 'Events that the bus refused. The cursor includes them again.' }),
    cursor: z.string().optional().meta({ description: 'Where the next request continues.' }),
  })
  .meta({ id: 'RepublishReport' });
export type RepublishReport = z.infer<typeof RepublishReport>;
