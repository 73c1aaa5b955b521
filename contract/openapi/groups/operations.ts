import * as z from 'zod';
import { RebuildProgress } from '../../overview.ts';
import {
  DismissRequest,
  QuarantinedMessage,
  QuarantinedMessagesQuery,
  QuarantinedMessageWithBody,
} from '../../quarantined-messages.ts';
import { RepublishReport, RepublishRequest } from '../../republish.ts';
import { EmptyRequest } from '../../requests.ts';
import { DeadLetter, listOf } from '../../responses.ts';
import { RestartReport, StuckOrder, StuckOrdersQuery } from '../../stuck-orders.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

/** For those who keep the loop running. */
export const OPERATOR_OPERATIONS: Operations = {
  'GET /v1/operations/dead-letters': read(
    'listDeadLetters',
    'Lists messages that consumers could not handle.',
    listOf(DeadLetter),
  ),
  'GET /v1/operations/stuck-orders': read(
    'listStuckOrders',
    'Lists orders whose workflow gave up, those longest stuck first.',
    listOf(StuckOrder),
    { query: StuckOrdersQuery, problems: ['invalid_cursor'] },
  ),
  'POST /v1/operations/stuck-orders/{orderId}/restart': {
    id: 'restartWorkflow',
    summary: "Sees to it that an order's workflow goes on, now.",
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 202: { description: 'What was done.', schema: RestartReport } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/operations/kept-messages': read(
    'listKeptMessages',
    'Lists messages of channels that were kept aside, newest first.',
    listOf(QuarantinedMessage),
    { query: QuarantinedMessagesQuery, problems: ['invalid_cursor'] },
  ),
  'GET /v1/operations/kept-messages/{keptMessageId}': read(
    'readKeptMessage',
    'Reads a message that was kept aside, with what was sent.',
    QuarantinedMessageWithBody,
    { problems: ['not_found'] },
  ),
  'POST /v1/operations/kept-messages/{keptMessageId}/retry': {
    id: 'retryKeptMessage',
    summary: 'Takes a message in as if it came now.',
    description: 'A message that still cannot be taken in stays WAITING, and says why.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 200: { description: 'The message as it is now.', schema: QuarantinedMessage } },
    problems: [...BODY_PROBLEMS, 'not_found', 'message_settled'],
  },
  'POST /v1/operations/kept-messages/{keptMessageId}/dismiss': {
    id: 'dismissKeptMessage',
    summary: 'Decides that a message needs no more attention.',
    body: DismissRequest,
    example: { reason: 'The order was entered by hand.' },
    answers: { 200: { description: 'The message as it is now.', schema: QuarantinedMessage } },
    problems: [...BODY_PROBLEMS, 'not_found', 'message_settled'],
  },
  'POST /v1/operations/republish': {
    id: 'republishEvents',
    summary: 'Tells events of the history again, marked as a replay.',
    description: 'Each request works for some seconds. Send it again with the cursor until there is none.',
    body: RepublishRequest,
    example: { from: '2026-03-10T14:00:00Z', to: '2026-03-10T15:00:00Z', types: ['OrderShipped'] },
    answers: { 202: { description: 'What was told, and where to go on.', schema: RepublishReport } },
    problems: [...BODY_PROBLEMS, 'invalid_cursor'],
  },
  'POST /v1/operations/overview/rebuild': {
    id: 'rebuildOverview',
    summary: 'Counts every order anew for the board and the overview.',
    description: 'Each request works for some seconds. Send it again until the status is COMPLETE.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 202: { description: 'How far it has come.', schema: RebuildProgress } },
    problems: [...BODY_PROBLEMS],
  },
  'POST /v1/operations/dead-letters/{deadLetterId}/redrive': {
    id: 'redriveDeadLetter',
    summary: 'Hands a message to its consumer again.',
    description:
      'A letter of a reader of the stream has what happened in its span of time told again from the history, marked as a replay.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: {
      202: { description: 'It is on its way again.', schema: z.object({ status: z.literal('redriven') }) },
    },
    problems: [...BODY_PROBLEMS, 'not_found', 'not_redrivable'],
  },
};
