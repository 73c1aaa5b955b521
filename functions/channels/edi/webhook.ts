import * as z from 'zod';
import type { WebhookDescriptor } from '../descriptor.ts';

/** The media type of X12 in requests and answers. */
export const X12_MEDIA_TYPE = 'application/edi-x12';

export const EDI_WEBHOOK = {
  path: 'edi',
  sender: 'trading partners',
  purpose: 'X12 interchanges of trading partners',
  signatureHeader: 'X-EDI-Signature',
  operation: {
    id: 'receiveInterchange',
    summary: 'Receives X12 interchanges of a trading partner and acknowledges each.',
    description:
      '850, 860, 820, 824, 945, 997 and 999 in versions 003040 to 006010. The response contains a 997 for each group, and a TA1 where one is requested or required. A repeated interchange gets its first response again; other content under a used control number gets TA1 025. The signature is the hex HMAC-SHA256 of the raw body. Up to 5 MiB.',
    body: z.string().meta({ description: 'One or more interchanges, ISA to IEA.' }),
    mediaType: X12_MEDIA_TYPE,
    problems: ['unreadable_interchange'],
  },
} as const satisfies WebhookDescriptor;
