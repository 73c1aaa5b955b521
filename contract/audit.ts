import * as z from 'zod';
import { Instant } from '../domain/text.ts';
import { BACKWARDS, isForwards, pageOf } from './requests.ts';

/** What is done that is no command on an order. */
export const AUDIT_ACTIONS = [
  'connection.saved',
  'connection.removed',
  'connection.stock-rule-saved',
  'connection.stock-correction-decided',
  'connection.backfill',
  'connection.held-orders-retried',
  'connection.authorization-begun',
  'connection.authorized',
  'connection.access-revoked',
  'connection.access-restored',
  'partner-item.saved',
  'partner-item.removed',
  'partner-location.saved',
  'partner-location.removed',
  'subscription.created',
  'subscription.changed',
  'subscription.removed',
  'subscription.secret-replaced',
  'subscription.redelivered',
  'agent-policy.saved',
  'approval.approved',
  'approval.declined',
  'threshold.saved',
  'location.saved',
  'location.removed',
  'stock.expected',
  'message.retried',
  'message.dismissed',
  'documents.retried',
  'document.dismissed',
  'dead-letter.redriven',
  'events.republished',
  'overview.rebuilt',
  'workflow.restarted',
  'portal-link.created',
  'portal-link.revoked',
  'erasure.requested',
  'data.requested',
  'data.read',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** One entry of the audit trail. */
export const AuditEntry = z
  .object({
    sequence: z.int().meta({ description: 'Gapless, from 1.' }),
    at: z.string().meta({ format: 'date-time' }),
    actor: z.object({ type: z.enum(['human', 'automation', 'ai-agent', 'channel']), id: z.string() }),
    action: z.enum(AUDIT_ACTIONS),
    subject: z.string().meta({ description: 'What it was done to, for example the id of a connection.' }),
    before: z
      .unknown()
      .optional()
      .meta({ description: 'Absent where nothing was there. Secrets are never in it.' }),
    after: z.unknown().optional().meta({ description: 'Absent where it was removed.' }),
    correlationId: z.string(),
    previousDigest: digest.meta({ description: 'Digest of the entry before; zeros for the first.' }),
    digest: digest.meta({ description: 'SHA-256 over `previousDigest` and the content of the entry.' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** GET /v1/audit */
export const AuditQuery = z
  .strictObject({
    action: z.enum(AUDIT_ACTIONS).optional().meta({ description: 'Only entries of this action.' }),
    actor: z.string().max(200).optional().meta({ description: 'Only acts of the actor with this id.' }),
    subject: z.string().max(200).optional().meta({ description: 'Only acts on exactly this subject.' }),
    from: Instant.optional().meta({ description: 'Only acts since this instant.' }),
    to: Instant.optional().meta({ description: 'Only acts up to this instant.' }),
    ...pageOf(100, 25),
  })
  .refine(isForwards, BACKWARDS);

/** GET /v1/audit/verification */
export const AuditVerification = z
  .object({
    entries: z.int().meta({
      description: 'Entries that this request verified, from the beginning of the trail or the cursor.',
    }),
    intact: z.boolean(),
    firstBroken: z.int().optional().meta({
      description:
        'The first sequence whose entry is missing, altered, or not the successor of the one before.',
    }),
    nextCursor: z.string().optional().meta({ description: 'There are more entries to verify.' }),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
