import { describe, expect, test } from 'vitest';
import { ROLE_NAMES } from '../../contract/roles.ts';
import { SCOPES } from '../../contract/routes.ts';
import { INDEXES } from '../../contract/table.ts';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import { synthesize } from '../../testing/templates.ts';

const { data, text } = await synthesize();
const issuer = { oidcIssuer: 'https://id.example.com/tenant', oidcAudience: 'order-loop, console' };

describe('the table', () => {
  const table = data.only('AWS::DynamoDB::Table');

  test('is kept, protected, recoverable, encrypted, and streams new images', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('has the indexes that the code knows, each with keys only', () => {
    const made = table.Properties.GlobalSecondaryIndexes;
    expect(made).toEqual(
      Object.values(INDEXES).map(({ indexName, partitionKey, sortKey }) => ({
        IndexName: indexName,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    );
  });

  test('goes with its stack only where that was asked for', { tags: 'long' }, async () => {
    const { data: passing } = await synthesize({ removalPolicy: 'destroy' });
    const gone = passing.only('AWS::DynamoDB::Table');
    expect(gone.DeletionPolicy).toBe('Delete');
    expect(gone.Properties.DeletionProtectionEnabled).toBe(false);
  });
});

describe('the bus', () => {
  test('is called order-loop and keeps its events for replay', () => {
    expect(data.only('AWS::Events::EventBus').Properties.Name).toBe('order-loop');
    expect(data.only('AWS::Events::Archive').Properties).toMatchObject({
      RetentionDays: 30,
      EventPattern: { source: ['order-loop'] },
    });
  });
});

describe('secrets', () => {
  test('are made at random, without a previous one, and kept', () => {
    const secrets = data.all('AWS::SecretsManager::Secret');
    // Links of the portal, subscriptions and approvals of agents have one each.
    expect(secrets).toHaveLength(WEBHOOKS.length + 4);
    for (const secret of secrets) {
      expect(secret.DeletionPolicy).toBe('Retain');
      expect(secret.Properties.SecretString).toBeUndefined();
      expect(secret.Properties.GenerateSecretString).toMatchObject({
        SecretStringTemplate: '{}',
        GenerateStringKey: 'current',
      });
    }
  });

  test('of the local stack are in no template, nor is its issuer', () => {
    expect(text).not.toMatch(/local-[a-z]+-secret/);
    expect(text).not.toMatch(/localhost|127\.0\.0\.1|\/dev\/(?:token|keys|bus|stand-ins|partners)/);
  });
});

describe('checkpoints', () => {
  const lockOf = (bucket: { Properties: Record<string, unknown> }) =>
    bucket.Properties.ObjectLockConfiguration as { Rule: { DefaultRetention: unknown } };

  test('are kept in a bucket in which nothing is removed or replaced before its time', () => {
    const bucket = data.only('AWS::S3::Bucket');
    expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(bucket.Properties).toMatchObject({
      ObjectLockEnabled: true,
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: expect.anything(),
    });
    expect(lockOf(bucket).Rule.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Days: 2555 });
    expect(JSON.stringify(data.only('AWS::S3::BucketPolicy').Properties)).toContain('aws:SecureTransport');
  });

  test('are signed with a key that nobody can take out', () => {
    const key = data.only('AWS::KMS::Key');
    expect(key.DeletionPolicy).toBe('Retain');
    expect(key.Properties).toMatchObject({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  });

  test('are locked against everybody, kept longer, or not written, where that was asked for', {
    tags: 'long',
  }, async () => {
    const locked = await synthesize({ checkpoints: 'compliance', checkpointRetentionDays: 30 });
    expect(lockOf(locked.data.only('AWS::S3::Bucket')).Rule.DefaultRetention).toEqual({
      Mode: 'COMPLIANCE',
      Days: 30,
    });
    const off = await synthesize({ checkpoints: 'off' });
    expect(off.data.all('AWS::S3::Bucket')).toHaveLength(1);
    expect(off.text).not.toContain('CHECKPOINT_');
    const { data: without } = await synthesize({ checkpoints: 'none' });
    expect([...without.all('AWS::S3::Bucket'), ...without.all('AWS::KMS::Key')]).toEqual([]);
  });
});

describe('access tokens', () => {
  test('come from a user pool that knows every scope of the contract', () => {
    const scopes = data
      .all('AWS::Cognito::UserPoolResourceServer')
      .flatMap(({ Properties }) =>
        Properties.Scopes.map(
          (scope: { ScopeName: string }) => `${Properties.Identifier}/${scope.ScopeName}`,
        ),
      );
    expect(scopes.sort()).toEqual([...SCOPES].sort());
    expect(data.only('AWS::Cognito::UserPoolClient').Properties).toMatchObject({
      AllowedOAuthFlows: ['client_credentials'],
      GenerateSecret: true,
    });
    expect(data.only('AWS::Cognito::UserPool')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        DeletionProtection: 'ACTIVE',
        MfaConfiguration: 'ON',
      },
    });
  });

  test('name the role of a person by a group of the pool', () => {
    const groups = data.all('AWS::Cognito::UserPoolGroup').map(({ Properties }) => Properties.GroupName);
    expect(groups.sort()).toEqual([...ROLE_NAMES].sort());
  });

  test('of programs have the scopes of their client and no others', async () => {
    const machineClients = 'erp=orders/read orders/write,wms=inventory/write';
    const { service } = await synthesize({ machineClients, hostConsole: false });
    const clients = service.all('AWS::Cognito::UserPoolClient').map(({ Properties }) => Properties);
    expect(clients.map(({ ClientName }) => ClientName).sort()).toEqual(['erp', 'wms']);
    for (const { ClientName, AllowedOAuthFlows, AllowedOAuthScopes, GenerateSecret } of clients) {
      expect([AllowedOAuthFlows, GenerateSecret]).toEqual([['client_credentials'], true]);
      expect(AllowedOAuthScopes).toHaveLength(ClientName === 'erp' ? 2 : 1);
      expect(JSON.stringify(AllowedOAuthScopes)).toContain(ClientName === 'erp' ? '/write' : 'inventory');
    }
    const { Audience } = service.only('AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration;
    expect(Audience).toHaveLength(3);
  });

  test('of an issuer that writes scopes among the roles are checked for them by the functions', async () => {
    const scopesOf = async (context: Record<string, unknown>) =>
      (await synthesize({ ...issuer, oidcPersonClaims: 'uid', ...context })).service
        .all('AWS::ApiGatewayV2::Route')
        .filter(({ Properties }) => Properties.AuthorizationScopes !== undefined).length;
    expect(await scopesOf({})).toBeGreaterThan(40);
    expect(await scopesOf({ oidcGroupsClaim: 'roles' })).toBe(0);
    expect(await scopesOf({ oidcGroupsClaim: 'cognito:groups' })).toBeGreaterThan(40);
  });

  test('of agents are let in at their own door alone, and ask for nothing that only operators may', async () => {
    const callback = 'http://localhost:8910/callback';
    const { service } = await synthesize({ agentCallbackUrls: callback, hostConsole: false });
    const [id] = [...service.resources].find(([, { Type }]) => Type === 'AWS::Cognito::UserPoolClient') ?? [
      'none',
    ];
    const client = service.only('AWS::Cognito::UserPoolClient');
    expect(client.Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      CallbackURLs: [callback],
    });
    expect(client.Properties.AllowedOAuthScopes).toHaveLength(5);
    expect(JSON.stringify(client.Properties.AllowedOAuthScopes)).not.toContain('/admin');
    expect(
      JSON.stringify(service.only('AWS::Cognito::UserPoolResourceServer').Properties.Identifier),
    ).toContain('/mcp');
    const { Audience } = service.only('AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration;
    expect(JSON.stringify(Audience)).not.toContain(id);
    const [gateway] = [...service.functions()].filter(
      ([entry]) => entry === 'functions/mcp/commerce-gateway.ts',
    );
    expect(JSON.stringify(gateway)).toContain(id);
  });

  test('behind a name of one’s own agents are let in under both names', async () => {
    const { service } = await synthesize({
      domainName: 'orders.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1f3c',
    });
    const gateway = service.functions().get('functions/mcp/commerce-gateway.ts');
    expect(gateway?.Properties.Environment.Variables).toMatchObject({
      API_BASE_URL: 'https://orders.example.com',
      API_HOST: { 'Fn::Select': [2, expect.anything()] },
    });
  });

  test('come from another issuer where one is given, and the user pool can go', async () => {
    const other = await synthesize({ ...issuer, userPool: 'none' });
    expect(other.text).not.toContain('Cognito');
    expect(other.service.only('AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration).toEqual({
      Issuer: 'https://id.example.com/tenant',
      Audience: ['order-loop', 'console'],
    });
  });
});
