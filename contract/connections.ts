import * as z from 'zod';
import { text } from '../domain/text.ts';

const domainName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'a domain name')
  .meta({ example: 'northfield-test.myshopify.com' });

/** An address that holds no name and password: connections are shown to whoever may read them. */
const address = z
  .url({ protocol: /^https?$/, error: 'an http or https address' })
  .max(500)
  .refine((value) => {
    const url = URL.parse(value);
    return url === null || (url.username === '' && url.password === '');
  }, 'an address without name and password');

/** What the names of connections' secrets begin with in Secrets Manager; others cannot be read by what is deployed. */
export const CONNECTION_SECRETS = 'order-loop/connections/';

/** Secrets Manager's name of a secret; the secret itself is never part of a connection. */
const secretName = z
  .string()
  .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'the name of a secret')
  .optional()
  .meta({
    description: `Name of the secret that the other side signs with, beginning with "${CONNECTION_SECRETS}" and, where it is deployed, the stage. It holds {"current", "previous"?, "accessToken"?} and is never shown.`,
  });

/** Identifiers of X12 envelopes, without the blanks that fill them up to their fixed width. */
const qualifier = z.string().regex(/^[A-Z0-9]{2}$/, 'two capital letters or digits');
const interchangeId = z
  .string()
  .overwrite((value) => value.trimEnd())
  .regex(/^[\x21-\x7e][\x20-\x7e]{0,14}$/, '1 to 15 printable characters');

const name = text(200)
  .refine((value) => value.trim() !== '', 'a name is not blank')
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
    notificationUrl: address.optional().meta({ description: 'As configured at Square: it is signed, too.' }),
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
    deliverTo: address.optional().meta({ description: 'Where our documents are sent to.' }),
    acknowledgment: z
      .enum(['997', '999'])
      .default('997')
      .meta({ description: 'How we answer their groups; a 999 for the few that ask for it.' }),
    gs1CompanyPrefix: z
      .string()
      .regex(/^\d{7,10}$/, '7 to 10 digits')
      .optional()
      .meta({
        description:
          'What our SSCC labels begin with. Without it they are of the range that GS1 leaves to the use within one company.',
      }),
    x12Version: z
      .enum(['004010', '005010'])
      .optional()
      .meta({ description: 'In which version of X12 our documents are written; 004010 without it.' }),
    creditNotes: z.enum(['NEGATIVE', 'POSITIVE']).optional().meta({
      description:
        'Send an 810 credit memo (BIG07 CR) for what comes back, with amounts and quantities below or above zero, as was agreed with the partner. Without it none are sent, and finance credits the partner in its own way.',
    }),
    acceptErrors: z
      .boolean()
      .default(false)
      .meta({ description: 'Accept what has errors, and say so (E), in place of rejecting it (R).' }),
    secretName,
  }),
});
const carrier = z.strictObject({
  kind: z.literal('CARRIER'),
  name,
  settings: z.strictObject({
    carrier: text(100).optional().meta({ description: 'What shipments call the carrier.' }),
    secretName,
  }),
});

/** PUT /v1/connections/{connectionId}: a shop, a Square account, a trading partner or a carrier. */
export const ConnectionRequest = z
  .discriminatedUnion('kind', [shopify, square, edi, carrier])
  .meta({ id: 'ConnectionRequest' });
export type ConnectionRequest = z.infer<typeof ConnectionRequest>;
export type ConnectionKind = ConnectionRequest['kind'];

const kept = { connectionId: z.string(), updatedAt: z.iso.datetime() };

/** A connection as it is kept and shown. */
export const Connection = z
  .discriminatedUnion('kind', [
    shopify.extend(kept),
    square.extend(kept),
    edi.extend(kept),
    carrier.extend(kept),
  ])
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const ConnectionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, '1 to 100 letters, digits, dots, underscores and hyphens')
  .meta({
    description: 'The name of the connection, chosen by whoever makes it.',
    example: 'harbor-markets',
  });

/** Those who tell who they are in each message. */
export type IdentifiedKind = Exclude<ConnectionKind, 'CARRIER'>;

/** By what a message tells which connection it belongs to, and the setting that says so. */
export interface ConnectionIdentity {
  readonly kind: IdentifiedKind;
  /** The shop's domain, the merchant's id, or what `ediIdentity` makes of the sender. */
  readonly identity: string;
  readonly setting: string;
}

/** @returns what the messages of a connection are known by; null for carriers, whose messages name none. */
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

/** What an X12 sender is known by: ISA05 and ISA06, with or without the blanks that fill it up. */
export function ediIdentity(isaQualifier: string, isaId: string): string {
  return `${isaQualifier} ${isaId.trimEnd()}`;
}
