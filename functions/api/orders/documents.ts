import { EmptyQuery } from '../../../contract/requests.ts';
import { type DocumentStore, isDocumentId } from '../../channels/core/documents.ts';
import { Problem, parameter, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';
import { orderOf } from './order-of.ts';

/** GET /v1/orders/{orderId}/documents */
export function listDocuments(ports: Ports, documents: DocumentStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const { orderId } = await orderOf(ports, request);
    return { status: 200, body: { items: await documents.list(orderId) } };
  };
}

/** GET /v1/orders/{orderId}/documents/{documentId}: to the character as it was sent. */
export function getDocument(ports: Ports, documents: DocumentStore): RouteHandler {
  return async (request) => {
    const { orderId } = await orderOf(ports, request);
    const documentId = parameter(request, 'documentId');
    const document = isDocumentId(documentId) ? await documents.get(orderId, documentId) : null;
    if (document === null) throw new Problem('not_found', `${orderId} has no such document`);
    return {
      status: 200,
      headers: { 'content-type': document.mediaType },
      body: document.content,
    };
  };
}
