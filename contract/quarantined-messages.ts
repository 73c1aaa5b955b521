import * as z from 'zod';
import { text } from '../domain/text.ts';
import { pageOf } from './requests.ts';

const instant = z.string().meta({ format: 'date-time' });

/** What can become of a message that was kept aside. */
export const QUARANTINE_STATUSES = ['WAITING', 'TAKEN_IN', 'DISMISSED'] as const;
export type QuarantineStatus = (typeof QUARANTINE_STATUSES)[number];

/** A signed message of a channel that nothing here could deal with, as a list shows it. */
export const QuarantinedMessage = z
  .object({
    keptMessageId: z.string(),
    channel: z.enum(['SHOPIFY', 'SQUARE', 'EDI', 'CARRIER']),
    source: z.string().optional().meta({ description: 'The shop, merchant or partner that sent it.' }),
    topic: z.string().meta({ description: 'What the message is, in the words of its channel.' }),
    reason: z.string().meta({ description: 'Why it was kept aside, as of the last try.' }),
    receivedAt: instant,
    status: z.enum(QUARANTINE_STATUSES),
    tries: z.int().meta({ description: 'How often it was tried again.' }),
    decidedBy: z.string().optional(),
    decidedAt: instant.optional(),
    note: z.string().optional().meta({ description: 'Why it was dismissed.' }),
    orderIds: z.array(z.string()).optional().meta({ description: 'The orders it concerned, once taken in.' }),
  })
  .meta({ id: 'KeptMessage' });
export type QuarantinedMessage = z.infer<typeof QuarantinedMessage>;

/** The same with what was sent. */
export const QuarantinedMessageWithBody = QuarantinedMessage.extend({
  body: z.string().meta({ description: 'As it was sent; bytes that are no UTF-8 are replaced.' }),
  bodyIsCutOff: z.boolean().meta({ description: 'Whether it was too large to be kept whole.' }),
}).meta({ id: 'KeptMessageWithBody' });
export type QuarantinedMessageWithBody = z.infer<typeof QuarantinedMessageWithBody>;

/** GET /v1/operations/kept-messages */
export const QuarantinedMessagesQuery = z.strictObject({
  status: z.enum(QUARANTINE_STATUSES).default('WAITING').meta({ description: 'What became of the message.' }),
  ...pageOf(100, 50),
});

/** POST /v1/operations/kept-messages/{keptMessageId}/dismiss */
export const DismissRequest = z.strictObject({ reason: text(500) }).meta({ id: 'DismissRequest' });
