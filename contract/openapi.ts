import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { OPERATIONS, type Operation } from './operations.ts';
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type ProblemCode, ProblemDocument } from './problems.ts';
import { ROUTES, type Route, routeKey, SCOPES } from './routes.ts';

/** The OpenAPI 3.1 description of every route, made from the schemas that check requests. */
export function openApiDocument(serverUrl: string) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of ROUTES as readonly Route[]) {
    const operation = OPERATIONS[routeKey(route)];
    if (operation === undefined) throw new Error(`${routeKey(route)} is not described`);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, operation) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Order Loop',
      version: '1.0.0',
      description: 'Every order of every channel in one loop, from received to closed.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `An access token with one of the scopes ${SCOPES.join(', ')}.`,
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'signature',
          description: "The channel's own signature over the raw body, in the channel's own header.",
        },
      },
    },
  });
}

function operationOf(route: Route, operation: Operation): ZodOpenApiOperationObject {
  const {
    summary,
    description,
    query,
    body,
    mediaType = 'application/json',
    answers,
    problems = [],
  } = operation;
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const path = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  const headers = operation.headers === undefined ? {} : { header: operation.headers };
  return {
    operationId: operationId(route),
    tags: [route.function.split('/').at(-1) ?? ''],
    summary,
    ...(description !== undefined && { description }),
    ...securityOf(route),
    requestParams: { ...(names.length > 0 && { path }), ...(query !== undefined && { query }), ...headers },
    ...(body !== undefined && {
      requestBody: {
        required: operation.bodyIsOptional !== true,
        content: { [mediaType]: { schema: body } },
      },
    }),
    responses: { ...answersOf(answers), ...problemsOf([...COMMON_PROBLEMS(route), ...problems]) },
  };
}

function securityOf(route: Route): { security?: Record<string, string[]>[] } {
  if (route.access === 'signature') return { security: [{ signature: [] }] };
  if (typeof route.access === 'string') return {};
  return { security: [{ bearer: [route.access.scope] }] };
}

const COMMON_PROBLEMS = (route: Route): readonly ProblemCode[] =>
  typeof route.access === 'string'
    ? route.access === 'signature'
      ? ['unauthorized', 'payload_too_large', 'busy']
      : []
    : ['unauthorized', 'insufficient_scope', 'validation_failed', 'busy'];

function answersOf(answers: Operation['answers']) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, mediaType = 'application/json' }]) => [
      status,
      { description, ...(schema !== undefined && { content: { [mediaType]: { schema } } }) },
    ]),
  );
}

/** Problems share statuses; each status is described by all of its codes. */
function problemsOf(codes: readonly ProblemCode[]) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      String(status),
      {
        description: all.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: ProblemDocument } },
      },
    ]),
  );
}

function operationId(route: Route): string {
  const words = route.path
    .replace(/^\/v1/, '')
    .split(/[/{}.-]+/)
    .filter((word) => word !== '');
  return [route.method.toLowerCase(), ...words.map((word) => word[0]?.toUpperCase() + word.slice(1))].join(
    '',
  );
}
