import { openApiDocument } from '../../contract/openapi/document.ts';
import { OPERATION_GROUPS } from '../../contract/openapi/groups.ts';
import type { HttpAnswer } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger } from '../wiring.ts';
import { guide } from './documentation/guide.ts';
import { documentationPage } from './documentation/page.ts';

/** The same for as long as a function runs, and made when it is first requested. */
let description: HttpAnswer | undefined;

const SUMMARIES = new Map(
  OPERATION_GROUPS.flatMap(({ operations }) =>
    Object.entries(operations).map(([key, { summary }]): [string, string] => [key, summary]),
  ),
);

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
    'GET /docs': async () => documentationPage,
    'GET /llms.txt': async () => ({
      status: 200,
      headers: { 'content-type': 'text/markdown; charset=utf-8' },
      body: guide(SUMMARIES),
    }),
  },
});
