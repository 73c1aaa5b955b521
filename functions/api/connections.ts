import { AuditQuery, type AuditVerification } from '../../contract/audit.ts';
import type { AccessResponse, AuthorizationStatusResponse } from '../../contract/authorizations.ts';
import type { BackfillResponse, LastPollResponse, SubscriptionsResponse } from '../../contract/backfills.ts';
import { BackfillRequest } from '../../contract/backfills.ts';
import {
  type Connection,
  ConnectionId,
  ConnectionRequest,
  connectionIdentity,
  foreignApiHost,
} from '../../contract/connections.ts';
import { PartnerCode, PartnerItemRequest, PartnerLocationRequest } from '../../contract/partner-masters.ts';
import { DriftQuery, EmptyQuery, EmptyRequest, PageQuery } from '../../contract/requests.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { authorizationStore } from '../adapters/dynamodb/authorization-store.ts';
import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { pollStore } from '../adapters/dynamodb/poll-store.ts';
import { publishedStockStore } from '../adapters/dynamodb/published-stock-store.ts';
import { grantVault } from '../adapters/secrets.ts';
import { beginAuthorization, completeAuthorization } from '../authorizations/authorize.ts';
import type { AuthorizationStatus } from '../authorizations/ports.ts';
import { createChannelContext } from '../channel-context.ts';
import { NotAuthorized } from '../channels/core/authorization.ts';
import { isDocumentId, ownerOfConnection } from '../channels/core/documents.ts';
import type { MasterEntry, MasterKind } from '../channels/core/partner-master-store.ts';
import { openChannels } from '../channels/registry.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { continueBackfill, newBackfill, reportPoll } from '../polling/poll-connection.ts';
import { polledSender } from '../polling/poll-connections.ts';
import type { Backfill, LastPoll, SubscriptionCheck } from '../polling/ports.ts';
import { createLogger, createPorts, createTable, environment, optional } from '../wiring.ts';
import { authorizationPage } from './connections/authorization-page.ts';
import { stockRoutes } from './connections/stock-routes.ts';

/** Milliseconds of a request for the first orders of a backfill, so that a small one is done at once. */
const FIRST_ORDERS = 5_000;

/** Where the cursors of a verification count. */
const VERIFICATION = { list: 'verification of the audit trail' };

/** Where fakes stand in for the shops. */
const allowPrivate = optional('ALLOW_PRIVATE_ADDRESSES') === 'true';
const table = createTable();
const logger = createLogger();
const ports = createPorts(table, { receivesOrders: true });
const context = createChannelContext(table, { ports, logger, deadlines: { inAll: 4_000, forOne: 2_500 } });
const channels = openChannels(context);
const polls = pollStore(table);
const polling = {
  ...{ ports, log: context.messages, queries: context.queries },
  ...{ store: polls, access: context.access, report: reportPoll(logger) },
};
const connections = connectionStore(table);
const audit = auditTrail(table);
const authorizations = authorizationStore(table);
const authorizing = {
  ...{ store: authorizations, vault: grantVault(), connections, now: ports.now },
  ...{ access: context.access, audit },
  authorizationOf: ({ kind }: Connection) =>
    (kind in channels ? channels[kind as keyof typeof channels]().authorization : undefined) ?? null,
};
/** Where shops send browsers back to. */
const CALLBACK = `${environment('API_BASE_URL')}/oauth/callback`;
const { masters, documents } = context;

/** The shops, accounts, partners and carriers that the loop is connected to, and who changed what is no order. */
export const handler = httpFunction({
  logger,
  parsesJson: true,
  routes: {
    'GET /v1/connections': async (request) => {
      valid(EmptyQuery, request.query);
      const listed = await connections.list();
      const items = await Promise.all(
        listed.map(async (each) => ({ ...each, ...(await shownAccess(each)) })),
      );
      return { status: 200, body: { items } };
    },
    'GET /v1/connections/{connectionId}': async (request) => {
      valid(EmptyQuery, request.query);
      const connection = await knownConnection(request);
      const { connectionId } = connection;
      const source = connectionIdentity(connection)?.identity;
      const [access, poll, check, authorization] = await Promise.all([
        shownAccess(connection),
        polls.poll(connectionId),
        polls.subscriptions(connectionId),
        authorizations.status(connectionId),
      ]);
      const body = {
        ...connection,
        ...access,
        ...(poll !== null && poll.source === source && { lastPoll: shownPoll(poll.lastPoll) }),
        ...(check !== null && check.source === source && { webhookSubscriptions: shownCheck(check) }),
        ...(authorization !== null &&
          authorization.source === source && { authorization: shownAuthorization(authorization) }),
      };
      return { status: 200, body };
    },
    'PUT /v1/connections/{connectionId}': async (request) => {
      const connectionId = valid(ConnectionId, parameter(request, 'connectionId'), 'connectionId');
      const wanted = valid(ConnectionRequest, request.body);
      const foreign = allowPrivate ? null : foreignApiHost(wanted);
      if (foreign !== null) throw invalidSetting('apiBaseUrl', foreign);
      await refuseSharedSecret(connectionId, wanted);
      const connection = { ...wanted, connectionId, updatedAt: new Date().toISOString() };
      const saved = await connections.save(connection, request.origin);
      if (saved.kind === 'identity-taken') throw identityTaken(wanted, saved.by);
      return { status: saved.kind === 'created' ? 201 : 200, body: connection };
    },
    'DELETE /v1/connections/{connectionId}': async (request) => {
      if (!(await connections.remove(knownId(request), request.origin))) throw unknownConnection();
      return { status: 204 };
    },
    'POST /v1/connections/{connectionId}/authorization': async (request) => {
      valid(EmptyQuery, request.query);
      const connection = await knownConnection(request);
      const requestedBy = request.origin.actor.id;
      try {
        const page = await beginAuthorization(authorizing, connection, {
          redirectUri: CALLBACK,
          requestedBy,
        });
        await audit.record({
          action: 'connection.authorization-begun',
          subject: connection.connectionId,
          after: { expiresAt: page.expiresAt },
          origin: request.origin,
        });
        return { status: 201, body: page };
      } catch (error) {
        if (error instanceof NotAuthorized) throw new Problem('not_authorizable', error.message);
        throw error;
      }
    },
    'GET /oauth/callback': async (request) => {
      const completed = await completeAuthorization(authorizing, request.query);
      if (completed !== null) logger.info('authorization completed', completed);
      return authorizationPage(completed);
    },
    'POST /v1/connections/{connectionId}/backfill': async (request) => {
      valid(EmptyQuery, request.query);
      const connection = await knownConnection(request);
      const { connectionId } = connection;
      const { from } = valid(BackfillRequest, request.body);
      const sender = polledSender(channels, connection);
      if (sender === null) {
        const detail = `${connectionId} is a connection of the kind ${connection.kind}, which cannot be asked for its orders`;
        throw new Problem('not_pollable', detail);
      }
      await audit.record({
        action: 'connection.backfill',
        subject: connectionId,
        after: { from },
        origin: request.origin,
      });
      const asked = { requestedAt: ports.now(), requestedBy: request.origin.actor.id };
      const wanted = newBackfill(sender.source, from, asked);
      if (!(await polls.startBackfill(connectionId, wanted))) {
        const running = await polls.backfill(connectionId);
        if (running?.from !== from) {
          const detail = `orders since ${running?.from} are being read; ask for the progress, and start this one then`;
          throw new Problem('backfill_running', detail);
        }
      }
      const until = Math.min(request.deadline, Date.now() + FIRST_ORDERS);
      const { correlationId } = request.origin;
      const backfill = await continueBackfill(polling, sender, { correlationId, until });
      return { status: 202, body: shownBackfill(connectionId, backfill ?? wanted) };
    },
    'GET /v1/connections/{connectionId}/backfill': async (request) => {
      valid(EmptyQuery, request.query);
      const connection = await knownConnection(request);
      const { connectionId } = connection;
      const backfill = await polls.backfill(connectionId);
      // One of the shop that the connection stood for before is none of this one.
      if (backfill === null || backfill.source !== connectionIdentity(connection)?.identity) {
        throw new Problem('not_found', `no backfill of ${connectionId} was started`);
      }
      return { status: 200, body: shownBackfill(connectionId, backfill) };
    },
    'GET /v1/connections/{connectionId}/unknown-items': async (request) => {
      valid(EmptyQuery, request.query);
      const connection = await knownConnection(request);
      const items = await heldOf(connection)?.unknownItems(connection);
      return { status: 200, body: { items: items ?? [] } };
    },
    'POST /v1/connections/{connectionId}/held-orders/retry': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const connection = await knownConnection(request);
      const { origin, deadline } = request;
      const subject = connection.connectionId;
      await audit.record({ action: 'connection.held-orders-retried', subject, origin });
      const items = await heldOf(connection)?.retry(connection, origin, deadline);
      return { status: 200, body: { items: items ?? [] } };
    },
    'GET /v1/connections/{connectionId}/documents': async (request) => {
      const { limit, cursor } = valid(PageQuery, request.query);
      const { connectionId } = await knownConnection(request);
      const place = { list: 'documents', connectionId };
      const owner = ownerOfConnection(connectionId);
      const { items, next } = await documents.page(owner, limit, await decodeCursor(cursor, place));
      const nextCursor = next === null ? undefined : await encodeCursor(next, place);
      return { status: 200, body: { items, nextCursor } };
    },
    'GET /v1/connections/{connectionId}/documents/{documentId}': async (request) => {
      valid(EmptyQuery, request.query);
      const { connectionId } = await knownConnection(request);
      const documentId = parameter(request, 'documentId');
      const owner = ownerOfConnection(connectionId);
      const document = isDocumentId(documentId) ? await documents.get(owner, documentId) : null;
      if (document === null) throw new Problem('not_found', `${connectionId} has no such document`);
      const headers = { 'content-type': document.mediaType };
      return { status: 200, headers, body: document.content };
    },
    'GET /v1/audit': async (request) => {
      const { limit, cursor, ...filter } = valid(AuditQuery, request.query);
      const place = { audit: filter };
      const { items, next } = await audit.list(filter, limit, await decodeCursor(cursor, place));
      const nextCursor = next === null ? undefined : await encodeCursor(next, place);
      return { status: 200, body: { items, nextCursor } };
    },
    'GET /v1/audit/verification': async (request) => {
      const { cursor } = valid(DriftQuery, request.query);
      const { entries, firstBroken, next } = await audit.verify(await decodeCursor(cursor, VERIFICATION));
      const body: AuditVerification = {
        entries,
        intact: firstBroken === null,
        ...(firstBroken !== null && { firstBroken }),
        ...(next !== null && { nextCursor: await encodeCursor(next, VERIFICATION) }),
      };
      return { status: 200, body };
    },
    ...stockRoutes({
      ...{ published: publishedStockStore(table), stock: ports.stock, audit, now: ports.now },
      connectionOf: knownConnection,
    }),
    ...masterRoutes('items', 'buyerItem', 'ITEM', PartnerItemRequest),
    ...masterRoutes('locations', 'code', 'LOCATION', PartnerLocationRequest),
  },
});

/**
 * A secret belongs to one connection: who signs with it speaks for that one alone, and an access token in it goes to no
 * other shop. Carriers may share one; a service that reports for several signs once. Without a secret of its own a
 * connection has that of the webhook. When deployed, one trading partner can: partners sign themselves, and each could
 * speak for the others.
 *
 * @throws Problem `validation_failed`
 */
async function refuseSharedSecret(connectionId: string, wanted: ConnectionRequest): Promise<void> {
  const { kind, settings } = wanted;
  const { secretName } = settings;
  const identity = connectionIdentity(wanted)?.identity;
  if (secretName === undefined && (kind !== 'EDI' || allowPrivate)) return;
  const others = (await connections.list()).filter(
    // Another for the same shop or partner is refused for that.
    (other) =>
      other.connectionId !== connectionId &&
      (identity === undefined || connectionIdentity(other)?.identity !== identity),
  );
  const holder = others.find(
    (other) =>
      other.settings.secretName === secretName &&
      (secretName === undefined ? other.kind === kind : other.kind !== 'CARRIER' || kind !== 'CARRIER'),
  );
  if (holder === undefined) return;
  throw invalidSetting('secretName', `a secret of its own: ${holder.connectionId} signs with this one`);
}

/** Orders of a connection that are held for codes; undefined for a kind without codes. */
function heldOf({ kind }: Connection) {
  return kind === 'CARRIER' ? undefined : channels[kind]().heldForCodes;
}

/** The routes of what a partner's codes stand for. */
function masterRoutes(
  path: string,
  name: 'buyerItem' | 'code',
  kind: MasterKind,
  schema: typeof PartnerItemRequest | typeof PartnerLocationRequest,
) {
  const at = `/v1/connections/{connectionId}/${path}`;
  const shown = ({ code, value }: MasterEntry) => ({ [name]: code, ...schema.parse(value) });
  const partner = async (request: HttpRequest) => {
    const connectionId = knownId(request);
    if ((await connections.get(connectionId)) === null) throw unknownConnection();
    return connectionId;
  };
  const codeOf = (request: HttpRequest) => valid(PartnerCode, parameter(request, name), name);
  const unknownCode = () => new Problem('not_found', `the partner has no such ${name}`);
  return {
    [`GET ${at}`]: async (request: HttpRequest) => {
      const { limit, cursor } = valid(PageQuery, request.query);
      const connectionId = await partner(request);
      const place = { masters: kind, connectionId };
      const { items, next } = await masters.list(
        connectionId,
        kind,
        limit,
        await decodeCursor(cursor, place),
      );
      const nextCursor = next === null ? undefined : await encodeCursor(next, place);
      return { status: 200, body: { items: items.map(shown), nextCursor } };
    },
    [`PUT ${at}/{${name}}`]: async (request: HttpRequest) => {
      const code = codeOf(request);
      const value = valid(schema, request.body);
      const isNew = await masters.save(await partner(request), kind, { code, value }, request.origin);
      return { status: isNew ? 201 : 200, body: shown({ code, value }) };
    },
    [`GET ${at}/{${name}}`]: async (request: HttpRequest) => {
      valid(EmptyQuery, request.query);
      const entry = await masters.get(await partner(request), kind, codeOf(request));
      if (entry === null) throw unknownCode();
      return { status: 200, body: shown(entry) };
    },
    [`DELETE ${at}/{${name}}`]: async (request: HttpRequest) => {
      if (!(await masters.remove(await partner(request), kind, codeOf(request), request.origin)))
        throw unknownCode();
      return { status: 204 };
    },
  };
}

/** @throws Problem `not_found` for text that is no connection's id */
function knownId(request: HttpRequest): string {
  const connectionId = parameter(request, 'connectionId');
  if (!ConnectionId.safeParse(connectionId).success) throw unknownConnection();
  return connectionId;
}

/** @throws Problem `not_found` */
async function knownConnection(request: HttpRequest): Promise<Connection> {
  const connection = await connections.get(knownId(request));
  if (connection === null) throw unknownConnection();
  return connection;
}

/** That the sender of a connection takes no requests, if so. */
async function shownAccess(connection: Connection): Promise<{ readonly access?: AccessResponse }> {
  const source = connectionIdentity(connection)?.identity;
  const revoked = source === undefined ? null : await context.access.find(connection.connectionId, source);
  if (revoked === null) return {};
  const { since, reason, askedAt } = revoked;
  return { access: { state: 'REVOKED', since, reason, askedAt } };
}

function shownPoll(poll: LastPoll): LastPollResponse {
  return { ...poll, healed: poll.received + poll.changed };
}

function shownCheck({ source: _, ...check }: SubscriptionCheck): SubscriptionsResponse {
  return { ...check, made: [...check.made], refused: [...check.refused] };
}

function shownAuthorization({
  source: _,
  missingScopes,
  ...status
}: AuthorizationStatus): AuthorizationStatusResponse {
  return { ...status, missingScopes: [...missingScopes] };
}

function shownBackfill(connectionId: string, { source: _, pass, ...backfill }: Backfill): BackfillResponse {
  return { connectionId, ...backfill, reachedAt: pass.reached };
}

function unknownConnection(): Problem {
  return new Problem('not_found', 'there is no connection of this name');
}

function identityTaken(wanted: ConnectionRequest, by: string): Problem {
  const setting = connectionIdentity(wanted)?.setting ?? '';
  return invalidSetting(setting, `the connection ${by} stands for it already`);
}

function invalidSetting(setting: string, message: string): Problem {
  const path = `settings.${setting}`;
  return new Problem('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
}
