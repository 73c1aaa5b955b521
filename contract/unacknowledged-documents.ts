import * as z from 'zod';
import { pageOf } from './requests.ts';
import { DocumentSummary } from './responses.ts';

/** GET /v1/operations/unacknowledged-documents */
export const UnacknowledgedDocumentsQuery = z.strictObject(pageOf(100, 50));

/** A document that a trading partner was sent and has not acknowledged. */
export const UnacknowledgedDocument = DocumentSummary.extend({
  orderId: z.string(),
  acknowledgeBy: z.string().meta({
    format: 'date-time',
    description: 'Until when the partner is expected to acknowledge it; overdue afterwards.',
  }),
}).meta({ id: 'UnacknowledgedDocument' });
export type UnacknowledgedDocument = z.infer<typeof UnacknowledgedDocument>;
