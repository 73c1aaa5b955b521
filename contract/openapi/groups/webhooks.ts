import * as z from 'zod';
import { CarrierMessage } from '../../carrier-message.ts';
import type { AnswerDescription, Operations } from '../types.ts';

const quarantined: AnswerDescription = {
  description: 'Authenticated, but cannot be processed: quarantined for an operator.',
  schema: z.object({ status: z.literal('kept aside'), reason: z.string() }),
};

const repeat = z.object({ status: z.literal('repeat') });

/** Messages of channels, authenticated by their signature. */
export const WEBHOOK_OPERATIONS: Operations = {
  'POST /webhooks/shopify': {
    id: 'receiveShopifyMessage',
    summary: 'Receives a message of Shopify.',
    description: 'A repeat is recognised by its delivery, by its event, and by its content.',
    signature: 'X-Shopify-Hmac-Sha256',
    headers: z.object({
      'X-Shopify-Topic': z.string().meta({ description: 'The topic.', example: 'orders/create' }),
      'X-Shopify-Shop-Domain': z
        .string()
        .meta({ description: 'The shop that sends it.', example: 'northfield-test.myshopify.com' }),
      'X-Shopify-Webhook-Id': z.string().optional().meta({ description: 'One delivery and its retries.' }),
      'X-Shopify-Event-Id': z.string().optional().meta({ description: 'One action of the merchant.' }),
    }),
    body: z.looseObject({}).meta({ description: "Shopify's own message of the topic." }),
    answers: {
      200: {
        description: 'Processed, or a repeat.',
        schema: z.union([
          z.object({ status: z.literal('ok'), orderId: z.string().nullable(), detail: z.string() }),
          repeat,
        ]),
      },
      202: quarantined,
    },
  },
  'POST /webhooks/square': {
    id: 'receiveSquareMessage',
    summary: 'Receives a message of Square.',
    description:
      'The signature is over the notification URL of the subscription and the raw body. Messages contain ids; the order is fetched from Square. A repeat is recognised by its event, and by order and version.',
    signature: 'x-square-hmacsha256-signature',
    body: z
      .looseObject({ merchant_id: z.string(), type: z.string(), event_id: z.string() })
      .meta({ description: "Square's own event." }),
    answers: {
      200: {
        description: 'Processed, or a repeat.',
        schema: z.union([
          z.object({ status: z.literal('ok'), orderId: z.string().nullable(), detail: z.string() }),
          repeat,
        ]),
      },
      202: quarantined,
    },
  },
  'POST /webhooks/edi': {
    id: 'receiveInterchange',
    summary: 'Receives X12 interchanges of a trading partner and acknowledges each.',
    description:
      '850, 860, 997 and 999 in versions 004010 and 005010. The response contains a 997 for each group, and a TA1 where one is requested or required. A repeated interchange gets its first response again; other content under a used control number gets TA1 025. The signature is the hex HMAC-SHA256 of the raw body. Up to 5 MiB.',
    signature: 'X-EDI-Signature',
    body: z.string().meta({ description: 'One or more interchanges, ISA to IEA.' }),
    mediaType: 'application/edi-x12',
    answers: {
      200: {
        description: 'Acknowledgments, which say what was accepted.',
        schema: z.string(),
        mediaType: 'application/edi-x12',
      },
    },
    problems: ['unreadable_interchange'],
  },
  'POST /webhooks/carrier': {
    id: 'receiveCarrierMessage',
    summary: "Receives a carrier's tracking update.",
    description: 'The signature is the hex HMAC-SHA256 of the raw body.',
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
        description: 'Processed, or a repeat.',
        schema: z.union([z.object({ status: z.literal('ok'), orderIds: z.array(z.string()) }), repeat]),
      },
      202: quarantined,
    },
  },
};
