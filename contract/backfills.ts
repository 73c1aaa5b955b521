import * as z from 'zod';
import { dateOrInstant } from './requests.ts';

const instant = z.string().meta({ format: 'date-time' });

/** How many orders of a shop were found to be what. */
const counts = {
  looked: z
    .int()
    .meta({ description: 'Orders that were compared with the shop, or files found in the mailbox.' }),
  received: z.int().meta({ description: 'Orders that were not known here, or files received.' }),
  changed: z.int().meta({ description: 'Orders that were otherwise here than in the shop.' }),
  quarantined: z
    .int()
    .meta({ description: 'Orders or files that wait for an operator, under Inbound messages.' }),
  failed: z.int().meta({
    description: 'Orders that the shop did not give, or files that were not taken; they are tried again.',
  }),
};

/** The last time that a shop was asked which of its orders changed, or a mailbox was looked into. */
export const LastPollResponse = z
  .object({
    at: instant,
    ...counts,
    healed: z.int().meta({ description: 'Orders that were missing or different here, and no longer are.' }),
    isComplete: z
      .boolean()
      .meta({ description: 'Whether every change was looked at; the next poll continues otherwise.' }),
    failure: z
      .string()
      .optional()
      .meta({ description: 'Why the shop could not be asked, or a file not taken.' }),
  })
  .meta({ id: 'LastPoll' });
export type LastPollResponse = z.infer<typeof LastPollResponse>;

/** The last look at the webhook subscriptions of a shop. */
export const SubscriptionsResponse = z
  .object({
    checkedAt: instant,
    made: z.array(z.string()).meta({ description: 'Topics whose subscription was missing, and was made.' }),
    refused: z.array(z.string()).meta({ description: 'Topics that the shop refused, with its reason.' }),
    note: z.string().optional().meta({ description: 'What an operator does in place of the loop.' }),
    failure: z.string().optional().meta({ description: 'Why they could not be looked at.' }),
  })
  .meta({ id: 'WebhookSubscriptions' });
export type SubscriptionsResponse = z.infer<typeof SubscriptionsResponse>;

/** POST /v1/connections/{connectionId}/backfill */
export const BackfillRequest = z
  .strictObject({
    from: dateOrInstant('T00:00:00.000Z')
      .refine((from) => Date.parse(from) <= Date.now(), 'is in the future')
      .refine((from) => from >= '2000', 'is before 2000')
      .meta({ description: 'Orders that changed then or later.', example: '2026-01-01' }),
  })
  .meta({ id: 'BackfillRequest' });

/** How far the earlier orders of a shop have been read. */
export const BackfillResponse = z
  .object({
    connectionId: z.string(),
    state: z.enum(['RUNNING', 'FINISHED']),
    from: instant,
    requestedAt: instant,
    requestedBy: z.string(),
    reachedAt: instant.meta({ description: "The latest change that was looked at, in the shop's time." }),
    ...counts,
    finishedAt: instant.optional(),
    failure: z
      .string()
      .optional()
      .meta({ description: 'Why the last run ended early; the next one continues.' }),
  })
  .meta({ id: 'Backfill' });
export type BackfillResponse = z.infer<typeof BackfillResponse>;
