import { ConnectionId, ConnectionRequest, connectionIdentity } from '../../contract/connections.ts';
import { PartnerCode, PartnerItemRequest, PartnerLocationRequest } from '../../contract/partner-masters.ts';
import { EmptyQuery, PageQuery } from '../../contract/requests.ts';
import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { partnerMasterStore } from '../adapters/dynamodb/partner-master-store.ts';
import type { MasterEntry, MasterKind } from '../channels/core/partner-master-store.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createTable } from '../wiring.ts';

const table = createTable();
const connections = connectionStore(table);
const masters = partnerMasterStore(table);

/** The shops, accounts, partners and carriers that the loop is connected to. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/connections': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: { items: await connections.list() } };
    },
    'GET /v1/connections/{connectionId}': async (request) => {
      valid(EmptyQuery, request.query);
      const connection = await connections.get(knownId(request));
      if (connection === null) throw unknownConnection();
      return { status: 200, body: connection };
    },
    'PUT /v1/connections/{connectionId}': async (request) => {
      const connectionId = valid(ConnectionId, parameter(request, 'connectionId'), 'connectionId');
      const wanted = valid(ConnectionRequest, request.body);
      const connection = { ...wanted, connectionId, updatedAt: new Date().toISOString() };
      const saved = await connections.save(connection);
      if (saved.kind === 'identity-taken') throw identityTaken(wanted, saved.by);
      return { status: saved.kind === 'created' ? 201 : 200, body: connection };
    },
    'DELETE /v1/connections/{connectionId}': async (request) => {
      if (!(await connections.remove(knownId(request)))) throw unknownConnection();
      return { status: 204 };
    },
    ...masterRoutes('items', 'buyerItem', 'ITEM', PartnerItemRequest),
    ...masterRoutes('locations', 'code', 'LOCATION', PartnerLocationRequest),
  },
});

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
      const place = `${connectionId} ${kind}`;
      const { items, next } = await masters.list(connectionId, kind, limit, decodeCursor(cursor, place));
      const nextCursor = next === null ? undefined : encodeCursor(next, place);
      return { status: 200, body: { items: items.map(shown), nextCursor } };
    },
    [`PUT ${at}/{${name}}`]: async (request: HttpRequest) => {
      const code = codeOf(request);
      const value = valid(schema, request.body);
      const isNew = await masters.save(await partner(request), kind, { code, value });
      return { status: isNew ? 201 : 200, body: shown({ code, value }) };
    },
    [`GET ${at}/{${name}}`]: async (request: HttpRequest) => {
      valid(EmptyQuery, request.query);
      const entry = await masters.get(await partner(request), kind, codeOf(request));
      if (entry === null) throw unknownCode();
      return { status: 200, body: shown(entry) };
    },
    [`DELETE ${at}/{${name}}`]: async (request: HttpRequest) => {
      if (!(await masters.remove(await partner(request), kind, codeOf(request)))) throw unknownCode();
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

function unknownConnection(): Problem {
  return new Problem('not_found', 'there is no connection of this name');
}

function identityTaken(wanted: ConnectionRequest, by: string): Problem {
  const message = `the connection ${by} stands for it already`;
  const path = `settings.${connectionIdentity(wanted)?.setting}`;
  return new Problem('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
}
