import * as z from 'zod';
import { text } from '../domain/text.ts';
import { DocumentSummary } from './documents.ts';
import { pageOf } from './requests.ts';

/** GET /v1/operations/unacknowledged-documents */
export const UnacknowledgedDocumentsQuery = z.strictObject(pageOf(100, 50));

/** Whose a document is: an order's, or a partner's as a whole. */
const owner = {
  orderId: z.string().optional().meta({ description: 'The order that it is about.' }),
  connectionId: z
    .string()
    .optional()
    .meta({ description: 'The partner’s connection, for a document of no order (846).' }),
};

/** A document that a trading partner was sent and has not acknowledged. */
export const UnacknowledgedDocument = DocumentSummary.extend({
  ...owner,
  acknowledgeBy: z.string().meta({
    format: 'date-time',
    description: 'Until when the partner is expected to acknowledge it; overdue afterwards.',
  }),
}).meta({ id: 'UnacknowledgedDocument' });
export type UnacknowledgedDocument = z.infer<typeof UnacknowledgedDocument>;

/** POST /v1/operations/unacknowledged-documents/dismissal */
export const DocumentDismissalRequest = z
  .strictObject({
    orderId: text(64).optional(),
    connectionId: text(100).optional(),
    documentId: text(100),
    reason: text(500),
  })
  .refine(
    ({ orderId, connectionId }) => (orderId === undefined) !== (connectionId === undefined),
    'either orderId or connectionId',
  )
  .meta({ id: 'DocumentDismissalRequest' });

/** A document that breaks its partner's rules, and was not sent. */
export const BlockedDocument = DocumentSummary.extend(owner).meta({ id: 'BlockedDocument' });
export type BlockedDocument = z.infer<typeof BlockedDocument>;
