import * as z from 'zod';
import { AuditEntry, AuditQuery, AuditVerification } from '../../audit.ts';
import { HistoryVerification, HistoryVerificationQuery } from '../../history-verification.ts';
import {
  DismissRequest,
  InboundMessageResponse,
  InboundMessagesQuery,
  InboundMessageWithBody,
} from '../../inbound-messages.ts';
import { RebuildProgress } from '../../overview.ts';
import {
  QuarantinedMessage,
  QuarantinedMessagesQuery,
  QuarantinedMessageWithBody,
} from '../../quarantined-messages.ts';
import { RepublishReport, RepublishRequest } from '../../republish.ts';
import { DriftQuery, EmptyRequest } from '../../requests.ts';
import { DeadLetter, listOf } from '../../responses.ts';
import { RestartReport, StuckOrder, StuckOrdersQuery } from '../../stuck-orders.ts';
import {
  BlockedDocument,
  DocumentDismissalRequest,
  UnacknowledgedDocument,
  UnacknowledgedDocumentsQuery,
} from '../../unacknowledged-documents.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

/** For operators. */
export const OPERATOR_OPERATIONS: Operations = {
  'GET /v1/operations/dead-letters': read(
    'listDeadLetters',
    'Lists messages that failed all attempts of a consumer.',
    listOf(DeadLetter),
  ),
  'GET /v1/audit': read(
    'listAudit',
    'Lists who changed what that is no order, newest first.',
    listOf(AuditEntry),
    {
      query: AuditQuery,
      problems: ['invalid_cursor'],
      description:
        'Connections, codes of partners, subscriptions, the policy of agents, thresholds, retries, redrives, links for customers. Commands on orders are in the history of the order. A page that few of 2,000 entries match is not full, and has a `nextCursor`.',
    },
  ),
  'GET /v1/operations/history-verification': read(
    'verifyHistory',
    'Verifies that the histories of orders and lots are as they were written.',
    HistoryVerification,
    {
      query: HistoryVerificationQuery,
      problems: ['invalid_cursor', 'not_found'],
      description:
        'One order, the lots of a SKU, the orders received in a span of time, what a signed checkpoint lists, or all, voided ones too. Each event has the digest of the one before it; the order or lot has that of the last. A request works for some seconds; continue with the cursor. `npm run verify-history` does.',
    },
  ),
  'GET /v1/audit/verification': read(
    'verifyAudit',
    'Verifies that no entry of the audit trail is missing or altered.',
    AuditVerification,
    {
      query: DriftQuery,
      problems: ['invalid_cursor'],
      description:
        'Each entry has the digest of the one before. A request verifies 2,000; continue with the cursor.',
    },
  ),
  'GET /v1/operations/stuck-orders': read(
    'listStuckOrders',
    'Lists orders whose workflow failed for good, longest first.',
    listOf(StuckOrder),
    { query: StuckOrdersQuery, problems: ['invalid_cursor'] },
  ),
  'GET /v1/operations/unacknowledged-documents': read(
    'listUnacknowledgedDocuments',
    'Lists documents that trading partners were sent and have not acknowledged, longest overdue first.',
    listOf(UnacknowledgedDocument),
    { query: UnacknowledgedDocumentsQuery, problems: ['invalid_cursor'] },
  ),
  'POST /v1/operations/unacknowledged-documents/dismissal': {
    id: 'dismissUnacknowledgedDocument',
    summary: 'Says that no acknowledgment of a document is awaited any more.',
    description:
      'Who said so, and why, is shown with the document. An acknowledgment that comes all the same is noted.',
    body: DocumentDismissalRequest,
    example: {
      orderId: 'LMB-ORD-2026-0041',
      documentId: '855-LMB-ORD-2026-0041',
      reason: 'The partner confirmed it by phone.',
    },
    answers: { 204: { description: 'None is awaited, since now or before.' } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/operations/blocked-documents': read(
    'listBlockedDocuments',
    'Lists documents that break the rules of their trading partner and were not sent, oldest first.',
    listOf(BlockedDocument),
    {
      description: '`objections` says which segment and element breaks which rule.',
      query: UnacknowledgedDocumentsQuery,
      problems: ['invalid_cursor'],
    },
  ),
  'POST /v1/operations/stuck-orders/{orderId}/restart': {
    id: 'restartWorkflow',
    summary: 'Restarts the workflow of an order, if it needs one.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 202: { description: 'The result.', schema: RestartReport } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/inbound-messages': read(
    'listInboundMessages',
    'Lists messages of channels and carriers, newest first.',
    listOf(InboundMessageResponse),
    { query: InboundMessagesQuery, problems: ['invalid_cursor'] },
  ),
  'GET /v1/inbound-messages/{messageId}': read(
    'readInboundMessage',
    'Reads an inbound message with its body.',
    InboundMessageWithBody,
    { problems: ['not_found'] },
  ),
  'POST /v1/inbound-messages/{messageId}/retry': {
    id: 'retryInboundMessage',
    summary: 'Processes an open message again, as its sender.',
    description:
      'The sender is the one that was proven when the message arrived. A message that cannot be processed stays QUARANTINED, with the reason.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The message after the retry.', schema: InboundMessageResponse } },
    problems: [...BODY_PROBLEMS, 'not_found', 'message_settled'],
  },
  'POST /v1/inbound-messages/{messageId}/dismissal': {
    id: 'dismissInboundMessage',
    summary: 'Dismisses an open message: nothing is to be done with it.',
    description:
      'A partner is sent its refusal first. Where that would break the rules of the partner the message stays open, and the response says which.',
    body: DismissRequest,
    example: { reason: 'The order was entered by hand.' },
    answers: { 200: { description: 'The message after the dismissal.', schema: InboundMessageResponse } },
    problems: [...BODY_PROBLEMS, 'not_found', 'message_settled', 'answer_blocked'],
  },
  'GET /v1/operations/kept-messages': read(
    'listKeptMessages',
    'Lists quarantined messages of channels, newest first.',
    listOf(QuarantinedMessage),
    { query: QuarantinedMessagesQuery, problems: ['invalid_cursor'] },
  ),
  'GET /v1/operations/kept-messages/{keptMessageId}': read(
    'readKeptMessage',
    'Reads a quarantined message with its body.',
    QuarantinedMessageWithBody,
    { problems: ['not_found'] },
  ),
  'POST /v1/operations/kept-messages/{keptMessageId}/retry': {
    id: 'retryKeptMessage',
    summary: 'Processes a quarantined message again.',
    description: 'A message that still cannot be processed stays WAITING with its reason.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The message as it is now.', schema: QuarantinedMessage } },
    problems: [...BODY_PROBLEMS, 'not_found', 'message_settled'],
  },
  'POST /v1/operations/kept-messages/{keptMessageId}/dismiss': {
    id: 'dismissKeptMessage',
    summary: 'Dismisses a quarantined message.',
    body: DismissRequest,
    example: { reason: 'The order was entered by hand.' },
    answers: { 200: { description: 'The message as it is now.', schema: QuarantinedMessage } },
    problems: [...BODY_PROBLEMS, 'not_found', 'message_settled', 'answer_blocked'],
  },
  'POST /v1/operations/republish': {
    id: 'republishEvents',
    summary: 'Publishes events of the history again, marked as a replay.',
    description: 'Each request works for some seconds. Repeat it with the cursor until there is none.',
    body: RepublishRequest,
    example: { from: '2026-03-10T14:00:00Z', to: '2026-03-10T15:00:00Z', types: ['OrderShipped'] },
    answers: {
      202: { description: 'Progress, with the cursor for the next request.', schema: RepublishReport },
    },
    problems: [...BODY_PROBLEMS, 'invalid_cursor'],
  },
  'POST /v1/operations/overview/rebuild': {
    id: 'rebuildOverview',
    summary: 'Rebuilds the counts of the board and the overview.',
    description: 'Each request works for some seconds. Repeat it until the status is COMPLETE.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 202: { description: 'Progress.', schema: RebuildProgress } },
    problems: [...BODY_PROBLEMS],
  },
  'POST /v1/operations/dead-letters/{deadLetterId}/redrive': {
    id: 'redriveDeadLetter',
    summary: 'Sends a dead letter to its consumer again.',
    description:
      'For a letter of a stream reader the events of its span of time are republished from the history, marked as a replay.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: {
      202: { description: 'The message is queued.', schema: z.object({ status: z.literal('redriven') }) },
    },
    problems: [...BODY_PROBLEMS, 'not_found', 'not_redrivable'],
  },
};
