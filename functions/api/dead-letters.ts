import { monotonicFactory } from 'ulid';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { DeadLetterQueues, deadLetterQueues } from '../adapters/dead-letter-queues.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { eventHistory } from '../adapters/dynamodb/event-history.ts';
import { eventBus } from '../adapters/eventbridge.ts';
import { type Republisher, republishSpan } from '../events/dead-letters.ts';
import { Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createTable, createWorkflowDependencies, environment, pause } from '../wiring.ts';

const letters = deadLetterQueues(DeadLetterQueues.parse(JSON.parse(environment('DEAD_LETTER_QUEUES'))));

const newId = monotonicFactory();
const table = createTable();
const audit = auditTrail(table);
const tools: Republisher = {
  history: eventHistory(table),
  bus: eventBus(environment('EVENT_BUS_NAME')),
  workflows: createWorkflowDependencies(environment('STATE_MACHINE_ARN')),
  newId: () => newId(),
  pause,
};

/** Milliseconds for which one request republishes events; letters are kept from others for longer. */
const DEADLINE = 8_000;

/** What consumers could not handle, for operators to see and to hand in again. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/operations/dead-letters': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: { items: await letters.list() } };
    },
    'POST /v1/operations/dead-letters/{deadLetterId}/redrive': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const deadLetterId = parameter(request, 'deadLetterId');
      const { origin } = request;
      await audit.record({ action: 'dead-letter.redriven', subject: deadLetterId.slice(0, 200), origin });
      const until = Math.min(request.deadline, Date.now() + DEADLINE);
      const outcome = await letters.redrive(deadLetterId, (reader, span) =>
        republishSpan(tools, reader, span, until),
      );
      if (outcome === 'unknown') {
        throw new Problem('not_found', 'no dead letter of this id lies in a queue; list them again');
      }
      if (outcome === 'not-possible') {
        throw new Problem('not_redrivable', 'it does not say when what it is about happened');
      }
      if (typeof outcome === 'object') {
        const { from, to } = outcome.unfinished;
        throw new Problem(
          'not_redrivable',
          `the history is too long for one request: POST /v1/operations/republish with from ${from} and to ${to}, ` +
            'which continues in steps; the reconciler continues workflows',
        );
      }
      return { status: 202, body: { status: 'redriven' } };
    },
  },
});
