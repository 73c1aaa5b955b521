import { describe, expect, test } from 'vitest';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import { synthesize } from '../../testing/templates.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1f3c';
const audience = { oidcAudience: 'order-loop' };
const issuer = { oidcIssuer: 'https://id.example.com', ...audience };

describe('settings that are wrong are refused by name', () => {
  test.each([
    [{ stage: 'Prod_1' }, 'stage must be 1 to 20 lower-case letters'],
    [{ stage: 'my-aws' }, 'stage must not contain aws'],
    [{ orderNumberPrefix: 'lmb' }, 'orderNumberPrefix must be upper-case letters and digits'],
    [{ orderNumberPrefix: 'A'.repeat(21) }, 'orderNumberPrefix must be 20 characters at most'],
    [{ queueAfterSeconds: '1.5' }, 'queueAfterSeconds must be a whole number of seconds'],
    [{ queueAfterSeconds: 'soon' }, 'queueAfterSeconds'],
    [{ atRiskDays: '-1' }, 'atRiskDays must not be negative'],
    [{ logLevel: 'LOUD' }, 'logLevel'],
    [{ logRetentionDays: '29' }, 'logRetentionDays must be one of 1, 3, 5, 7, 14, 30'],
    [{ logRetentionDays: 'long' }, 'logRetentionDays'],
    [{ tracing: 'perhaps' }, 'tracing must be true or false'],
    [{ removalPolicy: 'maybe' }, 'removalPolicy'],
    [{ webhookConcurrency: '0' }, 'webhookConcurrency must be at least 1'],
    [{ webhookConcurrency: '2.5' }, 'webhookConcurrency must be a whole number of calls'],
    [{ checkpoints: 'yes' }, 'checkpoints'],
    [{ checkpointRetentionDays: 0 }, 'checkpointRetentionDays must be at least 1'],
    [{ encryptionKeyArn: 'alias/loop' }, 'encryptionKeyArn must be the ARN of a KMS key'],
    [{ portalBaseUrl: 'http://portal.example.com' }, 'portalBaseUrl must be an https URL'],
    [{ portalBaseUrl: 'https://portal.example.com/' }, 'portalBaseUrl must not end in a slash'],
    [{ portalDaysAfterDelivery: '0' }, 'portalDaysAfterDelivery must be at least a day'],
    [{ portalDaysAfterDelivery: '181' }, 'portalDaysAfterDelivery must be 180 days at most'],
    [{ oidcIssuer: 'https://id.example.com' }, 'oidcIssuer and oidcAudience go together'],
    [audience, 'oidcIssuer and oidcAudience go together'],
    [{ domainName: 'orders.example.com' }, 'domainName and certificateArn go together'],
    [{ domainName: 'https://orders.example.com', certificateArn }, 'domainName must be a domain name'],
    [
      { domainName: 'orders.example.com', certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') },
      'certificateArn must be the ARN of a certificate in us-east-1',
    ],
    [{ consoleClientId: 'console' }, 'consoleClientId is a client at the oidcIssuer'],
    [{ hostConsole: 'perhaps' }, 'hostConsole must be true or false'],
    [{ oidcGroupsClaim: 'groups' }, 'oidcGroupsClaim is in tokens of the oidcIssuer'],
    [{ ...issuer, oidcRoleGroups: 'admin=Admins' }, 'oidcRoleGroups are names in the oidcGroupsClaim'],
    [{ ...issuer, oidcGroupsClaim: 'groups' }, 'oidcGroupsClaim takes oidcPersonClaims'],
    [
      { ...issuer, oidcPersonClaims: 'uid', oidcGroupsClaim: 'my groups' },
      'oidcGroupsClaim must be the name of a claim',
    ],
    [
      { ...issuer, oidcPersonClaims: 'uid', oidcGroupsClaim: 'groups', oidcRoleGroups: 'chief=Admins' },
      'oidcRoleGroups must be role=group',
    ],
    [{ machineClients: 'ERP=orders/read' }, 'must be lower-case letters'],
    [{ machineClients: 'erp=orders/all' }, 'must be of orders/read'],
    [{ machineClients: 'erp' }, 'must have at least one scope'],
    [{ machineClients: 'erp=orders/read,erp=orders/write' }, 'machineClients must differ in name'],
    [
      { ...issuer, machineClients: 'erp=orders/read' },
      "machineClients are clients of the loop's own user pool",
    ],
  ])('%j', async (context, message) => {
    await expect(synthesize(context)).rejects.toThrow(message);
  });

  test.each([
    'http://id.example.com',
    'https://localhost:4000',
    'https://127.0.0.1',
    'https://[::1]/',
    'issuer',
  ])('no token of a development issuer is ever accepted: %s', async (oidcIssuer) => {
    await expect(synthesize({ oidcIssuer, ...audience })).rejects.toThrow('oidcIssuer must be an https URL');
  });
});

test('logs are kept for as long as is asked, all of them, and traces are left out', async () => {
  const { service } = await synthesize({ logRetentionDays: '90', tracing: 'false' });
  const groups = service.all('AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThan(30);
  for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(90);
  for (const { Properties } of service.functions().values())
    expect(Properties.TracingConfig?.Mode ?? 'PassThrough').toBe('PassThrough');
});

test('calls are kept free for webhooks where that is asked for, and for nothing else', async () => {
  const reserved = async (context: Record<string, unknown>) =>
    [...(await synthesize(context)).service.functions()].flatMap(([entry, { Properties }]) =>
      Properties.ReservedConcurrentExecutions === undefined
        ? []
        : [`${entry} ${Properties.ReservedConcurrentExecutions}`],
    );
  expect(await reserved({})).toEqual([]);
  expect((await reserved({ webhookConcurrency: '20' })).sort()).toEqual(
    WEBHOOKS.map(({ path }) => path)
      .sort()
      .map((channel) => `functions/webhooks/${channel}.ts 20`),
  );
});

describe('settings reach the functions', async () => {
  const { service } = await synthesize({
    orderNumberPrefix: 'ACME',
    logLevel: 'DEBUG',
    atRiskDays: '3',
    portalBaseUrl: 'https://orders.example.com',
    portalDaysAfterDelivery: '7',
  });
  const environment = (entry: string) =>
    service.functions().get(`functions/${entry}.ts`)?.Properties.Environment.Variables;

  test('as they were given', () => {
    expect(environment('api/orders')).toMatchObject({
      ORDER_NUMBER_PREFIX: 'ACME',
      LOG_LEVEL: 'DEBUG',
    });
    expect(environment('api/portal')).toMatchObject({
      PORTAL_BASE_URL: 'https://orders.example.com',
      PORTAL_DAYS_AFTER_DELIVERY: '7',
    });
    expect(environment('webhooks/shopify')).toMatchObject({ ORDER_NUMBER_PREFIX: 'ACME' });
    expect(environment('stream/drive-workflow')).toMatchObject({ DELIVERY_WINDOW_AT_RISK_DAYS: '3' });
  });

  test('with room to spare in the four kilobytes that Lambda gives an environment', async () => {
    // The longest that a reference can become: the address of a queue with a name of 80 characters.
    const address = `https://sqs.ap-southeast-2.amazonaws.com/123456789012/${'n'.repeat(80)}`;
    const spelledOut = (value: unknown): string => {
      if (typeof value !== 'object' || value === null) return String(value);
      const { 'Fn::Join': join } = value as { 'Fn::Join'?: readonly [string, readonly unknown[]] };
      return join === undefined ? address : join[1].map(spelledOut).join(join[0]);
    };
    const { service: longest } = await synthesize({ stage: 'a-stage-of-twenty-ch' });
    for (const [entry, { Properties }] of longest.functions()) {
      const bytes = Object.entries(Properties.Environment?.Variables ?? {})
        .map(([name, value]) => name.length + spelledOut(value).length)
        .reduce((sum, each) => sum + each, 0);
      expect(bytes, entry).toBeLessThan(4_000);
    }
  });

  test('by default links lead to the API itself', async () => {
    const functions = (await synthesize()).service.functions();
    const of = (entry: string) =>
      functions.get(`functions/api/${entry}.ts`)?.Properties.Environment.Variables;
    expect(of('orders').ORDER_NUMBER_PREFIX).toBe('LMB-ORD');
    expect(of('portal').PORTAL_BASE_URL['Fn::GetAtt'][1]).toBe('ApiEndpoint');
  });
});
