import type { DocumentStore } from '../../application/documents.ts';
import type { Ports } from '../../application/ports.ts';
import { Problem, parameter, type RouteHandler } from '../../middleware/http.ts';
import { orderOf } from './read.ts';

/** GET /v1/orders/{orderId}/documents */
export function listDocuments(ports: Ports, documents: DocumentStore): RouteHandler {
  return async (request) => {
    const { orderId } = await orderOf(ports, request);
    const items = (await documents.list(orderId)).map(({ content: _, ...summary }) => summary);
    return { status: 200, body: { items } };
  };
}

/** GET /v1/orders/{orderId}/documents/{documentId}: to the byte as it was sent. */
export function getDocument(ports: Ports, documents: DocumentStore): RouteHandler {
  return async (request) => {
    const { orderId } = await orderOf(ports, request);
    const documentId = parameter(request, 'documentId');
    const document = (await documents.list(orderId)).find((each) => each.documentId === documentId);
    if (document === undefined) throw new Problem('not_found', `${orderId} has no such document`);
    return { status: 200, headers: { 'content-type': document.mediaType }, body: document.content };
  };
}
