import { ConnectionId, ConnectionRequest, connectionIdentity } from '../../contract/connections.ts';
import { EmptyQuery } from '../../contract/requests.ts';
import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createTable } from '../wiring.ts';

const connections = connectionStore(createTable());

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
  },
});

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
