import { z } from 'zod';
import { text } from '../domain/text.ts';

const domainName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'a domain name in lower case');
const baseUrl = z.url({ protocol: /^https?$/ }).max(500);
/** Secrets Manager's name of a secret; the secret itself is never part of a connection. */
const secretName = z
  .string()
  .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'the name of a secret')
  .optional();
/** Identifiers of X12 envelopes: two characters of qualifier, up to fifteen of identifier. */
const qualifier = z.string().regex(/^[A-Z0-9]{2}$/, 'two characters');
const interchangeId = z.string().regex(/^[\x20-\x7e]{1,15}$/, 'up to 15 printable characters');

const Shopify = z.strictObject({ shop: domainName, apiBaseUrl: baseUrl.optional(), secretName });
const Square = z.strictObject({
  merchantId: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "Square's id of the merchant"),
  notificationUrl: baseUrl.optional(),
  apiBaseUrl: baseUrl.optional(),
  secretName,
});
const Edi = z.strictObject({
  isaQualifier: qualifier,
  isaId: interchangeId,
  gsId: interchangeId,
  ourIsaQualifier: qualifier,
  ourIsaId: interchangeId,
  ourGsId: interchangeId,
  deliverTo: baseUrl.optional(),
  acceptErrors: z.boolean().default(false),
  secretName,
});
const Carrier = z.strictObject({ carrier: text(100).optional(), secretName });

const name = text(200).refine((value) => value.trim() !== '', 'a name is not blank');

/** PUT /v1/connections/{connectionId}: a shop, a Square account, a trading partner or a carrier. */
export const ConnectionRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('SHOPIFY'), name, settings: Shopify }),
    z.strictObject({ kind: z.literal('SQUARE'), name, settings: Square }),
    z.strictObject({ kind: z.literal('EDI'), name, settings: Edi }),
    z.strictObject({ kind: z.literal('CARRIER'), name, settings: Carrier }),
  ])
  .meta({ id: 'ConnectionRequest' });
export type ConnectionRequest = z.infer<typeof ConnectionRequest>;
export type ConnectionKind = ConnectionRequest['kind'];

export type Connection = ConnectionRequest & { readonly connectionId: string; readonly updatedAt: string };

export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, . _ and -');

/** By what a message tells which connection it belongs to. */
export function connectionIdentity(connection: ConnectionRequest): string {
  switch (connection.kind) {
    case 'SHOPIFY':
      return connection.settings.shop;
    case 'SQUARE':
      return connection.settings.merchantId;
    case 'EDI':
      return `${connection.settings.isaQualifier} ${connection.settings.isaId.trimEnd()}`;
    case 'CARRIER':
      return connection.name;
  }
}
