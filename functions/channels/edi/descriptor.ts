import * as z from 'zod';
import { CONNECTION_SECRETS } from '../../../contract/secrets.ts';
import { Channel, OrderType } from '../../../domain/order/terms.ts';
import { address, namedSecret, secretName } from '../connection-settings.ts';
import { defineChannel } from '../descriptor.ts';
import { PartnerRules } from './partner-rules.ts';
import { EDI_WEBHOOK } from './webhook.ts';
import { X12_VERSIONS } from './x12/versions.ts';

/** Identifiers of X12 envelopes, without the padding of their fixed width. */
const qualifier = z.string().regex(/^[A-Z0-9]{2}$/, 'two capital letters or digits');
const interchangeId = z
  .string()
  .overwrite((value) => value.trimEnd())
  .regex(/^[\x21-\x7e][\x20-\x7e]{0,14}$/, '1 to 15 printable characters');

/** A directory on an SFTP server, without the slash at its end. */
const directory = z
  .string()
  .overwrite((path) => path.replace(/(?<=.)\/$/, ''))
  .regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 printable characters without blanks');

/** Where a partner leaves and fetches files. */
const mailbox = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'a host name or address'),
    port: z.int().min(1).max(65_535).default(22),
    username: z.string().regex(/^[\x21-\x7e]{1,100}$/, '1 to 100 printable characters without blanks'),
    hostKeyFingerprint: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'SHA256: and 43 characters')
      .meta({
        description: 'Fingerprint of the host key, as `ssh-keygen -l` prints it. Another key is refused.',
      }),
    inboundDirectory: directory.meta({ description: 'Where the partner leaves files for us.' }),
    outboundDirectory: directory.meta({ description: 'Where we leave files for the partner.' }),
    archiveDirectory: directory.optional().meta({
      description:
        'Where received files are moved. Without it they are deleted; the log of messages has them.',
    }),
    secretName: namedSecret.meta({
      description: `Name of the secret of the login, beginning with "${CONNECTION_SECRETS}" and, when deployed, the stage. Its "current" is the password, or a private key in PEM or OpenSSH form without passphrase.`,
    }),
  })
  .refine(
    ({ inboundDirectory, outboundDirectory, archiveDirectory }) =>
      inboundDirectory !== outboundDirectory && inboundDirectory !== archiveDirectory,
    { path: ['inboundDirectory'], error: 'a directory of its own: what lies in it is received' },
  );

/** Which orders a third party's warehouse ships. */
const warehouse = z.strictObject({
  channels: z.array(Channel).min(1).optional().meta({
    description: 'Orders of these channels alone. Default all.',
  }),
  orderTypes: z.array(OrderType).min(1).optional().meta({
    description: 'Orders of these types alone. Default all.',
  }),
});

/** @returns the identity of an X12 sender: ISA05 and ISA06, the latter with or without its padding. */
export function ediIdentity(isaQualifier: string, isaId: string): string {
  return `${isaQualifier} ${isaId.trimEnd()}`;
}

/** Begins the source of test orders (ISA15 T). It stands for nobody else: ISA05 is two characters. */
const TEST = 'TEST ';

/** @returns the source of a sender's orders; its test orders have another */
export function sourceOf({ identity, isTest = false }: { identity: string; isTest?: boolean }): string {
  return isTest ? `${TEST}${identity}` : identity;
}

/** @returns the identity of the sender whose orders have a source */
export function identityOfSource(source: string): string {
  return source.startsWith(TEST) ? source.slice(TEST.length) : source;
}

/** A character that divides segments and elements; none that words and numbers are made of, and no blank. */
const separator = z
  .string()
  .regex(/^[!-,/:-@[-`{-~\p{Cc}]$/u, 'one character that is no letter, digit, blank, minus or point')
  .refine((character) => character > '\0' && character < '\x7f', 'a character of ASCII');

const SeparatorSettings = z
  .strictObject({
    element: separator,
    component: separator,
    segment: separator.meta({ description: 'Ends each segment.' }),
    repetition: separator.default('^').meta({ description: 'Announced in versions from 004020 on.' }),
    lineBreak: z.boolean().default(true).meta({ description: 'Whether a line break follows each segment.' }),
  })
  .refine(
    ({ element, component, segment, repetition }) =>
      new Set([element, component, segment, repetition]).size === 4,
    'separators differ from each other',
  );

export const EDI = defineChannel({
  kind: 'EDI',
  settings: z.strictObject({
    isaQualifier: qualifier,
    isaId: interchangeId,
    gsId: interchangeId,
    ourIsaQualifier: qualifier,
    ourIsaId: interchangeId,
    ourGsId: interchangeId,
    deliverTo: address.optional().meta({ description: 'URL that our documents are sent to.' }),
    sftp: mailbox.optional().meta({
      description:
        'Mailbox of the partner on an SFTP server. Its files are received as if they were posted, and answered there. Without `deliverTo` our documents are put there too.',
    }),
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
      .enum(X12_VERSIONS)
      .optional()
      .meta({ description: 'X12 version of our documents. Default 004010.' }),
    creditNotes: z.enum(['NEGATIVE', 'POSITIVE']).optional().meta({
      description:
        'Send an 810 credit memo (BIG07 CR) for returns, with negative or positive amounts and quantities, as agreed with the partner. Without it none is sent, and finance credits the partner outside EDI.',
    }),
    changeAcknowledgment: z.enum(['865', '855', 'NONE']).optional().meta({
      description: 'How we answer their 860: by an 865, by a new 855, or not at all. Default 865.',
    }),
    acknowledgeWithinHours: z.int().min(0).max(720).optional().meta({
      description:
        'Hours within which they acknowledge our documents by a 997 or 999; later ones are listed and raise an alarm. 0: they acknowledge none. Default 24.',
    }),
    acceptErrors: z.boolean().default(false).meta({
      description: 'Accept documents with errors and report them (E) instead of rejecting them (R).',
    }),
    separators: SeparatorSettings.optional().meta({
      description:
        'Separators of everything that we send. Default * > ~ ^, or unprinted ones for a document that holds one of those. A separator within free text becomes a blank; a document with one elsewhere is blocked.',
    }),
    acknowledgmentLevel: z.enum(['SET', 'GROUP']).optional().meta({
      description:
        'SET: our 997 names each set. GROUP: it names those alone that are not accepted. Default SET.',
    }),
    shipNoticeLots: z.enum(['LOT_AND_EXPIRY', 'LOT', 'NONE']).optional().meta({
      description: 'What our 856 says of the lots that were shipped. Default LOT_AND_EXPIRY.',
    }),
    stockAdvice: z
      .strictObject({
        content: z.enum(['ALL', 'CHANGES']).meta({
          description: 'All products of the cross-reference each time, or those whose quantity changed.',
        }),
        everyMinutes: z
          .int()
          .min(5)
          .max(10_080)
          .default(60)
          .meta({ description: 'Minutes between two advices, at least.' }),
        reportType: z
          .string()
          .regex(/^[A-Z0-9]{2}$/, 'two capital letters or digits')
          .default('SI')
          .meta({
            description: 'BIA02, as agreed: SI seller, MB manufacturer or distributor inventory report.',
          }),
        usage: z.enum(['P', 'T']).default('P').meta({ description: 'ISA15: T for a test.' }),
        location: z
          .strictObject({
            code: z.string().regex(/^[\x21-\x7e]{2,80}$/, '2 to 80 printable characters'),
            qualifier: z
              .string()
              .regex(/^[A-Z0-9]{1,2}$/, 'one or two capital letters or digits')
              .default('92'),
            name: z.string().min(1).max(60).optional(),
          })
          .optional()
          .meta({ description: 'Where the stock is (N1 WH), by a code that the partner knows.' }),
      })
      .optional()
      .meta({ description: 'Send them 846 with the stock that they can order. Without it none is sent.' }),
    warehouse: warehouse.optional().meta({
      description:
        'They ship orders for us: a 940 goes to them when an order is queued, and their 945 is its shipment. An order goes to the first such connection, by its id, that serves it.',
    }),
    rules: PartnerRules.optional().meta({
      description:
        'The partner’s guide as far as it is narrower than X12. A document of ours that breaks a rule is blocked; an order of theirs that breaks one is held, and a change is quarantined.',
    }),
    secretName,
  }),
  identity: ({ isaQualifier, isaId }) => ({ identity: ediIdentity(isaQualifier, isaId), setting: 'isaId' }),
  webhook: EDI_WEBHOOK,
});
