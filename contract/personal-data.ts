import * as z from 'zod';
import { Channel } from '../domain/order/terms.ts';
import { Reference } from '../domain/text.ts';
import { pageOf } from './requests.ts';

/** What holds personal data besides orders themselves. */
export const PERSONAL_STORES = [
  'history',
  'documents',
  'messages',
  'invoices',
  'answers',
  'approvals',
  'deliveries',
] as const;
export type PersonalStore = (typeof PERSONAL_STORES)[number];

/** Days within which an erasure is done that waits for nothing; the law gives a month. */
export const DUE_DAYS = 30;

/** POST /v1/erasures, POST /v1/data-requests: in the body, since addresses of requests are logged. */
export const PersonRequest = z
  .strictObject({
    email: z.email().max(254).optional().meta({ description: 'Of orders of any channel, in any case.' }),
    customerReference: Reference.optional().meta({
      description: 'The reference of a customer, or the name of one that has no reference.',
    }),
    channel: Channel.optional().meta({
      description: 'Of the customerReference: each shop numbers customers of its own.',
    }),
    source: Reference.optional().meta({ description: 'The shop or partner of the channel.' }),
  })
  .refine(({ email, customerReference }) => (email === undefined) !== (customerReference === undefined), {
    path: ['email'],
    error: 'email or customerReference, and not both',
  })
  .refine(({ customerReference, channel }) => channel === undefined || customerReference !== undefined, {
    path: ['channel'],
    error: 'only with customerReference',
  })
  .refine(({ channel, source }) => source === undefined || channel !== undefined, {
    path: ['source'],
    error: 'only with channel',
  })
  .meta({ id: 'PersonRequest', example: { email: 'ada@example.com' } });

const instant = z.string().meta({ format: 'date-time' });
const progress = {
  state: z.enum(['PENDING', 'RUNNING', 'DONE']),
  requestedAt: instant,
  requestedBy: z.string(),
  finishedAt: instant.optional(),
  orders: z.int().meta({ description: 'Orders that were found.' }),
  ambiguous: z
    .array(z.object({ channel: z.string(), source: z.string().optional() }))
    .optional()
    .meta({
      description:
        'Customers of all of these have the reference, so nothing was erased or gathered: ask again with channel and source.',
    }),
};
const count = z.int().optional();

/** An erasure, without what it erases. */
export const Erasure = z
  .object({
    erasureId: z.string(),
    ...progress,
    dueBy: instant.meta({ description: 'Done by then, unless it waits for something that is not.' }),
    erased: z
      .object({
        orders: count,
        history: count,
        documents: count,
        messages: count,
        invoices: count,
        answers: count,
        approvals: count,
        deliveries: count,
      } satisfies Record<PersonalStore | 'orders', typeof count>)
      .meta({
        description:
          'Items that were erased, by store. `answers` are those to requests with an Idempotency-Key.',
      }),
    waitingFor: z
      .object({
        orderIds: z.array(z.string()).meta({ description: 'Orders that are not closed or cancelled.' }),
        messageIds: z.array(z.string()).meta({ description: 'Messages that an operator has to decide.' }),
        approvalIds: z.array(z.string()).meta({
          description: 'What an agent asked for, that somebody approved and that is not concluded.',
        }),
      })
      .meta({ description: 'What still needs the data, a hundred of each at most.' }),
  })
  .meta({ id: 'Erasure' });
export type Erasure = z.infer<typeof Erasure>;

/** A request of a person for all that is kept of them. */
export const DataRequest = z
  .object({
    dataRequestId: z.string(),
    ...progress,
    expiresAt: instant.meta({ description: 'Until then `data` answers.' }),
  })
  .meta({ id: 'DataRequest' });
export type DataRequest = z.infer<typeof DataRequest>;

/** GET /v1/erasures */
export const ErasuresQuery = z.strictObject(pageOf(100, 25));
/** GET /v1/data-requests/{dataRequestId}/data */
export const PersonalDataQuery = z.strictObject(pageOf(25, 10));

/** One thing that is kept of a person. */
export const PersonalRecord = z
  .object({
    store: z.enum(['orders', ...PERSONAL_STORES]),
    content: z.unknown().meta({ description: 'As it is kept, unpacked.' }),
  })
  .meta({ id: 'PersonalRecord' });
export type PersonalRecord = z.infer<typeof PersonalRecord>;
