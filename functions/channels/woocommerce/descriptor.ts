import * as z from 'zod';
import { address, manageWebhooks, secretName, stock, withoutSlashes } from '../connection-settings.ts';
import { defineChannel } from '../descriptor.ts';
import { paymentRules } from '../payment-rules.ts';
import { WOOCOMMERCE_WEBHOOK } from './webhook.ts';

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
    stock,
  }),
  identity: (settings) => ({ identity: settings.store, setting: 'store' }),
  apiHosts: (settings) => [new URL(settings.store).host],
  webhook: WOOCOMMERCE_WEBHOOK,
});
