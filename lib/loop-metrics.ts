import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { METRIC_NAMESPACE, METRICS, ordersInMetric, secondsInMetric } from '../contract/metrics.ts';
import type { OrderState } from '../domain/order/lifecycle.ts';
import type { LoopEventType } from './constructs/order-event-bus.ts';

/** What the loop's functions count, as metrics for dashboards and alarms. */
export class LoopMetrics {
  private readonly loopName: string;

  constructor(loopName: string) {
    this.loopName = loopName;
  }

  /** How many events of a kind there were, for example `OrderReceived`. Sum over five minutes, unless set otherwise. */
  event(type: LoopEventType, options: MetricOptions = {}): Metric {
    return this.metric(type, options);
  }

  /** How many orders are in a state; measured about once a minute while orders move. Maximum over five minutes. */
  ordersIn(state: OrderState, options: MetricOptions = {}): Metric {
    return this.metric(ordersInMetric(state), { statistic: 'Maximum', ...options });
  }

  /** Seconds that orders had been in a state when they left it. The median over five minutes. */
  secondsIn(state: OrderState, options: MetricOptions = {}): Metric {
    return this.metric(secondsInMetric(state), { statistic: 'p50', ...options });
  }

  /** Writes that met with others and were decided anew. Sum over five minutes. */
  conflicts(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.conflicts, options);
  }

  /** Requests that were answered to retry, 503. Sum over five minutes. */
  busyAnswers(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.busy, options);
  }

  /** Messages of channels with a signature that no secret fits, 401. Sum over five minutes. */
  refusedWebhooks(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.refusedWebhooks, options);
  }

  /** Tries of consumers that failed; each message is tried again. Sum over five minutes. */
  failedMessages(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.failedMessages, options);
  }

  /** Documents that a partner did not acknowledge in time, of the last day. Maximum over five minutes. */
  overdueDocuments(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.overdueDocuments, { statistic: 'Maximum', ...options });
  }

  /** Documents that break their partner's rules and were not sent, of the last day. Maximum over five minutes. */
  blockedDocuments(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.blockedDocuments, { statistic: 'Maximum', ...options });
  }

  /** Orders that a poll of their shop healed. Sum over five minutes. */
  healedOrders(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.healedOrders, options);
  }

  /** Polls of a shop that could not be asked. Sum over five minutes. */
  failedPolls(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.failedPolls, options);
  }

  /** Heartbeats that came out of the table's stream to the publisher of events. Sum over five minutes. */
  heartbeats(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.heartbeats, options);
  }

  /** Messages that were quarantined and wait for somebody, of the last day. Maximum over five minutes. */
  quarantinedMessages(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.quarantinedMessages, { statistic: 'Maximum', ...options });
  }

  /** Access tokens of shops that could not be refreshed. Sum over five minutes. */
  failedRefreshes(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.failedRefreshes, options);
  }

  /** Connections whose shop takes our access no more. Maximum over five minutes. */
  revokedConnections(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.revokedConnections, { statistic: 'Maximum', ...options });
  }

  /** Subscriptions that were switched off since they failed for too long. Sum over five minutes. */
  switchedOffSubscriptions(options: MetricOptions = {}): Metric {
    return this.metric(METRICS.switchedOffSubscriptions, options);
  }

  private metric(metricName: string, options: MetricOptions): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.loopName },
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
  }
}
