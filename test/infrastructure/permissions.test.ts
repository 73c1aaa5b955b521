import { describe, expect, test } from 'vitest';
import { INDEXES } from '../../contract/table.ts';
import { WEBHOOKS } from '../../contract/webhooks.ts';
import { synthesize } from '../../testing/templates.ts';

const { service } = await synthesize();

const COMMANDS = ['BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'];
const COUNTS = COMMANDS.filter((action) => action !== 'GetItem');
const WAITS = ['DeleteItem', 'GetItem', 'PutItem', 'Query'];
const STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const TRACES = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const ANSWERS = ['states:SendTaskFailure', 'states:SendTaskSuccess'];
const EXECUTIONS = ['states:StartExecution', 'states:DescribeExecution', 'states:ListExecutions', ...ANSWERS];
const SECRET = ['secretsmanager:GetSecretValue'];
/** For the tokens that shops give. */
const WRITTEN_SECRET = [...SECRET, 'secretsmanager:PutSecretValue'];
const QUEUE = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ReceiveMessage',
];
const DEAD_LETTERS = ['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'];

const items = (...actions: readonly string[]) => actions.map((action) => `dynamodb:${action}`);
const messages = (...actions: readonly string[]) => actions.map((action) => `sqs:${action}`);

/** What each function may do beyond writing its own log and traces, to the last action. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'functions/api/orders.ts': [...items(...COMMANDS), ...SECRET],
  'functions/api/overview.ts': items(...COMMANDS),
  'functions/api/republish.ts': [
    ...items(...COMMANDS, 'Scan'),
    'events:PutEvents',
    ...SECRET,
    ...['kms:Verify', 's3:GetObject', 's3:ListBucket'],
  ],
  'functions/api/inventory.ts': [...items(...COMMANDS), ...SECRET],
  'functions/api/finance.ts': [...items('BatchGetItem', 'GetItem', 'Query'), ...SECRET],
  'functions/api/connections.ts': [...items(...COMMANDS), ...WRITTEN_SECRET],
  'functions/api/dead-letters.ts': [
    ...items(...COMMANDS, 'Scan'),
    'events:PutEvents',
    'states:StartExecution',
    ...ANSWERS,
    ...messages('ChangeMessageVisibility', 'DeleteMessage', 'ReceiveMessage', 'SendMessage'),
  ],
  'functions/api/imports.ts': items(...COMMANDS),
  'functions/api/subscriptions.ts': [...items(...COMMANDS), ...SECRET, ...messages('SendMessage')],
  'functions/api/stuck-orders.ts': [...items(...COMMANDS), ...EXECUTIONS, ...SECRET],
  'functions/api/approvals.ts': [...items(...COMMANDS), ...SECRET],
  'functions/mcp/commerce-gateway.ts': [...items(...COMMANDS), ...SECRET],
  'functions/api/portal.ts': [...items('GetItem', 'PutItem', 'Query'), ...SECRET],
  'functions/api/documentation.ts': [],
  ...Object.fromEntries(
    WEBHOOKS.map(({ path }) => [`functions/webhooks/${path}.ts`, [...items(...COMMANDS), ...SECRET]]),
  ),
  'functions/api/inbound-messages.ts': [...items(...COMMANDS), ...SECRET],
  'functions/tasks/sweep-messages.ts': [
    ...items(...COMMANDS, 'Scan'),
    ...WRITTEN_SECRET,
    ...['kms:Sign', 's3:GetObject', 's3:PutObject'],
  ],
  'functions/tasks/await-allocation.ts': [...items(...COMMANDS), ...ANSWERS],
  'functions/tasks/await-shipment.ts': [...items(...COMMANDS), ...ANSWERS],
  'functions/tasks/await-delivery.ts': [...items(...WAITS), ...ANSWERS],
  'functions/tasks/close-order.ts': items(...COMMANDS),
  'functions/tasks/watch-delivery-window.ts': items(...COMMANDS),
  'functions/tasks/report-stuck.ts': items('PutItem'),
  'functions/tasks/reconcile.ts': [...items(...COMMANDS), ...EXECUTIONS],
  'functions/stream/publish-events.ts': [
    ...items(...STREAM),
    'events:PutEvents',
    ...messages(...DEAD_LETTERS),
  ],
  'functions/stream/drive-workflow.ts': [
    ...items(...STREAM, ...COMMANDS),
    'states:StartExecution',
    ...ANSWERS,
    ...messages(...DEAD_LETTERS),
  ],
  'functions/consumers/finance.ts': [...items('PutItem'), ...messages(...QUEUE)],
  'functions/consumers/channel-sync.ts': [
    ...items('DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    ...SECRET,
    ...messages(...QUEUE),
  ],
  'functions/consumers/subscribers.ts': [...items('PutItem', 'Query'), ...messages(...QUEUE, 'SendMessage')],
  'functions/consumers/subscriber-deliveries.ts': [
    ...items('GetItem', 'PutItem', 'UpdateItem'),
    ...SECRET,
    ...messages(...QUEUE, 'SendMessage'),
  ],
  'functions/consumers/overview.ts': [...items(...COUNTS), ...messages(...QUEUE)],
  'functions/consumers/early-tracking-updates.ts': [...items(...COMMANDS), ...messages(...QUEUE)],
  'functions/consumers/inventory.ts': [...items(...COMMANDS), ...messages(...QUEUE, 'SendMessage')],
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Every statement of the policies that are attached to a role. */
function statementsOf(roleId: string): readonly Statement[] {
  return service
    .policies()
    .filter((policy) => policy.Roles.some(({ Ref }) => Ref === roleId))
    .flatMap((policy) => policy.PolicyDocument.Statement as Statement[]);
}

const list = <Value>(value: Value | readonly Value[]): readonly Value[] =>
  Array.isArray(value) ? value : [value as Value];

const functions = [...service.functions()].map(
  ([entry, { Properties }]) => [entry, Properties.Role['Fn::GetAtt'][0] as string] as const,
);

describe('what the functions may do', () => {
  test('every function has a role of its own', () => {
    expect(new Set(functions.map(([, role]) => role)).size).toBe(functions.length);
    expect(functions.map(([entry]) => entry).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test.each(functions)('%s has the actions it uses and no others', (entry, role) => {
    const actions = statementsOf(role).flatMap(({ Action }) => list(Action));
    expect([...new Set(actions)].sort()).toEqual(
      [...new Set([...(ALLOWED[entry] ?? []), ...LOGS, ...TRACES])].sort(),
    );
  });

  test.each(functions)('%s names every action and every resource', (_, role) => {
    for (const { Effect, Action, Resource } of statementsOf(role)) {
      expect(Effect).toBe('Allow');
      expect(list(Action).join()).not.toContain('*');
      if (list(Action).every((action) => TRACES.includes(action))) continue;
      // Secrets of connections are made by operators, under names that begin in one way.
      // An execution is named after its order.
      const named = JSON.stringify(Resource)
        .replace(/:secret:order-loop\/connections\/dev\/\*/, '')
        // A checkpoint is named by its day.
        .replace(/(CheckpointsBucket\w+"\}),"\/\*"/, '$1')
        .replace(/(FulfillmentStateMachine\w+","Name"\]\},)":\*"/, '$1');
      expect(named).not.toContain('*');
    }
    expect(service.resources.get(role)?.Properties.ManagedPolicyArns).toBeUndefined();
  });

  test.each(functions)('%s starts and answers executions of this state machine alone', (_, role) => {
    const states = statementsOf(role).filter(({ Action }) =>
      list(Action).some((each) => /^states:/.test(each)),
    );
    for (const { Action, Resource } of states) {
      expect(list(Action).every((each) => /^states:/.test(each))).toBe(true);
      if (list(Action).join() === 'states:DescribeExecution') {
        expect(JSON.stringify(Resource)).toMatch(/:execution:",\{"Fn::GetAtt":\["FulfillmentStateMachine/);
        continue;
      }
      expect(service.behind(Resource as never).Type).toBe('AWS::StepFunctions::StateMachine');
    }
  });

  test('an index is queried only by its own name', () => {
    const names: readonly string[] = Object.values(INDEXES).map(({ indexName }) => indexName);
    const granted = functions
      .flatMap(([, role]) => statementsOf(role).flatMap(({ Resource }) => list(Resource)))
      .map((resource) => /\/index\/([^"]+)/.exec(JSON.stringify(resource))?.[1])
      .filter((name) => name !== undefined);
    expect([...new Set(granted)].sort()).toEqual([...names].sort());
  });

  test('only what takes no resource is allowed on all: log delivery, by the state machine alone, and tracing', () => {
    const wide = service
      .policies()
      .flatMap((policy) => policy.PolicyDocument.Statement as Statement[])
      .filter(({ Resource }) => Resource === '*')
      .flatMap(({ Action }) => list(Action));
    expect(wide.filter((action) => !/^(logs|xray):/.test(action))).toEqual([]);
  });

  test('no secret stands in an environment, only its name', () => {
    for (const [entry, { Properties }] of service.functions()) {
      const variables = Object.entries(Properties.Environment.Variables as Record<string, unknown>);
      for (const [name, value] of variables.filter(([name]) => /SECRET/.test(name))) {
        expect(name, entry).toMatch(/_SECRET_ID$/);
        expect(value, entry).toHaveProperty('Fn::ImportValue');
      }
    }
  });
});

describe('how the functions run', () => {
  test.each([...service.functions()])(
    '%s: arm64, Node 24, a log group that ends',
    (entry, { Properties }) => {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' });
      expect(Properties.MemorySize).toBe(/^functions\/(api|webhooks|mcp)\//.test(entry) ? 1024 : 512);
      const logs = service.behind(Properties.LoggingConfig.LogGroup);
      expect(logs.Properties.RetentionInDays).toBe(30);
    },
  );
});
