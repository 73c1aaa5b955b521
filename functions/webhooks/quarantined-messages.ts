import {
  DismissRequest,
  type QuarantinedMessage,
  QuarantinedMessagesQuery,
} from '../../contract/quarantined-messages.ts';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { quarantinedMessages } from '../adapters/dynamodb/quarantined-messages.ts';
import { CARRIERS } from '../carriers/registry.ts';
import { createChannelContext } from '../channel-context.ts';
import type { MessageChannel } from '../channels/channel.ts';
import { CHANNELS } from '../channels/registry.ts';
import type { StoredMessage } from '../messages/quarantined-messages.ts';
import { retryMessage } from '../messages/retry-message.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { type HttpAnswer, type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';

const table = createTable();
const messages = quarantinedMessages(table);
const logger = createLogger();

/** An operator waits longer than a channel does. */
const deadlines = { inAll: 15_000, forOne: 5_000 };

const ports = createPorts(table, { receivesOrders: true });
const context = createChannelContext(table, {
  // A quarantined message is known by its receipt already: a retry leaves that as it is.
  ports: {
    ...ports,
    receipts: { isKnown: async () => false, note: async () => {}, quarantine: async () => {} },
  },
  ...{ logger, deadlines },
});

function inboundOf(channel: MessageChannel) {
  return channel === 'CARRIER' ? CARRIERS.carrier(context) : CHANNELS[channel](context).inbound;
}

/** Messages of channels that nothing here could deal with, for operators to see, try again, and dismiss. */
export const handler = httpFunction({
  logger,
  parsesJson: true,
  routes: {
    'GET /v1/operations/kept-messages': async (request) => {
      const { status, limit, cursor } = valid(QuarantinedMessagesQuery, request.query);
      const place = { list: 'kept messages', status };
      const { items, next } = await messages.list(status, limit, decodeCursor(cursor, place));
      return {
        status: 200,
        body: { items, ...(next !== null && { nextCursor: encodeCursor(next, place) }) },
      };
    },
    'GET /v1/operations/kept-messages/{keptMessageId}': async (request) => {
      valid(EmptyQuery, request.query);
      const { message, body, isCutOff } = await kept(request);
      const text = Buffer.from(body).toString('utf8');
      return { status: 200, body: { ...message, body: text, bodyIsCutOff: isCutOff } };
    },
    'POST /v1/operations/kept-messages/{keptMessageId}/retry': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const found = await waiting(request);
      const { keptMessageId } = found.message;
      const taken = await retryMessage(inboundOf(found.message.channel), found, request);
      if (taken.kind === 'quarantined' || taken.kind === 'rejected') {
        await messages.recordAttempt(keptMessageId, taken.reason);
      } else {
        const orderIds = taken.kind === 'processed' ? taken.orderIds : [];
        await messages.settle(keptMessageId, { status: 'TAKEN_IN', orderIds, ...decision(request) });
      }
      logger.info('kept message tried again', { keptMessageId, outcome: taken.kind });
      return ofNow(request);
    },
    'POST /v1/operations/kept-messages/{keptMessageId}/dismiss': async (request) => {
      const { reason } = valid(DismissRequest, request.body);
      const { message } = await waiting(request);
      const settled = await messages.settle(message.keptMessageId, {
        ...{ status: 'DISMISSED', note: reason },
        ...decision(request),
      });
      if (!settled) throw await notWaiting(request);
      return ofNow(request);
    },
  },
});

function decision({ origin }: HttpRequest) {
  return { decidedBy: origin.actor.id, decidedAt: ports.now() };
}

async function kept(request: HttpRequest): Promise<StoredMessage> {
  const found = await messages.find(parameter(request, 'keptMessageId'));
  if (found === null) throw new Problem('not_found', 'no message of this id was kept aside');
  return found;
}

async function waiting(request: HttpRequest): Promise<StoredMessage> {
  const found = await kept(request);
  if (found.message.status !== 'WAITING') throw problemOf(found.message);
  return found;
}

async function notWaiting(request: HttpRequest): Promise<Problem> {
  return problemOf((await kept(request)).message);
}

function problemOf({ status, decidedBy, decidedAt }: QuarantinedMessage): Problem {
  return new Problem('message_settled', `it is ${status}, decided by ${decidedBy} at ${decidedAt}`);
}

async function ofNow(request: HttpRequest): Promise<HttpAnswer> {
  return { status: 200, body: (await kept(request)).message };
}
