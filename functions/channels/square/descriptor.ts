import * as z from 'zod';
import { address, manageWebhooks, secretName, stock } from '../connection-settings.ts';
import { defineChannel } from '../descriptor.ts';
import { paymentRules } from '../payment-rules.ts';
import { SQUARE_WEBHOOK } from './webhook.ts';

export const SQUARE = defineChannel({
  kind: 'SQUARE',
  settings: z.strictObject({
    merchantId: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "Square's id of the merchant"),
    notificationUrl: address
      .optional()
      .meta({ description: 'As configured at Square: the signature includes it.' }),
    apiBaseUrl: address.optional(),
    clientId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,100}$/, 'an application ID')
      .optional()
      .meta({
        description:
          'ID of the application that the seller gives access to; its secret is `clientSecret` of the secret.',
      }),
    locationId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,100}$/, "Square's id of a location")
      .optional()
      .meta({
        description:
          "Square's id of the location in which stock is published. Without it: the only active one; an account with several has to name one.",
      }),
    paymentRules,
    manageWebhooks,
    secretName,
    stock,
  }),
  identity: ({ merchantId }) => ({ identity: merchantId, setting: 'merchantId' }),
  apiHosts: () => ['connect.squareup.com', 'connect.squareupsandbox.com'],
  webhook: SQUARE_WEBHOOK,
});
