import type { HttpAnswer } from '../../middleware/http.ts';
import type { MessageOutcome } from '../channel.ts';

/** @returns what a shop is answered: it only looks at the status, people look at the rest. */
export function answerShop(outcome: MessageOutcome): HttpAnswer {
  switch (outcome.kind) {
    case 'processed': {
      const { orderIds, detail } = outcome;
      return { status: 200, body: { status: 'ok', orderId: orderIds[0] ?? null, detail } };
    }
    case 'repeat':
      return { status: 200, body: { status: 'repeat' } };
    case 'quarantined':
    case 'rejected':
      return { status: 202, body: { status: 'kept aside', reason: outcome.reason } };
  }
}
