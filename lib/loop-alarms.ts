import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
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

const LATE_STREAM = Duration.minutes(5).toMilliseconds();

/**
 * The alarms that matter beside those of dead letters and of stuck workflows, which stand where their queues and the
 * workflow are made. Each is of something that does not mend itself, or that callers feel.
 */
export class LoopAlarms extends Construct {
  constructor(scope: Construct, id: string, watched: WatchedResources) {
    super(scope, id);
    this.watchApi(watched);
    this.watchQueues(watched);
    this.watchTable(watched.table);
  }

  private watchApi({ http, metrics }: WatchedResources): void {
    new LoopAlarm(this, 'ApiErrors', {
      metric: http.stage.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }),
      threshold: 5,
      meaning: 'API errors: requests fail by no fault of their callers',
      runbook: 'api-errors',
    });
    new LoopAlarm(this, 'ApiSlow', {
      metric: http.stage.metricLatency({ period: FIVE_MINUTES, statistic: 'p95' }),
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

  private watchQueues({ readers, consumers }: WatchedResources): void {
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
    for (const what of ['Read', 'Write']) {
      new LoopAlarm(this, `${what}sThrottled`, {
        metric: table.metric(`${what}ThrottleEvents`, { period: FIVE_MINUTES, statistic: 'Sum' }),
        threshold: 100,
        periods: 2,
        meaning: `Table throttled: DynamoDB refuses ${what.toLowerCase()}s for their number`,
        runbook: 'table-throttled',
      });
    }
  }
}
