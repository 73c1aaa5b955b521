import { openApiDocument } from '../../contract/openapi.ts';
import type { HttpAnswer } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger } from '../wiring.ts';
import { documentationPage } from './documentation/page.ts';

/** Both are the same for as long as a function runs, and made when one is first asked for. */
let description: HttpAnswer | undefined;
let page: HttpAnswer | undefined;

/** Health, and the description of the API for programs and for people. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /healthz': async () => ({ status: 200, body: { status: 'ok' } }),
    'GET /openapi.json': async () => {
      description ??= {
        status: 200,
        // Tools that show such documents run in a browser, on sites of their own.
        headers: { 'content-type': 'application/json; charset=utf-8', 'access-control-allow-origin': '*' },
        body: JSON.stringify(openApiDocument()),
      };
      return description;
    },
    'GET /docs': async () => {
      page ??= documentationPage(openApiDocument());
      return page;
    },
  },
});
