import {
  DismissRequest,
  type InboundMessageResponse,
  InboundMessagesQuery,
  type MessageState,
} from '../../contract/inbound-messages.ts';
import {
  type QuarantinedMessage,
  QuarantinedMessagesQuery,
  type QuarantineStatus,
} from '../../contract/quarantined-messages.ts';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { sftpMailboxes } from '../adapters/sftp.ts';
import { createChannelContext } from '../channel-context.ts';
import { retryDocuments } from '../channels/core/retry-documents.ts';
import { openChannels } from '../channels/registry.ts';
import { openInbounds } from '../messages/inbound-registry.ts';
import type { LoggedMessage } from '../messages/message.ts';
import { type MessageFilter, refOf, type StoredMessage } from '../messages/message-log.ts';
import { declineMessage, retryMessage } from '../messages/retry-message.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { type HttpAnswer, type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable, optional } from '../wiring.ts';

const table = createTable();
const logger = createLogger();

/** An operator waits longer than a channel does. */
const deadlines = { inAll: 15_000, forOne: 5_000 };

const ports = createPorts(table, { receivesOrders: true });
const openMailbox = sftpMailboxes({ allowPrivate: optional('ALLOW_PRIVATE_ADDRESSES') === 'true' });
const context = createChannelContext(table, { ports, logger, deadlines, openMailbox });
const log = context.messages;
const audit = auditTrail(table);
const inboundOf = openInbounds(context);
const channels = openChannels(context);
const isConnected = (channel: string): channel is keyof typeof channels => channel in channels;

/** The log of inbound messages, for operators to look into, retry and dismiss, and documents that were blocked. */
export const handler = httpFunction({
  logger,
  parsesJson: true,
  routes: {
    'GET /v1/inbound-messages': async (request) => {
      const { limit, cursor, ...filter } = valid(InboundMessagesQuery, request.query);
      return list(filter, limit, cursor, messageOf);
    },
    'GET /v1/inbound-messages/{messageId}': async (request) => {
      valid(EmptyQuery, request.query);
      const { message, body } = await stored(request, 'messageId');
      const shown = { ...messageOf(message), ...(body !== null && { body: body.toString('utf8') }) };
      return { status: 200, body: shown };
    },
    'POST /v1/inbound-messages/{messageId}/retry': async (request) => {
      await retry(request, 'messageId');
      return now(request, 'messageId', messageOf);
    },
    'POST /v1/inbound-messages/{messageId}/dismissal': async (request) => {
      await dismiss(request, 'messageId');
      return now(request, 'messageId', messageOf);
    },

    'POST /v1/orders/{orderId}/documents/retry': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const orderId = parameter(request, 'orderId');
      const order = /^[A-Za-z0-9-]{1,64}$/.test(orderId) ? await ports.orders.load(orderId) : null;
      if (order === null) throw new Problem('not_found', `there is no order ${orderId}`);
      const { channel } = order;
      await audit.record({ action: 'documents.retried', subject: orderId, origin: request.origin });
      if (isConnected(channel)) {
        await retryDocuments(ports, channels[channel]().notify, orderId, request.deadline);
      }
      return { status: 200, body: { items: await context.documents.list(orderId) } };
    },

    // The view of quarantined messages, under the names that it had before there was a log of all messages.
    'GET /v1/operations/kept-messages': async (request) => {
      const { status, limit, cursor } = valid(QuarantinedMessagesQuery, request.query);
      return list(FILTERS[status], limit, cursor, keptMessageOf);
    },
    'GET /v1/operations/kept-messages/{keptMessageId}': async (request) => {
      valid(EmptyQuery, request.query);
      const { message, body } = await stored(request, 'keptMessageId');
      const text = body?.toString('utf8') ?? '';
      const shown = { ...keptMessageOf(message), body: text, bodyIsCutOff: body === null };
      return { status: 200, body: shown };
    },
    'POST /v1/operations/kept-messages/{keptMessageId}/retry': async (request) => {
      await retry(request, 'keptMessageId');
      return now(request, 'keptMessageId', keptMessageOf);
    },
    'POST /v1/operations/kept-messages/{keptMessageId}/dismiss': async (request) => {
      await dismiss(request, 'keptMessageId');
      return now(request, 'keptMessageId', keptMessageOf);
    },
  },
});

type IdName = 'messageId' | 'keptMessageId';

async function list(
  filter: MessageFilter,
  limit: number,
  cursor: string | undefined,
  shown: (message: LoggedMessage) => unknown,
): Promise<HttpAnswer> {
  const place = { inboundMessages: filter };
  const { items, next } = await log.list(filter, limit, await decodeCursor(cursor, place));
  const nextCursor = next === null ? {} : { nextCursor: await encodeCursor(next, place) };
  return { status: 200, body: { items: items.map(shown), ...nextCursor } };
}

async function retry(request: HttpRequest, name: IdName): Promise<void> {
  valid(EmptyRequest, request.body ?? {});
  const found = await open(request, name);
  const { messageId } = found.message;
  const { origin, deadline } = request;
  await audit.record({
    action: 'message.retried',
    subject: messageId,
    before: { state: found.message.state },
    origin,
  });
  const outcome = await retryMessage(log, inboundOf, found, {
    ...{ correlationId: origin.correlationId, deadline, decidedBy: origin.actor.id },
  });
  logger.info('message retried', { messageId, outcome: outcome?.kind ?? 'settled' });
}

async function dismiss(request: HttpRequest, name: IdName): Promise<void> {
  const { reason } = valid(DismissRequest, request.body);
  const found = await open(request, name);
  const { message } = found;
  const { origin, deadline } = request;
  const { messageId: subject, state } = message;
  const { correlationId } = origin;
  const objections = await declineMessage(inboundOf, found, { correlationId, deadline });
  if (objections.length > 0) throw new Problem('answer_blocked', objections.join('; '));
  await audit.record({
    ...{ action: 'message.dismissed', subject, origin },
    ...{ before: { state }, after: { state: 'DISMISSED', reason } },
  });
  const ref = refOf(message, origin.actor.id);
  if (await log.settle(ref, { state: 'DISMISSED', note: reason })) return;
  throw settled((await stored(request, name)).message);
}

async function stored(request: HttpRequest, name: IdName): Promise<StoredMessage> {
  const found = await log.find(parameter(request, name));
  if (found === null) throw new Problem('not_found', 'there is no message of this id');
  return found;
}

async function open(request: HttpRequest, name: IdName): Promise<StoredMessage> {
  const found = await stored(request, name);
  const { state } = found.message;
  if (state === 'PROCESSED' || state === 'DISMISSED') throw settled(found.message);
  return found;
}

function settled({ state, decidedBy, decidedAt }: LoggedMessage): Problem {
  const by = decidedBy === undefined ? '' : `, decided by ${decidedBy} at ${decidedAt}`;
  return new Problem('message_settled', `the message is ${state}${by}`);
}

async function now(
  request: HttpRequest,
  name: IdName,
  shown: (message: LoggedMessage) => unknown,
): Promise<HttpAnswer> {
  return { status: 200, body: shown((await stored(request, name)).message) };
}

function messageOf(message: LoggedMessage): InboundMessageResponse {
  const { messageId, channel, connectionId, source, topic, receivedAt, state, attempts } = message;
  const { reason, orderIds, detail, account, decidedBy, decidedAt, note } = message;
  return {
    ...{ messageId, channel, connectionId, source, topic, receivedAt, state, attempts },
    ...{ reason, orderIds: [...orderIds], detail, decidedBy, decidedAt, note },
    ...(account !== undefined && { account: [...account] }),
  };
}

const FILTERS: Readonly<Record<QuarantineStatus, MessageFilter>> = {
  WAITING: { state: 'QUARANTINED' },
  TAKEN_IN: { state: 'PROCESSED', wasQuarantined: true },
  DISMISSED: { state: 'DISMISSED' },
};

/** As the view of quarantined messages names the states; those that were never quarantined come to one of them. */
const STATUSES: Readonly<Record<MessageState, QuarantineStatus>> = {
  RECEIVED: 'WAITING',
  QUARANTINED: 'WAITING',
  REJECTED: 'WAITING',
  PROCESSED: 'TAKEN_IN',
  DISMISSED: 'DISMISSED',
};

function keptMessageOf(message: LoggedMessage): QuarantinedMessage {
  const { messageId, channel, source, topic, receivedAt, state, attempts } = message;
  const { reason = '', orderIds, decidedBy, decidedAt, note } = message;
  return {
    ...{ keptMessageId: messageId, channel, source, topic, reason, receivedAt, status: STATUSES[state] },
    ...{ tries: attempts, decidedBy, decidedAt, note, orderIds: [...orderIds] },
  };
}
