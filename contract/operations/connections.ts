import { Connection, ConnectionRequest } from '../connections.ts';
import { listOf } from '../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from './operation.ts';

export const CONNECTION_OPERATIONS: Operations = {
  'GET /v1/connections': read('listConnections', 'Lists connections.', listOf(Connection)),
  'PUT /v1/connections/{connectionId}': {
    id: 'saveConnection',
    summary: 'Connects a shop, a Square account, a trading partner or a carrier.',
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
    problems: ['not_found'],
  }),
  'DELETE /v1/connections/{connectionId}': {
    id: 'removeConnection',
    summary: 'Disconnects.',
    answers: { 204: { description: 'Disconnected.' } },
    problems: ['not_found'],
  },
};
