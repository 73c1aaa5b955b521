import { Connection, ConnectionRequest } from '../../connections.ts';
import { listOf } from '../../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

export const CONNECTION_OPERATIONS: Operations = {
  'GET /v1/connections': read('listConnections', 'Lists connections.', listOf(Connection), {
    description: 'Shops, Square accounts, trading partners and carriers. Secrets are named, never returned.',
  }),
  'PUT /v1/connections/{connectionId}': {
    id: 'saveConnection',
    summary: 'Connects a shop, a Square account, a trading partner or a carrier.',
    description:
      'Replaces the connection with this id. `kind` determines its `settings`. Secrets are in Secrets Manager; name one here when it is not the channel’s own.',
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
    description: 'Secrets are named, never returned.',
    problems: ['not_found'],
  }),
  'DELETE /v1/connections/{connectionId}': {
    id: 'removeConnection',
    summary: 'Removes a connection.',
    description: 'Its orders stay as they are.',
    answers: { 204: { description: 'Removed.' } },
    problems: ['not_found'],
  },
};
