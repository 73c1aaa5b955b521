import * as z from 'zod';
import { CarrierMessage } from '../../carrier-message.ts';
import type { AnswerDescription, Operations } from '../types.ts';

const quarantined: AnswerDescription = {
  description: 'Signed, but not understood or not expected: kept aside for an operator.',
  schema: z.object({ status: z.literal('kept aside'), reason: z.string() }),
};

const repeat = z.object({ status: z.literal('repeat') });

/** Messages of channels; whoever signs them is let in. */
export const WEBHOOK_OPERATIONS: Operations = {
  'POST /webhooks/shopify': {
    id: 'takeInShopifyMessage',
    summary: 'Takes in a message of Shopify.',
    description: 'A repeat is known by its delivery, by its event, and by what it says.',
    signature: 'X-Shopify-Hmac-Sha256',
    headers: z.object({
      'X-Shopify-Topic': z.string().meta({ description: 'What happened.', example: 'orders/create' }),
      'X-Shopify-Shop-Domain': z
        .string()
        .meta({ description: 'The shop that tells it.', example: 'northfield-test.myshopify.com' }),
      'X-Shopify-Webhook-Id': z.string().optional().meta({ description: 'One delivery and its retries.' }),
      'X-Shopify-Event-Id': z.string().optional().meta({ description: 'One action of the merchant.' }),
    }),
    body: z.looseObject({}).meta({ description: "Shopify's own message of the topic." }),
    answers: {
      200: {
        description: 'Taken in, or a repeat of what was.',
        schema: z.union([
          z.object({ status: z.literal('ok'), orderId: z.string().nullable(), detail: z.string() }),
          repeat,
        ]),
      },
      202: quarantined,
    },
  },
  'POST /webhooks/square': {
    id: 'takeInSquareMessage',
    summary: 'Takes in a message of Square.',
    description:
      'The signature is over the notification URL of the subscription and the raw body. Messages carry ids; the order itself is fetched from Square. A repeat is known by its event, and by order and version.',
    signature: 'x-square-hmacsha256-signature',
    body: z
      .looseObject({ merchant_id: z.string(), type: z.string(), event_id: z.string() })
      .meta({ description: "Square's own event." }),
    answers: {
      200: {
        description: 'Taken in, or a repeat of what was.',
        schema: z.union([
          z.object({ status: z.literal('ok'), orderId: z.string().nullable(), detail: z.string() }),
          repeat,
        ]),
      },
      202: quarantined,
    },
  },
  'POST /webhooks/edi': {
    id: 'takeInInterchange',
    summary: 'Takes in X12 interchanges of a trading partner, and answers each.',
    description:
      'Takes 850, 860, 997 and 999, of 004010 and 005010. The answer holds a 997 for each group, and a TA1 where one is asked for or owed. An interchange that comes again gets its first answer again; another under a used control number gets TA1 025. The signature is the HMAC-SHA256 of the raw body, in hexadecimal digits. Up to 5 MiB.',
    signature: 'X-EDI-Signature',
    body: z.string().meta({ description: 'One or more interchanges, ISA to IEA.' }),
    mediaType: 'application/edi-x12',
    answers: {
      200: {
        description: 'Read: what of it was accepted is said in the answer.',
        schema: z.string(),
        mediaType: 'application/edi-x12',
      },
    },
    problems: ['unreadable_interchange'],
  },
  'POST /webhooks/carrier': {
    id: 'takeInCarrierMessage',
    summary: "Takes in a carrier's news of a parcel.",
    description: 'The signature is the HMAC-SHA256 of the raw body, in hexadecimal digits.',
    signature: 'X-Carrier-Signature',
    body: CarrierMessage,
    example: {
      eventId: 'e-4711',
      trackingNumber: '1Z999AA10123456784',
      status: 'delivered',
      occurredAt: '2026-03-12T10:00:00Z',
      signedBy: 'D. Whitfield',
    },
    answers: {
      200: {
        description: 'Taken in, or a repeat of what was.',
        schema: z.union([z.object({ status: z.literal('ok'), orderIds: z.array(z.string()) }), repeat]),
      },
      202: quarantined,
    },
  },
};
