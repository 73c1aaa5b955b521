import { ROUTES, type Route } from '../../../contract/routes.ts';

/** Every route, in its widest type. */
export const EVERY_ROUTE: readonly Route[] = ROUTES;

/** The path of a route with something in place of each parameter that does not exist. */
export function pathOf({ path }: Route): string {
  return path.replace(/\{\w+\}/g, 'nothing-of-this-name');
}

/** What `POST /mcp` takes of a client. */
const MCP_HEADERS = {
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-11-25',
};

/** A request to a route that reaches its function and changes nothing there. */
export function harmless(route: Route): {
  readonly body?: unknown;
  readonly headers: Record<string, string>;
} {
  if (route.path === '/mcp') {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    return { headers: MCP_HEADERS, ...(route.method === 'POST' && { body }) };
  }
  // A field that no request has: every body is refused before anything is done.
  const takesBody = route.method !== 'GET' && route.method !== 'DELETE';
  return { headers: {}, ...(takesBody && { body: { 'a field of this name': true } }) };
}
