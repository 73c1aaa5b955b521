import * as z from 'zod';
import { address, manageWebhooks, secretName, withoutSlashes } from '../connection-settings.ts';
import { defineChannel } from '../descriptor.ts';
import { paymentRules } from '../payment-rules.ts';

/** The address of a store as `X-WC-Webhook-Source` gives it, without the slashes at its end. */
const store = address.overwrite(withoutSlashes).meta({ example: 'https://shop.example' });

export const WOOCOMMERCE = defineChannel({
  kind: 'WOOCOMMERCE',
  settings: z.strictObject({
    store,
    apiBaseUrl: address
      .optional()
      .meta({ description: "Where the store's REST API is reached, if elsewhere." }),
    paymentRules,
    manageWebhooks,
    secretName,
  }),
  identity: (settings) => ({ identity: settings.store, setting: 'store' }),
  apiHosts: (settings) => [new URL(settings.store).host],
  webhook: {
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
        'X-WC-Webhook-Source': z
          .string()
          .meta({ description: 'The store.', example: 'https://shop.example/' }),
        'X-WC-Webhook-Delivery-ID': z.string().optional().meta({ description: 'One delivery.' }),
      }),
      body: z.looseObject({}).meta({ description: 'The order as the REST API v3 of WooCommerce has it.' }),
    },
  },
});
