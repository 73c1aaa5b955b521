import * as z from 'zod';
import { MESSAGE_CHANNELS } from './inbound-messages.ts';
import { pageOf } from './requests.ts';

const instant = z.string().meta({ format: 'date-time' });

/** States of a quarantined message. */
const QUARANTINE_STATUSES = ['WAITING', 'TAKEN_IN', 'DISMISSED'] as const;
export type QuarantineStatus = (typeof QUARANTINE_STATUSES)[number];

/** A signed message of a channel that could not be processed, as a list returns it. */
export const QuarantinedMessage = z
  .object({
    keptMessageId: z.string(),
    channel: z.enum(MESSAGE_CHANNELS),
    source: z.string().optional().meta({ description: 'The shop, merchant or partner that sent it.' }),
    topic: z.string().meta({ description: 'The topic of the message, as its channel names it.' }),
    reason: z.string().meta({ description: 'Why it is quarantined, as of the last attempt.' }),
    receivedAt: instant,
    status: z.enum(QUARANTINE_STATUSES),
    tries: z.int().meta({ description: 'Number of retries.' }),
    decidedBy: z.string().optional(),
    decidedAt: instant.optional(),
    note: z.string().optional().meta({ description: 'Why it was dismissed.' }),
    orderIds: z
      .array(z.string())
      .optional()
      .meta({ description: 'The orders it concerned, once processed.' }),
  })
  .meta({ id: 'KeptMessage' });
export type QuarantinedMessage = z.infer<typeof QuarantinedMessage>;

/** A quarantined message with its body. */
export const QuarantinedMessageWithBody = QuarantinedMessage.extend({
  body: z.string().meta({ description: 'As it was sent; bytes that are not UTF-8 are replaced.' }),
  bodyIsCutOff: z.boolean().meta({ description: 'Whether it was too large to be stored whole.' }),
}).meta({ id: 'KeptMessageWithBody' });
export type QuarantinedMessageWithBody = z.infer<typeof QuarantinedMessageWithBody>;

/** GET /v1/operations/kept-messages */
export const QuarantinedMessagesQuery = z.strictObject({
  status: z.enum(QUARANTINE_STATUSES).default('WAITING').meta({ description: 'State of the message.' }),
  ...pageOf(100, 50),
});
