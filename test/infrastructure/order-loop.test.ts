import { Template } from 'aws-cdk-lib/assertions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { checkCompliance } from '../../lib/compliance.ts';
import { OrderLoop, type OrderLoopProps } from '../../lib/order-loop.ts';

function newApp(): App {
  return new App({ builtinCloudFormationValidation: false, treeMetadata: false, analyticsReporting: false });
}

const stacksOf = (app: App) => app.node.findAll().filter((construct) => Stack.isStack(construct)) as Stack[];

/** These have a name only within the API, the bus or the user pool that they belong to. */
const INSIDERS = [
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::Events::Rule',
  'AWS::Cognito::UserPoolResourceServer',
];
const NAMES = [
  'Name',
  'Domain',
  'LogGroupName',
  'QueueName',
  'TableName',
  'StateMachineName',
  'FunctionName',
];

/** What two loops in one account could meet in: names of stacks, and of what a stack gives a name of its own. */
function namesOf(app: App): string[] {
  return stacksOf(app).flatMap((stack) => [
    stack.stackName,
    ...Object.values(resourcesOf(stack))
      .filter(({ Type }) => !INSIDERS.includes(Type))
      .flatMap(({ Properties = {} }) => [
        ...Object.entries(Properties),
        // CloudFront keeps the names of its parts, which a whole account shares, in what configures them.
        ...Object.values(Properties).flatMap((inner) => Object.entries(inner ?? {})),
      ])
      .filter(([name, value]) => NAMES.includes(name) && !isReference(value))
      .map(([, value]) => JSON.stringify(value)),
  ]);
}

function resourcesOf(stack: Stack) {
  return Template.fromStack(stack).toJSON().Resources as Record<
    string,
    { Type: string; Properties?: object }
  >;
}

/** A reference to another resource of the stack, which has a generated name. */
function isReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('Ref' in value || 'Fn::GetAtt' in value);
}

function expectNoFinding(props: OrderLoopProps): void {
  const app = newApp();
  new OrderLoop(app, 'Loop', { ...props, bundle: false });
  checkCompliance(app);
  expect(() => app.synth()).not.toThrow();
}

describe('OrderLoop in an app of another team', () => {
  test('two stages of one account share no name', () => {
    const namesFor = (props: OrderLoopProps) => {
      const app = newApp();
      new OrderLoop(app, 'Loop', { ...props, bundle: false });
      return namesOf(app);
    };
    const development = namesFor({});
    const production = namesFor({ stage: 'prod' });
    expect(development).toContain('"order-loop"');
    expect(production).toContain('"order-loop-prod"');
    expect(development.filter((name) => production.includes(name))).toEqual([]);
  });

  test('events are subscribed to from another stack, which then depends on the loop', () => {
    const app = newApp();
    const loop = new OrderLoop(app, 'Loop', { bundle: false });
    const warehouse = new Stack(app, 'Warehouse');
    loop.onOrderEvent('Shipped', {
      types: ['OrderShipped'],
      channels: ['SHOPIFY'],
      target: new SqsQueue(new Queue(warehouse, 'Queue')),
      crossStackScope: warehouse,
    });
    Template.fromStack(warehouse).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['order-loop'],
        'detail-type': ['OrderShipped'],
        detail: { channel: ['SHOPIFY'] },
      },
    });
    expect(warehouse.dependencies.map(({ stackName }) => stackName)).toEqual(['order-loop-dev-data']);
  });

  test('a subscriber loses nothing: a day of attempts, then a dead-letter queue that the rule may send to', () => {
    const app = newApp();
    const loop = new OrderLoop(app, 'Loop', { bundle: false });
    const warehouse = new Stack(app, 'Warehouse');
    const own = new Queue(warehouse, 'OwnDeadLetters');
    const target = (deadLetterQueue?: Queue) =>
      new SqsQueue(new Queue(warehouse, deadLetterQueue ? 'Second' : 'First'), {
        ...(deadLetterQueue && { deadLetterQueue, retryAttempts: 3 }),
      });
    loop.onOrderEvent('Shipped', { target: target(), crossStackScope: warehouse });
    loop.onOrderEvent('Closed', { target: target(own), crossStackScope: warehouse });
    const template = Template.fromStack(warehouse);
    const [made] = Object.keys(template.findResources('AWS::SQS::Queue')).filter((id) =>
      id.startsWith('ShippedUndelivered'),
    );
    const rules = Object.values(template.findResources('AWS::Events::Rule'));
    const targets = rules.map(({ Properties }) => Properties.Targets[0]);
    expect(targets.map(({ DeadLetterConfig }) => DeadLetterConfig.Arn['Fn::GetAtt'][0])).toEqual([
      made,
      expect.stringMatching(/^OwnDeadLetters/),
    ]);
    expect(targets.map(({ RetryPolicy }) => RetryPolicy.MaximumRetryAttempts)).toEqual([185, 3]);
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    const ofMade = policies.find(({ Properties }) => Properties.Queues[0].Ref === made);
    expect(ofMade?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
      }),
    );
    expect(Object.keys(template.findResources('AWS::SQS::Queue'))).toHaveLength(4);
  });

  test('without a filter a subscriber gets every event', () => {
    const app = newApp();
    const loop = new OrderLoop(app, 'Loop', { bundle: false });
    const audit = new Stack(app, 'Audit');
    loop.onOrderEvent('Everything', {
      target: new SqsQueue(new Queue(audit, 'Queue')),
      crossStackScope: audit,
    });
    const [rule] = Object.values(Template.fromStack(audit).findResources('AWS::Events::Rule'));
    expect(rule?.Properties.EventPattern).toEqual({ source: ['order-loop'] });
  });

  test('alarms are announced where a topic is given', () => {
    const app = newApp();
    const topic = new Topic(new Stack(app, 'Operations'), 'Alarms');
    new OrderLoop(app, 'Loop', { bundle: false, alarmTopic: topic });
    const service = stacksOf(app).find(({ stackName }) => stackName === 'order-loop-dev-service') as Stack;
    const alarms = Object.values(Template.fromStack(service).findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThan(0);
    for (const { Properties } of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.OKActions).toEqual(Properties.AlarmActions);
    }
  });

  test('no finding of the rules is left without a reason, by default', () => expectNoFinding({}));

  test.each<[string, OrderLoopProps]>([
    ['with a mail address for alarms', { alarmEmail: 'on-call@example.com' }],
    [
      'with an issuer of tokens of its own',
      { issuer: { issuerUrl: 'https://id.example.com', audience: ['loop'] } },
    ],
    ['with releases brought by and by', { release: 'canary' }],
    [
      'without what may be left out',
      { tracing: false, dashboard: false, removalPolicy: RemovalPolicy.DESTROY },
    ],
  ])('no finding of the rules is left without a reason, %s', { tags: 'long' }, (_, props) =>
    expectNoFinding(props),
  );

  test('a finding without a reason stops the synthesis', () => {
    const app = newApp();
    new OrderLoop(app, 'Loop', { bundle: false });
    new Queue(new Stack(app, 'Careless'), 'Queue');
    checkCompliance(app);
    expect(() => app.synth()).toThrow('AwsSolutions-SQS3');
  });

  test('what the loop counts is there for alarms of one’s own', () => {
    const loop = new OrderLoop(newApp(), 'Loop', { stage: 'prod', bundle: false });
    const metrics = [
      loop.metricEvents('OrderShipped'),
      loop.metricOrdersIn('FULFILLMENT_QUEUED'),
      loop.metricSecondsIn('RECEIVED', { statistic: 'p99' }),
      loop.metricConflicts(),
      loop.metricBusyAnswers(),
      loop.metricRefusedWebhooks(),
      loop.metricFailedMessages(),
      loop.metricHeartbeats(),
      loop.metricQuarantinedMessages(),
      loop.metricFailedRefreshes(),
      loop.metricRevokedConnections(),
      loop.metricSwitchedOffSubscriptions(),
    ];
    expect(metrics.map(({ metricName, statistic }) => [metricName, statistic])).toEqual([
      ['OrderShipped', 'Sum'],
      ['OrdersInFulfillmentQueued', 'Maximum'],
      ['SecondsInReceived', 'p99'],
      ['WriteConflicts', 'Sum'],
      ['BusyAnswers', 'Sum'],
      ['WebhooksRefused', 'Sum'],
      ['MessagesFailed', 'Sum'],
      ['StreamHeartbeats', 'Sum'],
      ['MessagesQuarantined', 'Maximum'],
      ['TokenRefreshesFailed', 'Sum'],
      ['ConnectionsRevoked', 'Maximum'],
      ['SubscriptionsSwitchedOff', 'Sum'],
    ]);
    for (const { namespace, dimensions } of metrics) {
      expect(namespace).toBe('OrderLoop');
      expect(dimensions).toEqual({ service: 'order-loop-prod' });
    }
  });
});
