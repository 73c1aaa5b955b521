import { Template } from 'aws-cdk-lib/assertions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Stack } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import { checkCompliance } from '../../lib/compliance.ts';
import { OrderLoop } from '../../lib/order-loop.ts';
import { synthesize } from '../../testing/templates.ts';

const encryptionKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1f3c-77';

describe('a key of the customer’s own, known by its ARN', async () => {
  const { data, service } = await synthesize({ encryptionKeyArn });

  test('encrypts the table, the secrets, the archive of events and every queue', () => {
    expect(data.only('AWS::DynamoDB::Table').Properties.SSESpecification).toEqual({
      KMSMasterKeyId: encryptionKeyArn,
      SSEEnabled: true,
      SSEType: 'KMS',
    });
    const secrets = data.all('AWS::SecretsManager::Secret');
    // Links of the portal, subscriptions and approvals of agents have one each.
    expect(secrets).toHaveLength(WEBHOOKS.length + 4);
    for (const { Properties } of secrets) expect(Properties.KmsKeyId).toBe(encryptionKeyArn);
    expect(data.only('AWS::Events::Archive').Properties.KmsKeyIdentifier).toBe(encryptionKeyArn);
    const queues = service.all('AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThan(14);
    for (const { Properties } of queues) expect(Properties.KmsMasterKeyId).toBe(encryptionKeyArn);
  });

  test('may be used by every function, and no other key may', () => {
    const used = service.policies().flatMap((policy) =>
      policy.PolicyDocument.Statement.filter(({ Action }: { Action: string | string[] }) =>
        // Checkpoints are signed with a key of their own.
        [Action].flat().some((action) => /^kms:(?!Sign$|Verify$)/.test(action)),
      ).map(({ Resource }: { Resource: unknown }) => ({ roles: policy.Roles, Resource })),
    );
    for (const { Resource } of used) expect(Resource).toBe(encryptionKeyArn);
    const roles = new Set(used.flatMap((each) => each.roles.map(({ Ref }: { Ref: string }) => Ref)));
    const functions = [...service.functions().values()].filter(({ Metadata }) => Metadata?.OrderLoop);
    for (const { Properties } of functions) expect(roles).toContain(Properties.Role['Fn::GetAtt'][0]);
  });
});

describe('a key that is made in the same app', () => {
  const app = new App({ builtinCloudFormationValidation: false, analyticsReporting: false });
  const keys = new Stack(app, 'Keys');
  const encryptionKey = new Key(keys, 'Key', { enableKeyRotation: true });
  const loop = new OrderLoop(app, 'Loop', { bundle: false, encryptionKey });
  const warehouse = new Stack(app, 'Warehouse');
  loop.onOrderEvent('Shipped', {
    target: new SqsQueue(
      new Queue(warehouse, 'Queue', {
        enforceSSL: true,
        deadLetterQueue: { queue: new Queue(warehouse, 'Dead', { enforceSSL: true }), maxReceiveCount: 3 },
      }),
    ),
    crossStackScope: warehouse,
  });

  test('lets EventBridge put messages into the queues that it encrypts', () => {
    const { Properties } = Object.values(Template.fromStack(keys).findResources('AWS::KMS::Key'))[0] ?? {};
    const services = Properties.KeyPolicy.Statement.flatMap(
      ({ Principal, Action }: { Principal: { Service?: string }; Action: string | string[] }) =>
        Principal.Service === undefined ? [] : [[Principal.Service, [Action].flat()] as const],
    );
    const bus = services.filter(([service]: [string]) => service === 'events.amazonaws.com');
    const actions = bus.flatMap(([, allowed]: [string, string[]]) => allowed);
    expect(actions).toContain('kms:Decrypt');
    expect(actions).toContain('kms:GenerateDataKey*');
  });

  test('encrypts what a subscriber did not take', () => {
    const made = Template.fromStack(warehouse).findResources('AWS::SQS::Queue');
    const [undelivered] = Object.entries(made).filter(([id]) => id.startsWith('ShippedUndelivered'));
    expect(JSON.stringify(undelivered?.[1].Properties.KmsMasterKeyId)).toContain('Fn::ImportValue');
  });

  test('leaves no finding of the rules without a reason', { tags: 'long' }, () => {
    const checked = new App({ builtinCloudFormationValidation: false, analyticsReporting: false });
    const own = new Key(new Stack(checked, 'Keys'), 'Key', { enableKeyRotation: true });
    new OrderLoop(checked, 'Loop', { bundle: false, encryptionKey: own });
    checkCompliance(checked);
    expect(() => checked.synth()).not.toThrow();
  });
});
