import { WEBHOOKS, type WebhookPath } from './webhooks.ts';

/** A permission, in the `scope` claim of the access token. */
export type Scope =
  | 'orders/read'
  | 'orders/write'
  | 'inventory/read'
  | 'inventory/write'
  | 'finance/read'
  | 'operations/admin'
  | 'customers/read';

export const SCOPES: readonly Scope[] = [
  'orders/read',
  'orders/write',
  'inventory/read',
  'inventory/write',
  'finance/read',
  'operations/admin',
  'customers/read',
];

/** Scopes that the MCP tools need; they include nothing that is reserved for operators. */
export const AGENT_SCOPES: readonly Scope[] = [
  'orders/read',
  'orders/write',
  'inventory/read',
  'finance/read',
  'customers/read',
];

/** The function that answers a route; its entry file is `functions/<name>.ts`. */
export type RouteFunction =
  | 'api/orders'
  | 'api/overview'
  | 'api/republish'
  | 'api/inventory'
  | 'api/finance'
  | 'api/connections'
  | 'api/approvals'
  | 'api/imports'
  | 'api/inbound-messages'
  | 'api/subscriptions'
  | 'api/stuck-orders'
  | 'api/dead-letters'
  | 'api/portal'
  | 'api/documentation'
  | `webhooks/${WebhookPath}`
  | 'mcp/commerce-gateway';

/**
 * How a request is authenticated: an access token with a scope that the gateway verifies, an access token that the
 * function verifies (for a protocol whose refusals must say more than the gateway can), a signature over the raw body,
 * a token in the path, or not at all.
 */
export type Access = { readonly scope: Scope } | 'access-token' | 'signature' | 'path-token' | 'public';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly access: Access;
  readonly function: RouteFunction;
}

function route(methodAndPath: string, access: Access, routeFunction: RouteFunction): Route {
  const [method, path] = methodAndPath.split(' ') as [Route['method'], string];
  return { method, path, access, function: routeFunction };
}

const ordersRead: Access = { scope: 'orders/read' };
const ordersWrite: Access = { scope: 'orders/write' };
const inventoryRead: Access = { scope: 'inventory/read' };
const inventoryWrite: Access = { scope: 'inventory/write' };
const financeRead: Access = { scope: 'finance/read' };
const operationsAdmin: Access = { scope: 'operations/admin' };

/**
 * Every HTTP route of the product, declared once. The API Gateway routes and their authorizers, the dispatch
 * inside each function, and the OpenAPI document are generated from this table.
 */
export const ROUTES = [
  route('POST /v1/orders', ordersWrite, 'api/orders'),
  route('GET /v1/orders', ordersRead, 'api/orders'),
  route('GET /v1/orders/{orderId}', ordersRead, 'api/orders'),
  route('PATCH /v1/orders/{orderId}', ordersWrite, 'api/orders'),
  route('DELETE /v1/orders/{orderId}', operationsAdmin, 'api/orders'),
  route('GET /v1/orders/{orderId}/events', ordersRead, 'api/orders'),
  route('GET /v1/orders/{orderId}/allocation', ordersRead, 'api/orders'),
  route('POST /v1/orders/{orderId}/allocation', ordersWrite, 'api/orders'),
  route('DELETE /v1/orders/{orderId}/allocation', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/fulfillment', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/shipments', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/shipments/{shipmentId}/delivery', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/close', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/cancellation', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/holds', ordersWrite, 'api/orders'),
  route('DELETE /v1/orders/{orderId}/holds/{holdId}', ordersWrite, 'api/orders'),
  route('POST /v1/orders/{orderId}/returns', ordersWrite, 'api/orders'),
  route('GET /v1/orders/{orderId}/documents', ordersRead, 'api/orders'),
  route('GET /v1/orders/{orderId}/documents/{documentId}', ordersRead, 'api/orders'),
  route('GET /v1/orders/{orderId}/packing-slip', ordersRead, 'api/orders'),
  // It sends what was blocked, which takes the secrets of connections.
  route('POST /v1/orders/{orderId}/documents/retry', operationsAdmin, 'api/inbound-messages'),
  route('POST /v1/orders/{orderId}/portal-link', ordersRead, 'api/portal'),
  route('GET /v1/orders/{orderId}/portal-links', ordersRead, 'api/portal'),
  route('DELETE /v1/orders/{orderId}/portal-links/{linkId}', ordersWrite, 'api/portal'),
  route('GET /v1/board', ordersRead, 'api/orders'),
  route('GET /v1/overview', ordersRead, 'api/overview'),

  route('GET /v1/inventory', inventoryRead, 'api/inventory'),
  route('GET /v1/inventory/drift', operationsAdmin, 'api/inventory'),
  route('GET /v1/inventory/{sku}', inventoryRead, 'api/inventory'),
  route('POST /v1/inventory/{sku}/lots', inventoryWrite, 'api/inventory'),
  route('POST /v1/inventory/{sku}/expected', inventoryWrite, 'api/inventory'),
  route('PATCH /v1/inventory/{sku}/lots/{lotNumber}', inventoryWrite, 'api/inventory'),
  route('GET /v1/inventory/{sku}/threshold', inventoryRead, 'api/inventory'),
  route('PUT /v1/inventory/{sku}/threshold', inventoryWrite, 'api/inventory'),
  route('GET /v1/inventory/{sku}/on-hand', inventoryRead, 'api/inventory'),
  route('GET /v1/inventory/{sku}/movements', inventoryRead, 'api/inventory'),

  route('GET /v1/locations', inventoryRead, 'api/inventory'),
  route('PUT /v1/locations/{locationId}', inventoryWrite, 'api/inventory'),
  route('GET /v1/locations/{locationId}', inventoryRead, 'api/inventory'),
  route('DELETE /v1/locations/{locationId}', inventoryWrite, 'api/inventory'),

  route('POST /v1/transfers', inventoryWrite, 'api/inventory'),
  route('GET /v1/transfers/{transferId}', inventoryWrite, 'api/inventory'),
  route('POST /v1/transfers/{transferId}/receipt', inventoryWrite, 'api/inventory'),

  route('GET /v1/invoices', financeRead, 'api/finance'),
  route('GET /v1/invoices/{invoiceId}', financeRead, 'api/finance'),
  route('GET /v1/finance/ledger', financeRead, 'api/finance'),

  route('GET /v1/connections', operationsAdmin, 'api/connections'),
  route('PUT /v1/connections/{connectionId}', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}', operationsAdmin, 'api/connections'),
  route('DELETE /v1/connections/{connectionId}', operationsAdmin, 'api/connections'),
  route('POST /v1/connections/{connectionId}/authorization', operationsAdmin, 'api/connections'),
  // The state in it, used once, is what authorizes it: a browser comes back without a token.
  route('GET /oauth/callback', 'public', 'api/connections'),
  route('POST /v1/connections/{connectionId}/backfill', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/backfill', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/items', operationsAdmin, 'api/connections'),
  route('PUT /v1/connections/{connectionId}/items/{buyerItem}', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/items/{buyerItem}', operationsAdmin, 'api/connections'),
  route('DELETE /v1/connections/{connectionId}/items/{buyerItem}', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/locations', operationsAdmin, 'api/connections'),
  route('PUT /v1/connections/{connectionId}/locations/{code}', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/locations/{code}', operationsAdmin, 'api/connections'),
  route('DELETE /v1/connections/{connectionId}/locations/{code}', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/unknown-items', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/stock', inventoryRead, 'api/connections'),
  route('PUT /v1/connections/{connectionId}/stock/{sku}', inventoryWrite, 'api/connections'),
  route('POST /v1/connections/{connectionId}/stock/{sku}/correction', inventoryWrite, 'api/connections'),
  route('POST /v1/connections/{connectionId}/held-orders/retry', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/documents', operationsAdmin, 'api/connections'),
  route('GET /v1/connections/{connectionId}/documents/{documentId}', operationsAdmin, 'api/connections'),

  route('GET /v1/audit', operationsAdmin, 'api/connections'),
  route('GET /v1/audit/verification', operationsAdmin, 'api/connections'),

  route('POST /v1/erasures', operationsAdmin, 'api/republish'),
  route('GET /v1/erasures', operationsAdmin, 'api/republish'),
  route('GET /v1/erasures/{erasureId}', operationsAdmin, 'api/republish'),
  route('POST /v1/data-requests', operationsAdmin, 'api/republish'),
  route('GET /v1/data-requests/{dataRequestId}', operationsAdmin, 'api/republish'),
  route('GET /v1/data-requests/{dataRequestId}/data', operationsAdmin, 'api/republish'),

  route('POST /v1/imports', ordersWrite, 'api/imports'),

  route('POST /v1/subscriptions', operationsAdmin, 'api/subscriptions'),
  route('GET /v1/subscriptions', operationsAdmin, 'api/subscriptions'),
  route('GET /v1/subscriptions/{subscriptionId}', operationsAdmin, 'api/subscriptions'),
  route('PATCH /v1/subscriptions/{subscriptionId}', operationsAdmin, 'api/subscriptions'),
  route('DELETE /v1/subscriptions/{subscriptionId}', operationsAdmin, 'api/subscriptions'),
  route('POST /v1/subscriptions/{subscriptionId}/secret', operationsAdmin, 'api/subscriptions'),
  route('GET /v1/subscriptions/{subscriptionId}/deliveries', operationsAdmin, 'api/subscriptions'),
  route(
    'POST /v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/redeliver',
    operationsAdmin,
    'api/subscriptions',
  ),

  route('POST /v1/operations/republish', operationsAdmin, 'api/republish'),
  route('GET /v1/operations/history-verification', operationsAdmin, 'api/republish'),
  route('POST /v1/operations/overview/rebuild', operationsAdmin, 'api/overview'),
  route('GET /v1/operations/dead-letters', operationsAdmin, 'api/dead-letters'),
  route('POST /v1/operations/dead-letters/{deadLetterId}/redrive', operationsAdmin, 'api/dead-letters'),
  route('GET /v1/operations/unacknowledged-documents', operationsAdmin, 'api/stuck-orders'),
  route('POST /v1/operations/unacknowledged-documents/dismissal', operationsAdmin, 'api/stuck-orders'),
  route('GET /v1/operations/blocked-documents', operationsAdmin, 'api/stuck-orders'),
  route('GET /v1/operations/stuck-orders', operationsAdmin, 'api/stuck-orders'),
  route('POST /v1/operations/stuck-orders/{orderId}/restart', operationsAdmin, 'api/stuck-orders'),
  route('GET /v1/operations/kept-messages', operationsAdmin, 'api/inbound-messages'),
  route('GET /v1/operations/kept-messages/{keptMessageId}', operationsAdmin, 'api/inbound-messages'),
  route('POST /v1/operations/kept-messages/{keptMessageId}/retry', operationsAdmin, 'api/inbound-messages'),
  route('POST /v1/operations/kept-messages/{keptMessageId}/dismiss', operationsAdmin, 'api/inbound-messages'),

  route('GET /v1/inbound-messages', operationsAdmin, 'api/inbound-messages'),
  route('GET /v1/inbound-messages/{messageId}', operationsAdmin, 'api/inbound-messages'),
  route('POST /v1/inbound-messages/{messageId}/retry', operationsAdmin, 'api/inbound-messages'),
  route('POST /v1/inbound-messages/{messageId}/dismissal', operationsAdmin, 'api/inbound-messages'),

  route('GET /v1/approvals', operationsAdmin, 'api/approvals'),
  route('GET /v1/approvals/{approvalId}', operationsAdmin, 'api/approvals'),
  route('POST /v1/approvals/{approvalId}/approve', operationsAdmin, 'api/approvals'),
  route('POST /v1/approvals/{approvalId}/decline', operationsAdmin, 'api/approvals'),
  route('GET /v1/agent-policy', operationsAdmin, 'api/approvals'),
  route('PUT /v1/agent-policy', operationsAdmin, 'api/approvals'),

  route('POST /mcp', 'access-token', 'mcp/commerce-gateway'),
  route('GET /mcp', 'access-token', 'mcp/commerce-gateway'),
  route('DELETE /mcp', 'access-token', 'mcp/commerce-gateway'),
  route('GET /.well-known/oauth-protected-resource', 'public', 'mcp/commerce-gateway'),
  route('GET /.well-known/oauth-protected-resource/mcp', 'public', 'mcp/commerce-gateway'),
  route('GET /.well-known/oauth-authorization-server', 'public', 'mcp/commerce-gateway'),

  route('GET /portal/{token}', 'path-token', 'api/portal'),

  route('GET /healthz', 'public', 'api/documentation'),
  route('GET /openapi.json', 'public', 'api/documentation'),
  route('GET /docs', 'public', 'api/documentation'),
  route('GET /llms.txt', 'public', 'api/documentation'),

  ...WEBHOOKS.map(({ path }) => route(`POST /webhooks/${path}`, 'signature', `webhooks/${path}`)),
] as const satisfies readonly Route[];

/** API Gateway's name of a route, for example `GET /v1/orders/{orderId}`. */
export type RouteKey = string;

/** @returns the route key with which API Gateway invokes the function. */
export function routeKey(route: Route): RouteKey {
  return `${route.method} ${route.path}`;
}
