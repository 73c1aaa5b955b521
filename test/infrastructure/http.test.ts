import { describe, expect, test } from 'vitest';
import { ROUTES, routeKey } from '../../contract/routes.ts';
import { synthesize } from '../../testing/templates.ts';

const { service } = await synthesize();
const routes = new Map(
  service
    .all('AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => [Properties.RouteKey as string, Properties]),
);

describe('the HTTP API', () => {
  test('has the routes of the contract and no others', () => {
    expect([...routes.keys()].sort()).toEqual(ROUTES.map(routeKey).sort());
  });

  test.each(ROUTES.map((route) => [routeKey(route), route] as const))('%s', (key, route) => {
    const made = routes.get(key);
    if (typeof route.access === 'object') {
      expect(made.AuthorizationType).toBe('JWT');
      expect(made.AuthorizationScopes).toEqual([route.access.scope]);
      expect(service.behind(made.AuthorizerId).Type).toBe('AWS::ApiGatewayV2::Authorizer');
    } else {
      expect(made.AuthorizationType).toBe('NONE');
      expect(made.AuthorizerId).toBeUndefined();
    }
    const integration = service.behind(made.Target['Fn::Join'][1][1]).Properties;
    expect(integration.PayloadFormatVersion).toBe('2.0');
    expect(service.behind(integration.IntegrationUri).Metadata?.OrderLoop?.entry).toBe(
      `functions/${route.function}.ts`,
    );
  });

  test('every /v1 route asks for a scope', () => {
    const open = ROUTES.filter(({ path, access }) => path.startsWith('/v1/') && typeof access !== 'object');
    expect(open).toEqual([]);
  });

  test('is throttled and logs no path, since a path can hold a portal token', () => {
    const stage = service.only('AWS::ApiGatewayV2::Stage').Properties;
    expect(stage.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    });
    const logged = Object.values(JSON.parse(stage.AccessLogSettings.Format) as Record<string, string>);
    expect(logged).toContain('$context.routeKey');
    expect(logged).not.toContain('$context.path');
  });

  test('takes less on routes that cost much, all of which the contract has', () => {
    const made = [...service.resources].find(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Stage')?.[1];
    const settings = made?.Properties.RouteSettings as Record<string, Record<string, number>>;
    expect(Object.keys(settings)).toContain('GET /v1/inventory/drift');
    for (const [key, { ThrottlingRateLimit, ThrottlingBurstLimit }] of Object.entries(settings)) {
      expect([...routes.keys()]).toContain(key);
      expect(ThrottlingRateLimit).toBeLessThan(500);
      expect(ThrottlingBurstLimit).toBeLessThan(1000);
      // CloudFormation refuses settings of a route that is not there yet.
      const [id] = [...service.resources].find(([, { Properties }]) => Properties?.RouteKey === key) ?? [];
      expect((made as { DependsOn?: string[] }).DependsOn).toContain(id);
    }
  });

  test('takes less wherever a command may read the whole table', () => {
    const scanning = service
      .policies()
      .filter((policy) => JSON.stringify(policy.PolicyDocument).includes('dynamodb:Scan'))
      .flatMap((policy) => policy.Roles)
      .map(({ Ref }) => Ref);
    const functions = [...service.functions()]
      .filter(([, { Properties }]) => scanning.includes(Properties.Role['Fn::GetAtt'][0]))
      .map(([entry]) => entry.replace(/^functions\/(.*)\.ts$/, '$1'));
    expect(functions.sort()).toEqual(['api/dead-letters', 'api/republish', 'tasks/sweep-messages']);
    const slowed = Object.keys(service.only('AWS::ApiGatewayV2::Stage').Properties.RouteSettings);
    for (const route of ROUTES)
      if (route.method === 'POST' && functions.includes(route.function))
        expect(slowed).toContain(`${route.method} ${route.path}`);
  });

  test('ends later than every function behind it', () => {
    const entries = new Set(ROUTES.map((route) => `functions/${route.function}.ts`));
    for (const [entry, { Properties }] of service.functions()) {
      if (entries.has(entry)) expect(Properties.Timeout, entry).toBeLessThan(29);
    }
  });
});
