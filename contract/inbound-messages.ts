import * as z from 'zod';
import { CHANNELS } from '../domain/order/channels.ts';
import { text } from '../domain/text.ts';
import { pageOf } from './requests.ts';

const instant = z.string().meta({ format: 'date-time' });

/**
 * Where a message stands: RECEIVED until something came of it; PROCESSED; QUARANTINED for an operator; REJECTED, of which
 * its sender was informed; or DISMISSED by an operator.
 */
export const MESSAGE_STATES = ['RECEIVED', 'PROCESSED', 'QUARANTINED', 'REJECTED', 'DISMISSED'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** Where a message came from: a channel, or a carrier, which reports on orders of every channel. */
export const MESSAGE_CHANNELS = [...CHANNELS, 'CARRIER'] as const;
export type MessageChannel = (typeof MESSAGE_CHANNELS)[number];

/** A message of a channel or a carrier, as a list shows it. */
export const InboundMessageResponse = z
  .object({
    messageId: z.string(),
    channel: z.enum(MESSAGE_CHANNELS),
    connectionId: z
      .string()
      .nullable()
      .meta({ description: 'The connection that it came over; null where the sender has none.' }),
    source: z.string().meta({
      description: 'The shop, merchant, partner or carrier that sent it, in the words of its channel.',
    }),
    topic: z.string().meta({ description: 'What the message is, in the words of its channel.' }),
    receivedAt: instant,
    state: z.enum(MESSAGE_STATES),
    reason: z.string().optional().meta({ description: 'Why it is quarantined or rejected.' }),
    orderIds: z.array(z.string()).meta({ description: 'The orders that it is about.' }),
    detail: z.string().optional().meta({ description: 'What was done.' }),
    account: z
      .array(
        z.object({
          element: z.string(),
          disposition: z.enum(['mapped', 'kept', 'ignored', 'unresolved']),
          detail: z.string(),
          count: z.int(),
        }),
      )
      .optional()
      .meta({ description: 'What became of each element, for messages that are accounted for.' }),
    attempts: z.int().meta({ description: 'How often it was processed again after it arrived.' }),
    decidedBy: z.string().optional().meta({ description: 'Who retried or dismissed it.' }),
    decidedAt: instant.optional(),
    note: z.string().optional().meta({ description: 'Why it was dismissed.' }),
  })
  .meta({ id: 'InboundMessage' });
export type InboundMessageResponse = z.infer<typeof InboundMessageResponse>;

/** The same with its body, as long as there is one. */
export const InboundMessageWithBody = InboundMessageResponse.extend({
  body: z
    .string()
    .optional()
    .meta({ description: 'As it was sent; bytes that are no UTF-8 are replaced. Absent where it expired.' }),
}).meta({ id: 'InboundMessageWithBody' });
export type InboundMessageWithBody = z.infer<typeof InboundMessageWithBody>;

/** GET /v1/inbound-messages */
export const InboundMessagesQuery = z.strictObject({
  state: z.enum(MESSAGE_STATES).optional().meta({ description: 'State of the message.' }),
  channel: z.enum(MESSAGE_CHANNELS).optional().meta({ description: 'Where it came from.' }),
  orderId: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id')
    .optional()
    .meta({ description: 'Only messages about this order.' }),
  ...pageOf(100, 50),
});
export type InboundMessagesQuery = z.infer<typeof InboundMessagesQuery>;

/** POST /v1/inbound-messages/{messageId}/dismissal */
export const DismissRequest = z.strictObject({ reason: text(500) }).meta({ id: 'DismissRequest' });
