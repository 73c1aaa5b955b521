import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { METRIC_NAMESPACE } from '../../contract/metrics.ts';
import { ORDER_STATES } from '../../domain/order/lifecycle.ts';
import { synthesize } from '../../testing/templates.ts';

const { service } = await synthesize();
const alarms = service.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
/** Headings as a link names them. */
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
  title.toLowerCase().replaceAll(' ', '-'),
);

describe('alarms', () => {
  const described = alarms.map((alarm) => [alarm.AlarmDescription as string, alarm] as const);

  test.each(described)('%s', (description, alarm) => {
    const [, heading] = /What to do: docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
    expect(headings).toContain(heading);
    const isOfSilence = description.startsWith('Publisher silent');
    expect(alarm.TreatMissingData).toBe(isOfSilence ? 'breaching' : 'notBreaching');
    expect(alarm.ComparisonOperator).toBe(
      isOfSilence ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
    );
  });

  test('the runbook names no alarm that does not exist', () => {
    const linked = described.map(([description]) => description.split('#').at(-1));
    expect(headings.filter((heading) => !linked.includes(heading))).toEqual([]);
  });

  test('watch every queue and every reader of the stream for lateness', () => {
    const on = (name: string) => alarms.filter(({ MetricName }) => MetricName === name).length;
    const queues = service.all('AWS::SQS::Queue').filter(({ Properties }) => Properties.RedrivePolicy);
    expect(on('ApproximateAgeOfOldestMessage')).toBe(queues.length);
    const streams = service
      .all('AWS::Lambda::EventSourceMapping')
      .filter(({ Properties }) => Properties.StartingPosition !== undefined);
    expect(on('IteratorAge')).toBe(streams.length);
  });

  test('of failed requests leave out those that are answered to retry', () => {
    const [, errors] = described.find(([description]) => description.startsWith('API errors')) ?? [];
    expect(errors?.Metrics).toContainEqual(expect.objectContaining({ Expression: 'errors - FILL(busy, 0)' }));
    expect(JSON.stringify(errors?.Metrics)).toContain('BusyAnswers');
  });

  test('of percentiles wait for enough requests to say something', () => {
    const [, slow] = described.find(([description]) => description.startsWith('API slow')) ?? [];
    expect(slow?.Metrics).toContainEqual(
      expect.objectContaining({ Expression: 'IF(FILL(requests, 0) >= 40, latency, 0)' }),
    );
    expect(alarms.filter(({ ExtendedStatistic }) => ExtendedStatistic !== undefined)).toEqual([]);
  });

  test('of refused requests add up operations, of which DynamoDB reports only those that it refuses', () => {
    const throttled = described.filter(([description]) => description.startsWith('Table throttled'));
    expect(throttled).toHaveLength(2);
    for (const [, { Metrics }] of throttled) {
      const operations = (Metrics as { Id: string; Expression?: string; MetricStat?: object }[]).filter(
        ({ MetricStat }) => MetricStat !== undefined,
      );
      const sums = operations.map(({ Id }) => `FILL(${Id}, 0)`).join(' + ');
      expect(operations.length).toBeGreaterThan(3);
      expect(Metrics).toContainEqual(expect.objectContaining({ Expression: sums }));
      expect(JSON.stringify(operations)).toContain('TableName');
    }
  });

  test('of silence have what breaks it: the publisher, and it alone, is given heartbeats', () => {
    const mappings = service
      .all('AWS::Lambda::EventSourceMapping')
      .filter(({ Properties }) => JSON.stringify(Properties.FilterCriteria ?? {}).includes('HEARTBEAT'));
    expect(mappings.map(({ Properties }) => Properties.FilterCriteria.Filters.length)).toEqual([2]);
  });

  test('are announced to nobody by default, and by mail or over a topic where that is asked for', async () => {
    for (const alarm of alarms) expect(alarm).not.toHaveProperty('AlarmActions');
    const topic = 'arn:aws:sns:eu-central-1:123456789012:on-call';
    const announced = (await synthesize({ alarmEmail: 'on-call@example.com', alarmTopicArn: topic })).service;
    expect(announced.only('AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
    });
    expect(announced.only('AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
    const [mail] = [...announced.resources].find(([, { Type }]) => Type === 'AWS::SNS::Topic') ?? [];
    for (const { Properties } of announced.all('AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmActions).toEqual([topic, { Ref: mail }]);
      expect(Properties.OKActions).toEqual([topic, { Ref: mail }]);
    }
  });
});

describe('the dashboard', () => {
  const { DashboardName, DashboardBody } = service.only('AWS::CloudWatch::Dashboard').Properties;
  const body = JSON.stringify(DashboardBody);

  test('bears the loop’s name, and may be left out', async () => {
    expect(DashboardName).toBe('order-loop-dev');
    expect((await synthesize({ dashboard: 'false' })).service.all('AWS::CloudWatch::Dashboard')).toEqual([]);
  });

  test('shows every alarm, every state, and the loop’s own counts under the loop’s own name', () => {
    const ids = [...service.resources].filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    for (const [id] of ids) expect(body).toContain(`"${id}","Arn"`);
    for (const state of ORDER_STATES) expect(body).toContain(state);
    expect(body).toContain(METRIC_NAMESPACE);
    for (const { Properties } of service.functions().values())
      expect(Properties.Environment.Variables.LOOP_NAME).toBe('order-loop-dev');
    expect(body).toContain(String.raw`\"service\",\"order-loop-dev\"`);
  });
});

test('traces are recorded by default, and not where that is turned off', () => {
  const modes = [...service.functions().values()].map(({ Properties }) => Properties.TracingConfig?.Mode);
  expect(new Set(modes)).toEqual(new Set(['Active']));
  expect(service.only('AWS::StepFunctions::StateMachine').Properties.TracingConfiguration).toEqual({
    Enabled: true,
  });
});
