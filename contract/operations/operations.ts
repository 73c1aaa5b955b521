import * as z from 'zod';
import { RebuildProgress } from '../overview.ts';
import { RepublishReport, RepublishRequest } from '../republish.ts';
import { EmptyRequest } from '../requests.ts';
import { DeadLetter, listOf } from '../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from './operation.ts';

/** For those who keep the loop running. */
export const OPERATOR_OPERATIONS: Operations = {
  'GET /v1/operations/dead-letters': read(
    'listDeadLetters',
    'Lists messages that consumers could not handle.',
    listOf(DeadLetter),
  ),
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
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: {
      202: { description: 'It is on its way again.', schema: z.object({ status: z.literal('redriven') }) },
    },
    problems: [...BODY_PROBLEMS, 'not_found', 'not_redrivable'],
  },
};
