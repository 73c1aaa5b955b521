import { describe, expect, test } from 'vitest';
import { STOCK_EVENT_DATA } from '../../domain/inventory/lot.ts';
import { ORDER_EVENT_DATA } from '../../domain/order/events.ts';
import { synthesize } from '../../testing/templates.ts';

const { service } = await synthesize();

const mappings = new Map(
  service.all('AWS::Lambda::EventSourceMapping').map(({ Properties }) => {
    const entry = service.behind(Properties.FunctionName).Metadata?.OrderLoop?.entry;
    return [entry ?? '', Properties] as const;
  }),
);
const consumers = [
  'functions/consumers/early-tracking-updates.ts',
  'functions/consumers/finance.ts',
  'functions/consumers/inventory.ts',
  'functions/consumers/overview.ts',
];
const readers = ['functions/stream/publish-events.ts', 'functions/stream/drive-workflow.ts'];

const known = [...Object.keys(ORDER_EVENT_DATA), ...Object.keys(STOCK_EVENT_DATA)];

test('a flood of events waits in its queue and leaves the API its share of the account', () => {
  const queues = service
    .all('AWS::Lambda::EventSourceMapping')
    .filter(({ Properties }) => Properties.StartingPosition === undefined);
  expect(queues.length).toBeGreaterThan(3);
  for (const { Properties } of queues) expect(Properties.ScalingConfig).toEqual({ MaximumConcurrency: 50 });
});

test('a function that sends messages to itself is not stopped by Lambda at the sixteenth, and no other may loop', () => {
  const sends = (role: unknown, queue: unknown) =>
    service
      .policies()
      .filter((policy) => JSON.stringify(policy.Roles).includes(JSON.stringify(role)))
      .flatMap((policy) => policy.PolicyDocument.Statement)
      .some(
        ({ Action, Resource }) =>
          [Action].flat().includes('sqs:SendMessage') &&
          [Resource].flat().some((each) => JSON.stringify(each) === JSON.stringify(queue)),
      );
  const functions = [...service.functions()];
  const toThemselves = functions.filter(([entry, { Properties }]) => {
    const { 'Fn::GetAtt': [role] = [] } = Properties.Role;
    const source = mappings.get(entry)?.EventSourceArn;
    return source !== undefined && sends({ Ref: role }, source);
  });
  const allowed = functions.filter(([, { Properties }]) => Properties.RecursiveLoop === 'Allow');
  expect(toThemselves.map(([entry]) => entry).sort()).toEqual([
    'functions/consumers/inventory.ts',
    'functions/consumers/subscriber-deliveries.ts',
  ]);
  expect(allowed).toEqual(toThemselves);
});

describe.each(readers)('%s', (entry) => {
  const mapping = mappings.get(entry);
  const [filter] = mapping.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) =>
    JSON.parse(Pattern),
  );

  test('is started for added events only, in their order', () => {
    expect(filter.eventName).toEqual(['INSERT']);
    expect(filter.dynamodb.NewImage.kind).toEqual({ S: ['EVENT'] });
    expect(mapping).toMatchObject({ StartingPosition: 'TRIM_HORIZON', ParallelizationFactor: 1 });
  });

  test('isolates a record that fails and reports it to a dead-letter queue', () => {
    expect(mapping).toMatchObject({
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const { Destination } = mapping.DestinationConfig.OnFailure;
    expect(service.behind(Destination).Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });
});

test('the publisher gets a day, since a bus that is away comes back, and names its own dead letters', () => {
  expect(mappings.get('functions/stream/publish-events.ts')).toMatchObject({
    MaximumRetryAttempts: 1000,
    MaximumRecordAgeInSeconds: 86_400,
  });
  expect(mappings.get('functions/stream/drive-workflow.ts')).toMatchObject({
    MaximumRetryAttempts: 10,
    MaximumRecordAgeInSeconds: 3600,
  });
  const publisher = service.functions().get('functions/stream/publish-events.ts')?.Properties;
  const { Destination } = mappings.get('functions/stream/publish-events.ts').DestinationConfig.OnFailure;
  const named = service.behind(publisher.Environment.Variables.DEAD_LETTERS_URL);
  expect(named).toBe(service.behind(Destination));
  // A day of attempts that each wait for as long as the function may.
  expect(1000 * (publisher.Timeout - 30)).toBeGreaterThanOrEqual(86_400);
});

test('the publisher reads every event, the workflow driver only those that may move a workflow', () => {
  const types = (entry: string): string[] | undefined =>
    JSON.parse(mappings.get(entry).FilterCriteria.Filters[0].Pattern).dynamodb.NewImage.type?.S;
  expect(types('functions/stream/publish-events.ts')).toBeUndefined();
  const driven = types('functions/stream/drive-workflow.ts') ?? [];
  expect(driven.filter((type) => !known.includes(type))).toEqual([]);
  for (const type of [
    'OrderReceived',
    'OrderHoldReleased',
    'OrderShipped',
    'OrderDelivered',
    'OrderCancelled',
  ])
    expect(driven).toContain(type);
});

test('only what writes to partners hears of test orders', () => {
  const rules = service
    .all('AWS::Events::Rule')
    .map(({ Properties }) => Properties)
    .filter(({ EventPattern }) => EventPattern?.source?.includes('order-loop.test'));
  const { EventSourceArn } = mappings.get('functions/consumers/channel-sync.ts');
  expect(rules.map(({ Targets }) => Targets[0].Arn)).toEqual([EventSourceArn]);
});

describe.each(consumers)('%s', (entry) => {
  const mapping = mappings.get(entry);
  const queue = service.behind(mapping.EventSourceArn).Properties;
  const deadLetters = queue.RedrivePolicy.deadLetterTargetArn;
  const rule = service
    .all('AWS::Events::Rule')
    .find(({ Properties }) =>
      Properties.Targets.some(
        (target: { Arn: unknown }) => JSON.stringify(target.Arn) === JSON.stringify(mapping.EventSourceArn),
      ),
    )?.Properties;

  test('takes known events of the loop from the bus', () => {
    expect(rule.EventPattern.source).toEqual(['order-loop']);
    const types: string[] = rule.EventPattern['detail-type'];
    expect(types.length).toBeGreaterThan(0);
    expect(types.filter((type) => !known.includes(type))).toEqual([]);
    expect(rule.State).toBe('ENABLED');
  });

  test('loses nothing: five attempts, then the queue that also takes what the bus could not deliver', () => {
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(5);
    expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(rule.Targets[0].DeadLetterConfig.Arn).toEqual(deadLetters);
    expect(service.behind(deadLetters).Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  test('hides a message for six times as long as the function may run', () => {
    const { Timeout } = service.behind(mapping.FunctionName).Properties;
    expect(queue.VisibilityTimeout).toBe(6 * Timeout);
  });
});

describe('queues', () => {
  test('are encrypted and refuse plain connections', () => {
    const queues = [...service.resources].filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
    // Each consumer has a queue and its dead letters; each reader of the stream has dead letters.
    const readsQueues = [...mappings.keys()].filter((entry) => !readers.includes(entry));
    expect(queues.length).toBeGreaterThanOrEqual(2 * readsQueues.length + readers.length);
    for (const [id, queue] of queues) {
      expect(queue.Properties.SqsManagedSseEnabled, id).toBe(true);
      const policy = service
        .all('AWS::SQS::QueuePolicy')
        .find(({ Properties }) => Properties.Queues.some((target: { Ref: string }) => target.Ref === id));
      expect(policy?.Properties.PolicyDocument.Statement, id).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });

  test('an alarm watches every dead-letter queue', () => {
    const watched = service
      .all('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(({ Properties }) => Properties.Dimensions[0].Value['Fn::GetAtt'][0]);
    const deadLetterQueues = [...service.resources]
      .filter(
        ([, { Type, Properties }]) => Type === 'AWS::SQS::Queue' && Properties.RedrivePolicy === undefined,
      )
      .map(([id]) => id);
    expect(watched.sort()).toEqual(deadLetterQueues.sort());
    expect(watched.length).toBeGreaterThanOrEqual(mappings.size);
  });
});
