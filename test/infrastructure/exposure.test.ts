import { describe, expect, test } from 'vitest';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import { CONNECTED_CHANNELS } from '../../functions/channels/descriptors.ts';
import { synthesize, type Template } from '../../testing/templates.ts';

const { data, service, text } = await synthesize();

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal: { readonly Service?: string; readonly AWS?: unknown };
  readonly Condition?: Record<string, Record<string, unknown>>;
  readonly Resource: unknown;
}
const json = (value: unknown) => JSON.stringify(value);

/** Statements of a function's own role that hold a text, for example the name of a service. */
function statementsOf(template: Template, entry: string, holding: string): readonly Statement[] {
  const role = template.functions().get(entry)?.Properties.Role['Fn::GetAtt'][0];
  return template
    .policies()
    .filter((policy) => json(policy.Roles).includes(`"${role}"`))
    .flatMap((policy) => policy.PolicyDocument.Statement as Statement[])
    .filter((statement) => json(statement).includes(holding));
}

describe('who may call what', () => {
  test('functions are called by this API and their own schedules alone, or by services that a role of the loop lets', () => {
    const all = service.all('AWS::Lambda::Permission');
    const scheduled = all.filter(({ Properties }) => Properties.Principal === 'events.amazonaws.com');
    const names = ['MessageSweep', 'Reconciler'];
    expect(scheduled).toHaveLength(names.length);
    for (const name of names) {
      const own = scheduled.find(({ Properties }) => json(Properties.FunctionName).includes(name));
      expect(json(own?.Properties.SourceArn)).toContain(`${name}Schedule`);
    }
    const permissions = all.filter((each) => !scheduled.includes(each));
    expect(permissions.length).toBeGreaterThan(0);
    const [[api]] = [...service.resources].filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api') as [
      [string, unknown],
    ];
    for (const { Properties } of permissions) {
      expect(Properties.Principal).toBe('apigateway.amazonaws.com');
      expect(json(Properties.SourceArn)).toContain(`{"Ref":"${api}"}`);
    }
    expect(service.all('AWS::Lambda::Url')).toEqual([]);
  });

  test('roles are those of functions and of the state machine, and of nobody else', () => {
    for (const { Properties } of service.all('AWS::IAM::Role')) {
      const [statement, ...more] = Properties.AssumeRolePolicyDocument.Statement as Statement[];
      expect(more).toEqual([]);
      expect(['lambda.amazonaws.com', 'states.amazonaws.com']).toContain(statement?.Principal.Service);
    }
  });

  test('queues take messages from the rules of the loop alone', () => {
    const statements = service
      .all('AWS::SQS::QueuePolicy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(0);
    for (const { Principal, Action, Condition } of allowed) {
      expect(Principal).toEqual({ Service: 'events.amazonaws.com' });
      expect([Action].flat()).toContain('sqs:SendMessage');
      const { 'aws:SourceArn': source } = Condition?.ArnEquals ?? {};
      expect(service.behind(source as never).Type).toBe('AWS::Events::Rule');
    }
  });

  test('nobody outside the account has a policy on table, bus or secrets', () => {
    for (const type of ['AWS::Events::EventBusPolicy', 'AWS::SecretsManager::ResourcePolicy'])
      expect(data.all(type)).toEqual([]);
    expect(data.only('AWS::DynamoDB::Table').Properties.ResourcePolicy).toBeUndefined();
  });
});

const secretOf = (path: string) => `${path.charAt(0).toUpperCase()}${path.slice(1)}Webhook`;

describe('secrets', () => {
  const outputs = Object.fromEntries(
    [...data.resources].flatMap(([id, { Type }]) =>
      Type === 'AWS::SecretsManager::Secret' ? [[id, id]] : [],
    ),
  );

  test.each([
    ...WEBHOOKS.map(({ path }): [string, string[]] => [`functions/webhooks/${path}.ts`, [secretOf(path)]]),
    ['functions/api/orders.ts', ['ListCursors']],
    ['functions/api/portal.ts', ['ListCursors', 'PortalLinks']],
    ['functions/mcp/commerce-gateway.ts', ['AgentApprovals', 'ListCursors', 'PortalLinks']],
    ['functions/consumers/channel-sync.ts', CONNECTED_CHANNELS.map(({ webhook }) => secretOf(webhook.path))],
  ])('%s reads %j and no other of the deployment', (entry, names) => {
    const read = json(statementsOf(service, entry, 'secretsmanager:GetSecretValue'));
    const known = Object.keys(outputs).filter((id) => read.includes(id));
    expect(known.map((id) => id.replace(/Secret[0-9A-F]{8}$/, '')).sort()).toEqual([...names].sort());
  });

  test('of connections are read by those who speak with other sides, each loop its own', async () => {
    const readers = (template: Template, stage: string) =>
      [...template.functions().keys()].filter(
        (entry) => statementsOf(template, entry, `:secret:order-loop/connections/${stage}/*`).length > 0,
      );
    const speakers = ['shopify', 'square', 'edi', 'carrier'].map((name) => `functions/webhooks/${name}.ts`);
    for (const entry of speakers) expect(readers(service, 'dev')).toContain(entry);
    expect(readers(service, 'dev')).toContain('functions/consumers/channel-sync.ts');
    const production = await synthesize({ stage: 'prod' });
    expect(readers(production.service, 'prod')).toEqual(readers(service, 'dev'));
    expect(production.text.includes('order-loop/connections/dev')).toBe(false);
    expect(text.includes('order-loop/connections/*')).toBe(false);
  });
});

describe('nothing of a developer’s machine is deployed', () => {
  test.each([...service.functions()])('%s', (_, { Properties }) => {
    const names = Object.keys(Properties.Environment.Variables);
    for (const local of ['ALLOW_PRIVATE_ADDRESSES', 'TOKEN_KEYS_URL', 'AWS_ENDPOINT_URL', 'NODE_OPTIONS'])
      expect(names).not.toContain(local);
  });

  test('tokens are taken from the stack’s own user pool', () => {
    const { Issuer } = service.only('AWS::ApiGatewayV2::Authorizer').Properties.JwtConfiguration;
    expect(json(Issuer)).toMatch(/UserPool[0-9A-F]+ProviderURL/);
    expect(/local-[a-z]|http:\/\//.exec(text)?.[0]).toBeUndefined();
  });
});

describe('logs', () => {
  test('of every kind end, and go with the stack', () => {
    for (const { Properties, DeletionPolicy } of service.all('AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBe(30);
      expect(DeletionPolicy).toBe('Delete');
    }
  });

  test.each([...service.functions()])('%s writes to its own', (entry, { Properties }) => {
    const [statement, ...more] = statementsOf(service, entry, 'logs:PutLogEvents');
    expect(more).toEqual([]);
    const own = Properties.LoggingConfig.LogGroup.Ref;
    expect(statement?.Resource).toEqual({ 'Fn::GetAtt': [own, 'Arn'] });
  });
});
