import { openApiDocument } from '../../contract/openapi.ts';
import type { HttpRequest } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger } from '../wiring.ts';
import { documentationPage } from './documentation/page.ts';

/** Health, and the description of the API for programs and for people. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /healthz': async () => ({ status: 200, body: { status: 'ok' } }),
    'GET /openapi.json': async (request) => ({ status: 200, body: openApiDocument(serverUrl(request)) }),
    'GET /docs': async (request) => documentationPage(openApiDocument(serverUrl(request))),
  },
});

function serverUrl(request: HttpRequest): string {
  const host = request.headers.host ?? 'localhost';
  const isLocal = /^(localhost|127\.|\[::1\])/.test(host);
  return `${request.headers['x-forwarded-proto'] ?? (isLocal ? 'http' : 'https')}://${host}`;
}
