import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type Stack, Validations } from 'aws-cdk-lib/core';
import { QueueConsumer } from './constructs/event-queue-consumer.ts';
import { EventStreamReader } from './constructs/event-stream-reader.ts';
import { LoopFunction } from './constructs/loop-function.ts';
import { LoopAlarms, type WatchedResources } from './loop-alarms.ts';
import { LoopDashboard } from './loop-dashboard.ts';

/** Who hears of alarms, and whether there is a dashboard. */
export interface ObservabilitySettings {
  /** Where alarms are announced, when they go off and when they end. @default nowhere; they can be looked at */
  readonly alarmTopic?: ITopic;
  /** The same, for a topic that is known by its ARN alone; its policy has to let CloudWatch publish. @default none */
  readonly alarmTopicArn?: string;
  /** An address that alarms are sent to; AWS asks it once whether it wants them. @default none */
  readonly alarmEmail?: string;
  /** Whether there is a dashboard; an account has three without paying. @default true */
  readonly dashboard?: boolean;
}

/**
 * Makes the alarms and the dashboard of a stack, over whatever parts it has, and has the alarms announced. To be called
 * when everything else is made.
 *
 * @param name the dashboard's, which the region's other dashboards must not have
 */
export function watch(
  stack: Stack,
  name: string,
  parts: Omit<WatchedResources, 'readers' | 'consumers'>,
  settings: ObservabilitySettings,
): void {
  const made = stack.node.findAll();
  const watched: WatchedResources = {
    ...parts,
    readers: made.filter((each) => each instanceof EventStreamReader),
    consumers: made.filter((each) => each instanceof QueueConsumer),
  };
  new LoopAlarms(stack, 'Alarms', watched);
  const alarms = stack.node.findAll().filter((each) => each instanceof Alarm);
  if (settings.dashboard ?? true) {
    const functions = made.filter((each) => each instanceof LoopFunction);
    new LoopDashboard(stack, 'Overview-Dashboard', { ...watched, name, alarms, functions });
  }
  if (settings.alarmTopic !== undefined) announce(alarms, settings.alarmTopic);
  if (settings.alarmTopicArn !== undefined) {
    announce(alarms, Topic.fromTopicArn(stack, 'AlarmTopic', settings.alarmTopicArn));
  }
  if (settings.alarmEmail !== undefined) announce(alarms, mailingTopic(stack, settings.alarmEmail));
}

function announce(alarms: readonly Alarm[], topic: ITopic): void {
  const action = new SnsAction(topic);
  for (const alarm of alarms) {
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function mailingTopic(stack: Stack, address: string): Topic {
  const topic = new Topic(stack, 'AlarmMail', { displayName: 'Order Loop alarms', enforceSSL: true });
  // Refusing plain connections takes the place of the topic's own policy, which let the account's alarms in.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  topic.addSubscription(new EmailSubscription(address));
  Validations.of(topic).acknowledge(
    {
      id: 'AwsSolutions-SNS2',
      reason: 'Alarms name parts of the loop and no order; they leave as plain mail anyway.',
    },
    {
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'A mail that does not arrive is of no use later; the alarm itself stays on.',
    },
  );
  return topic;
}
