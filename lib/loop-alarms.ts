import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type ITable, Operation } from 'aws-cdk-lib/aws-dynamodb';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EventQueueConsumer } from './constructs/event-queue-consumer.ts';
import type { EventStreamReader } from './constructs/event-stream-reader.ts';
import type { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import type { HttpEntry } from './constructs/http-entry.ts';
import { LoopAlarm } from './constructs/loop-alarm.ts';
import type { LoopMetrics } from './loop-metrics.ts';

/** The resources of a loop that a person on call looks at. */
export interface WatchedResources {
  readonly http: HttpEntry;
  readonly table: ITable;
  readonly workflow: FulfillmentWorkflow;
  readonly readers: readonly EventStreamReader[];
  readonly consumers: readonly EventQueueConsumer[];
  readonly metrics: LoopMetrics;
}

const FIVE_MINUTES = Duration.minutes(5);

/** Requests in five minutes of which one in twenty says something. */
const SAMPLES = 40;

const LATE_STREAM = Duration.minutes(5).toMilliseconds();

/** Operations of DynamoDB that functions call. */
const OPERATIONS = {
  Read: [Operation.GET_ITEM, Operation.BATCH_GET_ITEM, Operation.QUERY, Operation.SCAN],
  Write: [
    Operation.PUT_ITEM,
    Operation.UPDATE_ITEM,
    Operation.DELETE_ITEM,
    Operation.BATCH_WRITE_ITEM,
    Operation.TRANSACT_WRITE_ITEMS,
  ],
} as const;

/**
 * The alarms that matter beside those of dead letters and of stuck workflows, which stand where their queues and the
 * workflow are made. Each is of something that does not mend itself, or that callers feel.
 */
export class LoopAlarms extends Construct {
  constructor(scope: Construct, id: string, watched: WatchedResources) {
    super(scope, id);
    this.watchApi(watched);
    this.watchConnections(watched);
    this.watchFunctions();
    this.watchQueues(watched);
    this.watchTable(watched.table);
  }

  private watchApi({ http, metrics }: WatchedResources): void {
    new LoopAlarm(this, 'ApiErrors', {
      // Requests that are answered to retry are 503 as well, and have an alarm of their own.
      metric: new MathExpression({
        expression: 'errors - FILL(busy, 0)',
        usingMetrics: {
          errors: http.stage.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }),
          busy: metrics.busyAnswers(),
        },
        label: 'Requests that failed',
        period: FIVE_MINUTES,
      }),
      threshold: 5,
      meaning: 'API errors: requests fail by no fault of their callers',
      runbook: 'api-errors',
    });
    new LoopAlarm(this, 'ApiSlow', {
      // Of fewer requests than these, one that is slow is one in twenty.
      metric: new MathExpression({
        expression: `IF(FILL(requests, 0) >= ${SAMPLES}, latency, 0)`,
        usingMetrics: {
          latency: http.stage.metricLatency({ period: FIVE_MINUTES, statistic: 'p95' }),
          requests: http.stage.metricCount({ period: FIVE_MINUTES, statistic: 'Sum' }),
        },
        label: 'Latency, p95',
        period: FIVE_MINUTES,
      }),
      threshold: 3000,
      periods: 3,
      meaning: 'API slow: one request in twenty takes three seconds or longer',
      runbook: 'api-slow',
    });
    new LoopAlarm(this, 'Busy', {
      metric: metrics.busyAnswers(),
      threshold: 20,
      periods: 2,
      meaning: 'Busy: many requests at once want the same stock, and are answered to retry',
      runbook: 'busy',
    });
    new LoopAlarm(this, 'WebhooksRefused', {
      metric: metrics.refusedWebhooks(),
      threshold: 10,
      meaning: 'Webhooks refused: a channel signs with a secret that the loop does not know',
      runbook: 'webhooks-refused',
    });
    new LoopAlarm(this, 'DocumentsOverdue', {
      metric: metrics.overdueDocuments(),
      threshold: 1,
      meaning: 'Documents overdue: a trading partner has not acknowledged what it was sent',
      runbook: 'documents-overdue',
    });
    new LoopAlarm(this, 'DocumentsBlocked', {
      metric: metrics.blockedDocuments(),
      threshold: 1,
      meaning: 'Documents blocked: what a trading partner is to be sent breaks the rules of its guide',
      runbook: 'documents-blocked',
    });
  }

  private watchConnections({ metrics }: WatchedResources): void {
    new LoopAlarm(this, 'MessagesQuarantined', {
      metric: metrics.quarantinedMessages(),
      threshold: 1,
      meaning: 'Messages quarantined: what a channel sent cannot be processed until somebody looks at it',
      runbook: 'messages-quarantined',
    });
    new LoopAlarm(this, 'ConnectionsNotReached', {
      metric: new MathExpression({
        // Both come with each run of the sweep, zero as well.
        expression: 'polls + tokens',
        usingMetrics: { polls: metrics.failedPolls(), tokens: metrics.failedRefreshes() },
        label: 'Polls and refreshed tokens that failed',
        period: FIVE_MINUTES,
      }),
      threshold: 1,
      // A shop that is away for less than an hour is asked again, and nothing is lost. A run may end a period later.
      periods: 12,
      atLeast: 9,
      meaning:
        'Connections not reached: in most runs of an hour a shop or mailbox could not be asked, or gave no new access token',
      runbook: 'connections-not-reached',
    });
    new LoopAlarm(this, 'ConnectionsRevoked', {
      metric: metrics.revokedConnections(),
      threshold: 1,
      meaning:
        'Connections revoked: a shop takes our access no more, and is asked nothing until it is connected again',
      runbook: 'connections-revoked',
    });
    new LoopAlarm(this, 'SubscriptionSwitchedOff', {
      metric: metrics.switchedOffSubscriptions(),
      threshold: 1,
      meaning: 'Subscription switched off: a subscriber did not take its events for too long, and gets none',
      runbook: 'subscription-switched-off',
    });
  }

  private watchFunctions(): void {
    new LoopAlarm(this, 'FunctionsThrottled', {
      // Without a function's name it is the sum of the account's functions in the region, which share their concurrency.
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Throttles',
        statistic: 'Sum',
        period: FIVE_MINUTES,
      }),
      threshold: 10,
      periods: 3,
      meaning:
        'Functions throttled: functions of the account have no concurrency left, its own or what is reserved for them',
      runbook: 'functions-throttled',
    });
  }

  private watchQueues({ readers, consumers, metrics }: WatchedResources): void {
    new LoopAlarm(this, 'PublisherSilent', {
      metric: metrics.heartbeats(),
      threshold: 1,
      periods: 3,
      ofSilence: true,
      meaning: 'Publisher silent: no heartbeat came out of the table, so events do not come out either',
      runbook: 'publisher-silent',
    });
    for (const reader of readers) {
      new LoopAlarm(this, `${reader.node.id}Late`, {
        metric: reader.function.function.metric('IteratorAge', {
          period: FIVE_MINUTES,
          statistic: 'Maximum',
        }),
        threshold: LATE_STREAM,
        meaning: `Events late: ${reader.node.id} is five minutes or more behind the table`,
        runbook: 'events-late',
      });
    }
    for (const consumer of consumers) {
      new LoopAlarm(this, `${consumer.node.id}Late`, {
        metric: consumer.queue.metricApproximateAgeOfOldestMessage({
          period: FIVE_MINUTES,
          statistic: 'Maximum',
        }),
        threshold: consumer.lateAfter.toSeconds(),
        meaning: `Queue late: a message has waited ${consumer.lateAfter.toMinutes()} minutes or longer for ${consumer.node.id}`,
        runbook: 'queue-late',
      });
    }
  }

  private watchTable(table: ITable): void {
    for (const [what, operations] of Object.entries(OPERATIONS)) {
      new LoopAlarm(this, `${what}sThrottled`, {
        metric: throttledRequests(table, operations),
        threshold: 100,
        periods: 3,
        atLeast: 2,
        meaning: `Table throttled: DynamoDB refuses ${what.toLowerCase()}s for their number`,
        runbook: 'table-throttled',
      });
    }
  }
}

/**
 * Requests that are refused, by the table or one of its indexes. DynamoDB reports an operation only when it refuses one, so
 * each that is missing is none.
 */
function throttledRequests(table: ITable, operations: readonly Operation[]): MathExpression {
  const named = operations.map((operation, index) => [`m${index}`, operation] as const);
  return new MathExpression({
    expression: named.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(
      named.map(([id, operation]) => [
        id,
        table.metric('ThrottledRequests', {
          dimensionsMap: { TableName: table.tableName, Operation: operation },
          period: FIVE_MINUTES,
          statistic: 'Sum',
        }),
      ]),
    ),
    label: 'Requests refused',
    period: FIVE_MINUTES,
  });
}
