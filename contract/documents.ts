import * as z from 'zod';
import { instant } from './scalars.ts';

export const DocumentSummary = z
  .object({
    documentId: z.string(),
    kind: z.string(),
    createdAt: instant,
    mediaType: z.string(),
    status: z.enum(['BLOCKED', 'WAITING', 'SENT', 'ACCEPTED', 'REJECTED']).meta({
      description:
        '`BLOCKED`: it breaks the partner’s rules and was not sent. `WAITING` until the recipient accepted the request; a trading partner then accepts or rejects its content.',
    }),
    sentAt: instant.optional(),
    /** Until when the partner is expected to acknowledge it by a 997 or 999. */
    acknowledgeBy: instant.optional(),
    answeredAt: instant.optional(),
    /** Who decided that no acknowledgment is awaited any more, when, and why. */
    dismissedBy: z.string().optional(),
    dismissedAt: instant.optional(),
    dismissalReason: z.string().optional(),
    /** What is wrong with it, by segment, element and code: the partner's objections, or the rules that it breaks. */
    objections: z.array(z.string()).optional(),
  })
  .meta({ id: 'DocumentSummary' });
