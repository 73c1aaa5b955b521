import * as z from 'zod';
import type { WebhookDescriptor } from '../descriptor.ts';

export const WOOCOMMERCE_WEBHOOK = {
  path: 'woocommerce',
  sender: 'stores at WooCommerce',
  purpose: 'Orders and changes that WooCommerce sends',
  signatureHeader: 'X-WC-Webhook-Signature',
  operation: {
    id: 'receiveWooCommerceMessage',
    summary: 'Receives a message of WooCommerce.',
    description:
      'The topics order.created, order.updated, order.deleted and order.restored are acted on. A repeat is recognized by its delivery id.',
    headers: z.object({
      'X-WC-Webhook-Topic': z.string().meta({ description: 'The topic.', example: 'order.created' }),
      'X-WC-Webhook-Source': z.string().meta({ description: 'The store.', example: 'https://shop.example/' }),
      'X-WC-Webhook-Delivery-ID': z.string().optional().meta({ description: 'One delivery.' }),
    }),
    body: z.looseObject({}).meta({ description: 'The order as the REST API v3 of WooCommerce has it.' }),
  },
} as const satisfies WebhookDescriptor;
