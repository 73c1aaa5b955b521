import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { DeadLetterQueues, deadLetterQueues } from '../adapters/dead-letter-queues.ts';
import { Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, environment } from '../wiring.ts';

const letters = deadLetterQueues(DeadLetterQueues.parse(JSON.parse(environment('DEAD_LETTER_QUEUES'))));

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
      const outcome = await letters.redrive(deadLetterId);
      if (outcome === 'unknown') {
        throw new Problem('not_found', 'no dead letter of this id lies in a queue; list them again');
      }
      if (outcome === 'not-possible') {
        throw new Problem(
          'not_redrivable',
          'it names a place in the table’s stream; its events are in the history',
        );
      }
      return { status: 202, body: { status: 'redriven' } };
    },
  },
});
