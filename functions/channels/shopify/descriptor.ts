import * as z from 'zod';
import { address, manageWebhooks, secretName, stock } from '../connection-settings.ts';
import { defineChannel } from '../descriptor.ts';
import { paymentRules } from '../payment-rules.ts';
import { SHOPIFY_WEBHOOK } from './webhook.ts';

/** Versions of the Admin API that the requests are valid in, oldest first; a test holds them against Shopify's schemas. */
export const API_VERSIONS = ['2025-10', '2026-01', '2026-04', '2026-07', '2026-10'] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** What is asked for where the connection names none. */
export const API_VERSION: ApiVersion = '2026-10';

const domainName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'a domain name')
  .meta({ example: 'northfield-test.myshopify.com' });

export const SHOPIFY = defineChannel({
  kind: 'SHOPIFY',
  settings: z.strictObject({
    shop: domainName,
    apiBaseUrl: address.optional(),
    apiVersion: z
      .enum(API_VERSIONS)
      .optional()
      .meta({ description: `The version of the Admin API to ask in; ${API_VERSION} where none is named.` }),
    clientId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,100}$/, 'a client ID')
      .optional()
      .meta({
        description:
          'Client ID of the app, whose client secret is `current` of the secret. Access is given by the authorization of the connection; an app of the own organization without one asks for tokens by itself.',
      }),
    locationId: z
      .string()
      .regex(/^[0-9]{1,20}$/, "Shopify's id of a location: digits")
      .optional()
      .meta({
        description:
          "Shopify's id of the location in which stock is published. Without it: the only active one; a shop with several has to name one.",
      }),
    paymentRules,
    manageWebhooks,
    secretName,
    stock,
  }),
  identity: ({ shop }) => ({ identity: shop, setting: 'shop' }),
  apiHosts: ({ shop }) => [shop],
  webhook: SHOPIFY_WEBHOOK,
});
