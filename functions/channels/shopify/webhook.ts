import * as z from 'zod';
import type { WebhookDescriptor } from '../descriptor.ts';

export const SHOPIFY_WEBHOOK = {
  path: 'shopify',
  sender: 'shops at Shopify',
  purpose: 'Orders and changes that Shopify sends',
  signatureHeader: 'X-Shopify-Hmac-Sha256',
  operation: {
    id: 'receiveShopifyMessage',
    summary: 'Receives a message of Shopify.',
    description: 'A repeat is recognised by its delivery, and by its content.',
    headers: z.object({
      'X-Shopify-Topic': z.string().meta({ description: 'The topic.', example: 'orders/create' }),
      'X-Shopify-Shop-Domain': z
        .string()
        .meta({ description: 'The shop that sends it.', example: 'northfield-test.myshopify.com' }),
      'X-Shopify-Webhook-Id': z.string().optional().meta({ description: 'One delivery and its retries.' }),
      'X-Shopify-Event-Id': z.string().optional().meta({ description: 'One action of the merchant.' }),
    }),
    body: z.looseObject({}).meta({ description: "Shopify's own message of the topic." }),
  },
} as const satisfies WebhookDescriptor;
