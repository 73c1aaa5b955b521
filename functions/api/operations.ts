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
    'GET /v1/connections/{connectionId}': async (request) => ({ status: 200, body: await existing(request) }),
    'PUT /v1/connections/{connectionId}': async (request) => {
      const connectionId = valid(ConnectionId, parameter(request, 'connectionId'), 'connectionId');
      const wanted = valid(ConnectionRequest, request.body);
      const namesake = await connections.find(wanted.kind, connectionIdentity(wanted));
      if (namesake !== null && namesake.connectionId !== connectionId) {
        const message = `${namesake.connectionId} is connected to it already`;
        throw new Problem('validation_failed', message, { errors: [{ path: 'settings', message }] });
      }
      const isNew = (await connections.get(connectionId)) === null;
      const connection = { ...wanted, connectionId, updatedAt: new Date().toISOString() };
      await connections.save(connection);
      return { status: isNew ? 201 : 200, body: connection };
    },
    'DELETE /v1/connections/{connectionId}': async (request) => {
      const { connectionId } = await existing(request);
      await connections.remove(connectionId);
      return { status: 204 };
    },
  },
});

async function existing(request: HttpRequest) {
  const connectionId = parameter(request, 'connectionId');
  const known = ConnectionId.safeParse(connectionId).success ? await connections.get(connectionId) : null;
  if (known === null) throw new Problem('not_found', 'there is no connection of this name');
  return known;
}
