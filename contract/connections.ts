import * as z from 'zod';
import { text } from '../domain/text.ts';

const domainName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'a domain name')
  .meta({ example: 'northfield-test.myshopify.com' });

/** A URL without user name and password: everybody with the scope can read a connection. */
const address = z
  .url({ protocol: /^https?$/, error: 'an http or https address' })
  .max(500)
  .refine((value) => {
    const url = URL.parse(value);
    return url === null || (url.username === '' && url.password === '');
  }, 'an address without name and password');

/** Prefix of the names of connections' secrets in Secrets Manager; the deployed roles allow no others. */
export const CONNECTION_SECRETS = 'order-loop/connections/';

/** The name of a secret in Secrets Manager; the secret itself is never part of a connection. */
const secretName = z
  .string()
  .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'the name of a secret')
  .optional()
  .meta({
    description: `Name of the secret that the sender signs with, beginning with "${CONNECTION_SECRETS}" and, when deployed, the stage. It holds {"current", "previous"?, "accessToken"?} and is never returned.`,
  });

/** Identifiers of X12 envelopes, without the padding of their fixed width. */
const qualifier = z.string().regex(/^[A-Z0-9]{2}$/, 'two capital letters or digits');
const interchangeId = z
  .string()
  .overwrite((value) => value.trimEnd())
  .regex(/^[\x21-\x7e][\x20-\x7e]{0,14}$/, '1 to 15 printable characters');

const name = text(200)
  .refine((value) => value.trim() !== '', 'must not be blank')
  .meta({ example: 'Harbor Markets' });

const shopify = z.strictObject({
  kind: z.literal('SHOPIFY'),
  name,
  settings: z.strictObject({ shop: domainName, apiBaseUrl: address.optional(), secretName }),
});
const square = z.strictObject({
  kind: z.literal('SQUARE'),
  name,
  settings: z.strictObject({
    merchantId: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "Square's id of the merchant"),
    notificationUrl: address
      .optional()
      .meta({ description: 'As configured at Square: the signature includes it.' }),
    apiBaseUrl: address.optional(),
    secretName,
  }),
});
const edi = z.strictObject({
  kind: z.literal('EDI'),
  name,
  settings: z.strictObject({
    isaQualifier: qualifier,
    isaId: interchangeId,
    gsId: interchangeId,
    ourIsaQualifier: qualifier,
    ourIsaId: interchangeId,
    ourGsId: interchangeId,
    deliverTo: address.optional().meta({ description: 'URL that our documents are sent to.' }),
    acknowledgment: z
      .enum(['997', '999'])
      .default('997')
      .meta({ description: 'How we acknowledge their groups; 999 for partners that require it.' }),
    gs1CompanyPrefix: z
      .string()
      .regex(/^\d{7,10}$/, '7 to 10 digits')
      .optional()
      .meta({
        description:
          'Prefix of our SSCC labels. Without it they are in the range that GS1 reserves for use within one company.',
      }),
    x12Version: z
      .enum(['004010', '005010'])
      .optional()
      .meta({ description: 'X12 version of our documents. Default 004010.' }),
    creditNotes: z.enum(['NEGATIVE', 'POSITIVE']).optional().meta({
      description:
        'Send an 810 credit memo (BIG07 CR) for returns, with negative or positive amounts and quantities, as agreed with the partner. Without it none is sent, and finance credits the partner outside EDI.',
    }),
    acceptErrors: z.boolean().default(false).meta({
      description: 'Accept documents with errors and report them (E) instead of rejecting them (R).',
    }),
    secretName,
  }),
});
const carrier = z.strictObject({
  kind: z.literal('CARRIER'),
  name,
  settings: z.strictObject({
    carrier: text(100).optional().meta({ description: 'The carrier name that shipments use.' }),
    secretName,
  }),
});

/** PUT /v1/connections/{connectionId}: a shop, a Square account, a trading partner or a carrier. */
export const ConnectionRequest = z
  .discriminatedUnion('kind', [shopify, square, edi, carrier])
  .meta({ id: 'ConnectionRequest' });
export type ConnectionRequest = z.infer<typeof ConnectionRequest>;
export type ConnectionKind = ConnectionRequest['kind'];

const stored = { connectionId: z.string(), updatedAt: z.iso.datetime() };

/** A connection as it is stored and returned. */
export const Connection = z
  .discriminatedUnion('kind', [
    shopify.extend(stored),
    square.extend(stored),
    edi.extend(stored),
    carrier.extend(stored),
  ])
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, '1 to 100 letters, digits, dots, underscores and hyphens')
  .meta({
    description: 'The id of the connection, chosen by the client that creates it.',
    example: 'harbor-markets',
  });

/** Kinds whose messages name their sender. */
export type IdentifiedKind = Exclude<ConnectionKind, 'CARRIER'>;

/** How a message identifies its connection, and the setting that holds this identity. */
export interface ConnectionIdentity {
  readonly kind: IdentifiedKind;
  /** The shop's domain, the merchant's id, or the `ediIdentity` of the sender. */
  readonly identity: string;
  readonly setting: string;
}

/** @returns the identity in the messages of a connection; null for carriers, whose messages name none. */
export function connectionIdentity(connection: ConnectionRequest): ConnectionIdentity | null {
  switch (connection.kind) {
    case 'SHOPIFY':
      return { kind: connection.kind, identity: connection.settings.shop, setting: 'shop' };
    case 'SQUARE':
      return { kind: connection.kind, identity: connection.settings.merchantId, setting: 'merchantId' };
    case 'EDI': {
      const { isaQualifier, isaId } = connection.settings;
      return { kind: connection.kind, identity: ediIdentity(isaQualifier, isaId), setting: 'isaId' };
    }
    case 'CARRIER':
      return null;
  }
}

/** @returns the identity of an X12 sender: ISA05 and ISA06, the latter with or without its padding. */
export function ediIdentity(isaQualifier: string, isaId: string): string {
  return `${isaQualifier} ${isaId.trimEnd()}`;
}
