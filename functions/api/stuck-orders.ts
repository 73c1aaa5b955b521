import { EmptyRequest } from '../../contract/requests.ts';
import { type StuckOrder, StuckOrdersQuery } from '../../contract/stuck-orders.ts';
import {
  DocumentDismissalRequest,
  UnacknowledgedDocumentsQuery,
} from '../../contract/unacknowledged-documents.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { stuckStore } from '../adapters/dynamodb/stuck-store.ts';
import { executions } from '../adapters/step-functions.ts';
import { isDocumentId, ownerOfConnection, shownOwner } from '../channels/core/documents.ts';
import { reconcile } from '../fulfillment/reconcile.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createTable, createWorkflowDependencies, environment } from '../wiring.ts';

const stateMachineArn = environment('STATE_MACHINE_ARN');
const tools = createWorkflowDependencies(stateMachineArn);
const table = createTable();
const stuck = stuckStore(table);
const documents = documentStore(table);
const audit = auditTrail(table);
const dependencies = { tools, stuck, executions: executions(stateMachineArn) };
const STUCK_ORDERS = { list: 'stuck orders' };
const DOCUMENTS = { list: 'unacknowledged documents' };
const BLOCKED = { list: 'blocked documents' };

/** What does not move: orders whose workflow gave up, and documents that did not leave or that no partner acknowledged. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/operations/stuck-orders': async (request) => {
      const { limit, cursor } = valid(StuckOrdersQuery, request.query);
      const { items, next } = await stuck.list(limit, await decodeCursor(cursor, STUCK_ORDERS));
      const described = await Promise.all(
        items.map(async (item): Promise<StuckOrder | null> => {
          const [order, restart] = await Promise.all([
            tools.ports.orders.load(item.orderId),
            stuck.restartOf(item.orderId),
          ]);
          if (order === null) return null;
          const { restarts = 0, restartedAt } = restart ?? {};
          return { ...item, state: order.state, restarts, ...(restartedAt && { restartedAt }) };
        }),
      );
      return {
        status: 200,
        body: {
          items: described.filter((item) => item !== null),
          ...(next !== null && { nextCursor: await encodeCursor(next, STUCK_ORDERS) }),
        },
      };
    },
    'GET /v1/operations/unacknowledged-documents': async (request) => {
      const { limit, cursor } = valid(UnacknowledgedDocumentsQuery, request.query);
      const { items, next } = await documents.unacknowledged(limit, await decodeCursor(cursor, DOCUMENTS));
      const nextCursor = next === null ? undefined : await encodeCursor(next, DOCUMENTS);
      return { status: 200, body: { items: items.map(owned), nextCursor } };
    },
    'POST /v1/operations/unacknowledged-documents/dismissal': async (request) => {
      const dismissed = valid(DocumentDismissalRequest, request.body);
      const { orderId, connectionId = '', documentId, reason } = dismissed;
      const owner = orderId ?? ownerOfConnection(connectionId);
      const dismissal = { by: request.origin.actor.id, at: tools.ports.now(), reason };
      const isKnown = isDocumentId(documentId) && (await documents.get(owner, documentId)) !== null;
      if (!isKnown) throw new Problem('not_found', 'there is no such document');
      const { origin } = request;
      await audit.record({
        action: 'document.dismissed',
        subject: `${owner} ${documentId}`,
        after: { reason },
        origin,
      });
      await documents.dismiss(owner, documentId, dismissal);
      return { status: 204 };
    },
    'GET /v1/operations/blocked-documents': async (request) => {
      const { limit, cursor } = valid(UnacknowledgedDocumentsQuery, request.query);
      const { items, next } = await documents.blocked(limit, await decodeCursor(cursor, BLOCKED));
      const nextCursor = next === null ? undefined : await encodeCursor(next, BLOCKED);
      return { status: 200, body: { items: items.map(owned), nextCursor } };
    },
    'POST /v1/operations/stuck-orders/{orderId}/restart': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const orderId = parameter(request, 'orderId');
      const order = /^[A-Za-z0-9-]{1,64}$/.test(orderId) ? await tools.ports.orders.load(orderId) : null;
      if (order === null) throw new Problem('not_found', `there is no order ${orderId}`);
      await audit.record({ action: 'workflow.restarted', subject: orderId, origin: request.origin });
      return { status: 202, body: { orderId, outcome: await reconcile(dependencies, orderId, true) } };
    },
  },
});

function owned<Item extends { readonly orderId: string }>({ orderId, ...document }: Item) {
  return { ...document, ...shownOwner(orderId) };
}
