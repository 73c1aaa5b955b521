import { beforeAll, describe, expect, test } from 'vitest';
import { OPERATION_GROUPS } from '../../contract/openapi/groups.ts';
import { PROBLEMS, ProblemDocument } from '../../contract/problems.ts';
import { OrderRequest } from '../../contract/requests.ts';
import { OrderResponse } from '../../contract/responses.ts';
import { ROUTES, type Route, routeKey } from '../../contract/routes.ts';
import { LIFECYCLE } from '../../domain/order/lifecycle.ts';
import { freshHandler } from '../../testing/fresh-handler.ts';
import { type AnyAnswer, type HttpHandler, invoke } from '../../testing/invoke.ts';

let handler: HttpHandler;
let description: AnyAnswer;
let page: AnyAnswer;

beforeAll(async () => {
  handler = await freshHandler(() => import('../../functions/api/documentation.ts'), {});
  description = await invoke(handler, 'GET /openapi.json', { scope: null });
  page = await invoke(handler, 'GET /docs', { scope: null });
});

const routes: readonly Route[] = ROUTES;
const operations = OPERATION_GROUPS.flatMap((group) => Object.entries(group.operations));

/** Every value that stands under a name anywhere in a document. */
function valuesOf(name: string, within: unknown): unknown[] {
  if (typeof within !== 'object' || within === null) return [];
  return Object.entries(within).flatMap(([key, value]) =>
    key === name ? [value, ...valuesOf(name, value)] : valuesOf(name, value),
  );
}

test('health needs no token', async () => {
  expect(await invoke(handler, 'GET /healthz', { scope: null })).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  });
});

describe('the description of the API', () => {
  test('is OpenAPI 3.1 and readable across origins', () => {
    expect(description.status).toBe(200);
    expect(description.body.openapi).toMatch(/^3\.1\./);
    expect(description.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
    });
  });

  test.each(routes.map((route) => [routeKey(route), route] as const))('%s is described', (_, route) => {
    const operation = description.body.paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.summary).toMatch(/^[A-Z].+\.$/);
    const inPath = operation.parameters?.filter((each: { in: string }) => each.in === 'path') ?? [];
    expect(inPath.map((each: { name: string }) => `{${each.name}}`)).toEqual(
      route.path.match(/\{\w+\}/g) ?? [],
    );
    const scopes = operation.security.flatMap((each: Record<string, string[]>) => Object.values(each).flat());
    expect(scopes).toEqual(typeof route.access === 'object' ? [route.access.scope] : []);
    expect(operation.security.length).toBe(/^(public|path-token)$/.test(String(route.access)) ? 0 : 1);
    // What a protocol asks about and is not offered has an answer of its own.
    expect(Object.keys(operation.responses).some((status) => /^(2\d\d|405)$/.test(status))).toBe(true);
  });

  test.each(routes.map((route) => [routeKey(route), route] as const))(
    '%s says enough to be called by a model that reads nothing else',
    (key, route) => {
      const {
        operationId,
        description: words,
        parameters = [],
        requestBody,
        responses,
      } = description.body.paths[route.path][route.method.toLowerCase()];
      expect(operationId).toMatch(/^[a-z]\w+$/);
      if (/^\/v1\/(orders|inventory|invoices|board|connections)/.test(route.path))
        expect(words).toMatch(/\.$/);
      const schemas = description.body.components.schemas;
      for (const parameter of parameters) {
        const reference = parameter.schema?.$ref?.split('/').at(-1);
        const described =
          parameter.description ?? parameter.schema?.description ?? schemas[reference]?.description;
        expect(described, `${key} ${parameter.name}`).toBeTruthy();
      }
      for (const { schema, example } of Object.values<AnyAnswer['body']>(requestBody?.content ?? {})) {
        const shape = schema.$ref === undefined ? schema : schemas[schema.$ref.split('/').at(-1)];
        const isEmpty = Object.keys(shape.properties ?? {}).length === 0 && shape.type === 'object';
        if (requestBody.required && route.path.startsWith('/v1/') && !isEmpty)
          expect(example, key).toBeDefined();
      }
      const refusals = Object.keys(responses).filter((status) => status >= '400');
      if (route.path.startsWith('/v1/'))
        expect(refusals).toEqual(expect.arrayContaining(['401', '403', '422']));
    },
  );

  test('has an example order that is valid and adds up', () => {
    const { Order, Problem } = description.body.components.schemas;
    const order = OrderResponse.strict().parse(Order.example);
    for (const line of order.lines) {
      const { allocated, backordered, shipped, cancelled, open } = line;
      expect(allocated + backordered + shipped + cancelled + open).toBe(line.ordered);
    }
    expect(ProblemDocument.strict().parse(Problem.example).status).toBe(
      PROBLEMS[Problem.example.code as 'busy'].status,
    );
  });

  test('names the states that allow each command', () => {
    const { post } = description.body.paths['/v1/orders/{orderId}/cancellation'];
    expect(post.description).toMatch(
      /^Allowed while the order is RECEIVED, ALLOCATED or FULFILLMENT_QUEUED;/,
    );
  });

  test('describes existing routes only', () => {
    const described = Object.entries<object>(description.body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(routes.map(routeKey).sort());
  });

  test('has no dangling reference and a unique id for each operation', () => {
    const { schemas, securitySchemes } = description.body.components;
    const known = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
    expect(known).toEqual(expect.arrayContaining(valuesOf('$ref', description.body) as string[]));
    const ids = valuesOf('operationId', description.body.paths);
    expect(new Set(ids).size).toBe(routes.length);
    const schemes = (valuesOf('security', description.body.paths) as object[][]).flat().flatMap(Object.keys);
    expect(Object.keys(securitySchemes)).toEqual(expect.arrayContaining(schemes));
  });

  test('lists problems under their status', () => {
    for (const path of Object.values<object>(description.body.paths)) {
      for (const [status, response] of Object.values(path).flatMap(({ responses }) =>
        Object.entries<object>(responses),
      )) {
        const { description = '', content = {} } = response as { description?: string; content?: object };
        if (!('application/problem+json' in content)) continue;
        const codes = [...description.matchAll(/`(\w+)`: /g)].map(
          ([, code]) => code as keyof typeof PROBLEMS,
        );
        expect(codes.length).toBeGreaterThan(0);
        expect([...new Set(codes.map((code) => PROBLEMS[code].status))]).toEqual([Number(status)]);
      }
    }
  });

  test.each(operations.filter(([, operation]) => operation.example !== undefined))(
    'the example of %s is accepted',
    (_, { body, example }) => {
      expect(body?.safeParse(example)).toMatchObject({ success: true });
    },
  );

  test('describes a numeric query parameter as an integer', () => {
    const { parameters } = description.body.paths['/v1/orders'].get;
    const limit = parameters.find((each: { name: string }) => each.name === 'limit');
    expect(limit.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100, default: 25 });
    expect(limit.schema).not.toHaveProperty('pattern');
    expect(limit.required ?? false).toBe(false);
  });
});

describe('the guide for language models', () => {
  let guide = '';
  beforeAll(async () => {
    guide = String((await invoke(handler, 'GET /llms.txt', { scope: null })).body);
  });

  test('starts as llmstxt.org requires, and names every route and its scope', () => {
    expect(guide).toMatch(/^# Order Loop\n\n> .+\n\n## /);
    for (const route of routes) {
      if (!route.path.startsWith('/v1/') || typeof route.access === 'string') continue;
      expect(guide).toContain(`- \`${routeKey(route)}\` (scope ${route.access.scope}): `);
    }
  });

  test('its sample order is valid', () => {
    const sample = /```[^{]+(\{.+\})\n```/s.exec(guide)?.[1] ?? '';
    expect(OrderRequest.parse(JSON.parse(sample)).lines).toHaveLength(1);
  });

  test('commands are named like operations', () => {
    const ids = new Set(operations.map(([, { id }]) => id));
    const ofTheLoop = [
      'CompleteAllocation',
      'ReplaceLot',
      'ContinueSteps',
      'RecordDeliveryException',
      'RecordChannelData',
      'RecordChannelShipment',
      'CorrectShipment',
      'CheckDeliveryWindow',
      'CreditRefund',
      'ErasePersonalData',
    ];
    for (const command of new Set(Object.values(LIFECYCLE).flat())) {
      if (ofTheLoop.includes(command)) continue;
      expect(ids).toContain(command.charAt(0).toLowerCase() + command.slice(1));
    }
  });
});

describe('the page', () => {
  test('loads its own scripts, and nothing of anyone else', () => {
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(page.body).not.toMatch(/<script>|\s(?:src|href)="(?!\/)/);
  });

  test('says what to read where its scripts are not served', () => {
    expect(page.body).toContain('<a href="/openapi.json">');
  });
});
