import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../contract/routes.ts';
import { buildApp } from '../../lib/app.ts';
import { synthesize, Template } from '../../testing/templates.ts';

const { service } = await synthesize();
const json = (value: unknown) => JSON.stringify(value);
const { DistributionConfig: distribution } = service.only('AWS::CloudFront::Distribution').Properties;
const behaviors = distribution.CacheBehaviors as {
  PathPattern: string;
  TargetOriginId: string;
  AllowedMethods: string[];
  ViewerProtocolPolicy: string;
}[];
const origins = distribution.Origins as { Id: string; DomainName: unknown; S3OriginConfig?: unknown }[];

function consoleStack(context: Record<string, unknown> = {}): Template | undefined {
  const outdir = mkdtempSync(join(tmpdir(), 'order-loop-synth-'));
  try {
    const { stacks } = buildApp({ bundle: false, context, outdir }).synth();
    const found = stacks.find(({ stackName }) => stackName.endsWith('-console'));
    return found && new Template(found.stackName, found.template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The pattern of CloudFront that a path falls under; the console's files are what none fits. */
function patternFor(path: string): string | undefined {
  return behaviors
    .map(({ PathPattern }) => PathPattern)
    .find((pattern) => (pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern));
}

describe('console and API under one address', () => {
  test.each(ROUTES.map(({ method, path }) => [method, path.replace(/\{\w+\}/g, 'x')] as const))(
    '%s %s goes to the API',
    (method, path) => {
      const pattern = patternFor(path);
      const behavior = behaviors.find(({ PathPattern }) => PathPattern === pattern);
      expect(behavior?.AllowedMethods).toContain(method);
      expect(behavior?.ViewerProtocolPolicy).toBe('https-only');
      const origin = origins.find(({ Id }) => Id === behavior?.TargetOriginId);
      expect(json(origin?.DomainName)).toContain('ApiEndpoint');
    },
  );

  test.each(['/', '/orders/LMB-ORD-2026-0041', '/inventory/LMB-BRS.001', '/assets/index-1a2b.js'])(
    '%s is of the console',
    (path) => expect(patternFor(path)).toBeUndefined(),
  );

  test('what the API answers is never cached and never replaced by a page', () => {
    // The managed policies CachingDisabled and AllViewerExceptHostHeader.
    for (const behavior of behaviors) {
      expect(behavior).toMatchObject({
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      });
      expect(behavior).not.toHaveProperty('FunctionAssociations');
    }
    // Each error goes through as it is, and is asked for anew the next time.
    for (const { ErrorCachingMinTTL, ResponsePagePath } of distribution.CustomErrorResponses) {
      expect(ErrorCachingMinTTL).toBe(0);
      expect(ResponsePagePath).toBeUndefined();
    }
    expect(
      distribution.CustomErrorResponses.map(({ ErrorCode }: { ErrorCode: number }) => ErrorCode),
    ).toEqual(expect.arrayContaining([403, 404, 500, 502, 503, 504]));
  });

  test('a firewall judges requests where one is named', async () => {
    const webAclArn =
      'arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/0b1f2c3d-0000-4000-8000-000000000000';
    expect(distribution.WebACLId).toBeUndefined();
    const guarded = (await synthesize({ webAclArn })).service;
    expect(guarded.only('AWS::CloudFront::Distribution').Properties.DistributionConfig.WebACLId).toBe(
      webAclArn,
    );
    await expect(synthesize({ webAclArn: webAclArn.replace('us-east-1', 'eu-west-1') })).rejects.toThrow(
      'webAclArn',
    );
  });

  test.each([
    ['/', '/index.html'],
    ['/orders/LMB-ORD-2026-0041', '/index.html'],
    ['/inventory/LMB-BRS.001', '/index.html'],
    ['/assets/index-1a2b.js', '/assets/index-1a2b.js'],
    ['/loop.svg', '/loop.svg'],
    ['/console-config.json', '/console-config.json'],
  ])('%s is answered with %s', (uri, file) => {
    const { FunctionCode } = service.only('AWS::CloudFront::Function').Properties;
    const request = { uri };
    const answered = runInNewContext(`${FunctionCode}; handler({ request })`, { request });
    expect(answered.uri).toBe(file);
  });
});

describe('the files', () => {
  const files = service.only('AWS::S3::Bucket');

  test('are read by this distribution alone', () => {
    expect(files.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const { Statement } = service.only('AWS::S3::BucketPolicy').Properties.PolicyDocument;
    const [refusal, allowance, ...more] = Statement;
    expect(more).toEqual([]);
    expect(refusal).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(allowance.Principal).toEqual({ Service: 'cloudfront.amazonaws.com' });
    const source = json(allowance.Condition.StringEquals['AWS:SourceArn']);
    const [id] =
      [...service.resources].find(([, { Type }]) => Type === 'AWS::CloudFront::Distribution') ?? [];
    expect(source).toContain(`{"Ref":"${id}"}`);
    expect(
      service.only('AWS::CloudFront::OriginAccessControl').Properties.OriginAccessControlConfig,
    ).toMatchObject({
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
  });

  test('may load and ask their own address and the issuer, and run nothing that stands in a page', () => {
    const headers = service.behind(distribution.DefaultCacheBehavior.ResponseHeadersPolicyId).Properties
      .ResponseHeadersPolicyConfig.SecurityHeadersConfig;
    const policy = json(headers.ContentSecurityPolicy.ContentSecurityPolicy);
    expect(policy).toContain("default-src 'none'; script-src 'self'; ");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*/);
    expect(/connect-src 'self'.*?; object-src/.exec(policy)?.[0]).toMatch(
      /UserPool\w+ProviderURL.*UserPoolDomain/,
    );
    expect(policy).toContain("object-src 'none'; base-uri 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.StrictTransportSecurity).toMatchObject({
      ...{ AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
    });
    expect(headers.ReferrerPolicy.ReferrerPolicy).toBe('no-referrer');
    expect(distribution.DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
  });

  test('have the headers of the API on what the gateway answers by itself', () => {
    const { CacheBehaviors } = distribution;
    expect(CacheBehaviors.length).toBeGreaterThan(5);
    for (const { ResponseHeadersPolicyId } of CacheBehaviors) {
      const { SecurityHeadersConfig: headers } =
        service.behind(ResponseHeadersPolicyId).Properties.ResponseHeadersPolicyConfig;
      expect(headers).toMatchObject({
        // The pages of the API have policies of their own.
        ContentSecurityPolicy: { Override: false },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 63_072_000, IncludeSubdomains: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
      });
      const { ContentSecurityPolicy } = headers.ContentSecurityPolicy;
      for (const directive of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        expect(ContentSecurityPolicy).toContain(directive);
    }
  });

  test('are copied so that pages are asked for again each time, and the files of older pages stay', () => {
    const stack = consoleStack();
    const [assets, pages] =
      stack?.all('Custom::CDKBucketDeployment').map(({ Properties }) => Properties) ?? [];
    expect(pages).toMatchObject({
      SystemMetadata: { 'cache-control': 'no-cache' },
      Exclude: ['assets/*'],
    });
    expect(assets).toMatchObject({
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
      Include: ['assets/*'],
      Prune: false,
    });
    const statements = stack?.only('AWS::IAM::Policy').Properties.PolicyDocument.Statement;
    const actions = statements.flatMap(({ Action }: { Action: string | string[] }) => Action);
    expect([...new Set(actions)].sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });
});

describe('operators', () => {
  test('sign in at the loop’s own user pool with PKCE, and the API takes their tokens', () => {
    const [id, client] = [...service.resources].find(
      ([, { Type }]) => Type === 'AWS::Cognito::UserPoolClient',
    ) as [string, typeof service.resources extends ReadonlyMap<string, infer R> ? R : never];
    expect(client.Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      PreventUserExistenceErrors: 'ENABLED',
    });
    for (const url of [...client.Properties.CallbackURLs, ...client.Properties.LogoutURLs]) {
      expect(json(url)).toMatch(
        /"https:\/\/",\{"Fn::GetAtt":\["ConsoleDistribution\w+","DomainName"\]\},"\/"/,
      );
    }
    const { Audience } = service.only('AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration;
    expect(Audience).toContainEqual({ Ref: id });
  });

  test('at an issuer of one’s own, where the console has a client there', async () => {
    const issuer = { oidcIssuer: 'https://id.example.com/tenant', oidcAudience: 'loop' };
    expect(consoleStack(issuer)).toBeUndefined();
    const site = { domainName: 'orders.example.com', certificateArn: certificate };
    const own = (await synthesize({ ...issuer, ...site, consoleClientId: 'console-1' })).service;
    expect(own.all('AWS::Cognito::UserPoolClient')).toEqual([]);
    const { Audience } = own.only('AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration;
    expect(Audience).toEqual(['loop', 'console-1']);
    const { DefaultCacheBehavior } = own.only('AWS::CloudFront::Distribution').Properties.DistributionConfig;
    const { ContentSecurityPolicy } = own.behind(DefaultCacheBehavior.ResponseHeadersPolicyId).Properties
      .ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy;
    expect(ContentSecurityPolicy).toContain("connect-src 'self' https://id.example.com;");
    expect(own.only('AWS::CloudFront::Distribution').Properties.DistributionConfig).toMatchObject({
      Aliases: ['orders.example.com'],
      ViewerCertificate: { AcmCertificateArn: certificate, MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
    // What others see of the API is its public name.
    const gateway = own.functions().get('functions/mcp/commerce-gateway.ts');
    expect(gateway?.Properties.Environment.Variables).toMatchObject({
      API_BASE_URL: 'https://orders.example.com',
      PORTAL_BASE_URL: 'https://orders.example.com',
    });
  });

  test('nowhere, where no console is wanted', async () => {
    const without = (await synthesize({ hostConsole: 'false' })).service;
    expect(without.all('AWS::CloudFront::Distribution')).toEqual([]);
    expect(consoleStack({ hostConsole: 'false' })).toBeUndefined();
  });
});

const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/1f3c';

test('the function of CloudFront uses nothing that its runtime lacks', () => {
  const code = readFileSync(new URL('../../lib/constructs/console-views.js', import.meta.url), 'utf8');
  expect(code).not.toMatch(/\b(?:import|export|require|async|fetch)\b/);
});
