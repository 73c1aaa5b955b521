import { Connection, ConnectionRequest } from '../../connections.ts';
import { listOf } from '../../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

export const CONNECTION_OPERATIONS: Operations = {
  'GET /v1/connections': read('listConnections', 'Lists connections.', listOf(Connection), {
    description: 'Shops, Square accounts, trading partners and carriers. Secrets are named, never shown.',
  }),
  'PUT /v1/connections/{connectionId}': {
    id: 'saveConnection',
    summary: 'Connects a shop, a Square account, a trading partner or a carrier.',
    description:
      'Replaces the connection of this id. `kind` says which `settings` it has. Secrets lie in the secret store, and are named here where they are not those of the channel.',
    body: ConnectionRequest,
    example: {
      kind: 'EDI',
      name: 'Harbor Markets',
      settings: {
        isaQualifier: '08',
        isaId: '6145550100',
        gsId: '6145550100',
        ourIsaQualifier: '01',
        ourIsaId: '614141000',
        ourGsId: '614141000',
      },
    },
    answers: {
      200: { description: 'Changed.', schema: Connection },
      201: { description: 'Connected.', schema: Connection },
    },
    problems: BODY_PROBLEMS,
  },
  'GET /v1/connections/{connectionId}': read('readConnection', 'Reads a connection.', Connection, {
    description: 'Secrets are named, never shown.',
    problems: ['not_found'],
  }),
  'DELETE /v1/connections/{connectionId}': {
    id: 'removeConnection',
    summary: 'Disconnects.',
    description: 'Orders that came from the other side stay as they are.',
    answers: { 204: { description: 'Disconnected.' } },
    problems: ['not_found'],
  },
};
