import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  MathExpression,
  Metric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isFinal, ORDER_STATES } from '../domain/order/lifecycle.ts';
import type { LoopFunction } from './constructs/loop-function.ts';
import type { LoopEventType } from './constructs/order-event-bus.ts';
import type { WatchedResources } from './loop-alarms.ts';

export interface LoopDashboardProps extends WatchedResources {
  readonly name: string;
  /** Every alarm of the loop. */
  readonly alarms: readonly Alarm[];
  /** Every function of the loop. */
  readonly functions: readonly LoopFunction[];
}

/** Events of orders that came into a state. */
const PASSAGES: readonly LoopEventType[] = [
  'OrderReceived',
  'OrderAllocated',
  'FulfillmentQueued',
  'OrderShipped',
  'OrderDelivered',
  'OrderClosed',
  'OrderCancelled',
];

const FULL = 24;
const HALF = FULL / 2;
const THIRD = FULL / 3;
const FIVE_MINUTES = Duration.minutes(5);

/**
 * The dashboard for the person on call, from what is wrong over what orders do to what it costs: whoever reads it from
 * above knows after the first rows whether customers feel anything.
 */
export class LoopDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: LoopDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.name,
      defaultInterval: Duration.hours(12),
      widgets: [
        [heading('Needs somebody', 'What each alarm means, and what to do: `docs/runbook.md`.')],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: FULL, height: 4 })],
        [heading('Orders', 'How many are in each state now, pass through, and how long they stay.')],
        [ordersNow(props)],
        [passages(props), stays(props)],
        [heading('Stock', 'Orders that found none, and writes that met at one lot.')],
        [shortage(props), conflicts(props), busy(props)],
        [heading('API', 'Requests, how long they take, and what came of them.')],
        [requests(props), latency(props), errors(props)],
        [slowRoutes(props), failingRoutes(props)],
        [heading('Behind the API', 'What is late, and what was given up.')],
        [lateness(props), queues(props), deadLetters(props)],
        [workflows(props), failures(props)],
        [heading('Cost', 'What is paid for by the piece.')],
        costs(props),
      ],
    });
  }
}

function heading(title: string, text: string): IWidget {
  return new TextWidget({ markdown: `## ${title}\n${text}`, width: FULL, height: 2 });
}

function graph(title: string, width: number, left: readonly IMetric[], unit?: string): GraphWidget {
  return new GraphWidget({
    title,
    width,
    height: 6,
    left: [...left],
    ...(unit === undefined ? {} : { leftYAxis: { label: unit, showUnits: false, min: 0 } }),
  });
}

function ordersNow({ metrics }: WatchedResources): IWidget {
  return new SingleValueWidget({
    title: 'Orders in each state',
    metrics: ORDER_STATES.map((state) => metrics.ordersIn(state, { label: state })),
    width: FULL,
    height: 4,
  });
}

function passages({ metrics }: WatchedResources): IWidget {
  return graph(
    'Orders through each state',
    HALF,
    PASSAGES.map((type) => metrics.event(type, { label: type })),
    'orders',
  );
}

/** Received to allocated, allocated to queued, queued to shipped, shipped to delivered, delivered to closed. */
function stays({ metrics }: WatchedResources): IWidget {
  const left = ORDER_STATES.filter((state) => !isFinal(state));
  return graph(
    'Time in each state (median and one in ten)',
    HALF,
    left.flatMap((state) => [
      metrics.secondsIn(state, { label: state }),
      metrics.secondsIn(state, { label: `${state} p90`, statistic: 'p90' }),
    ]),
    'seconds',
  );
}

function shortage({ metrics }: WatchedResources): IWidget {
  const rate = new MathExpression({
    expression: '100 * FILL(short, 0) / received',
    usingMetrics: { short: metrics.event('OrderBackordered'), received: metrics.event('OrderReceived') },
    label: 'short of stock, of 100 orders received',
    period: FIVE_MINUTES,
  });
  return graph('Shortage', THIRD, [rate, metrics.event('StockLow', { label: 'StockLow' })]);
}

function conflicts({ metrics }: WatchedResources): IWidget {
  const rate = new MathExpression({
    expression: '100 * FILL(conflicts, 0) / received',
    usingMetrics: { conflicts: metrics.conflicts(), received: metrics.event('OrderReceived') },
    label: 'writes decided anew, for 100 orders received',
    period: FIVE_MINUTES,
  });
  return graph('Conflicts', THIRD, [rate]);
}

function busy({ metrics }: WatchedResources): IWidget {
  return graph('Busy and refused', THIRD, [
    metrics.busyAnswers({ label: 'busy (503)' }),
    metrics.event('TransitionRejected', { label: 'commands refused' }),
    metrics.refusedWebhooks({ label: 'webhooks refused (401)' }),
  ]);
}

function requests({ http }: WatchedResources): IWidget {
  return graph('Requests', THIRD, [http.stage.metricCount({ period: FIVE_MINUTES, label: 'requests' })]);
}

function latency({ http }: WatchedResources): IWidget {
  const at = (statistic: string) =>
    http.stage.metricLatency({ period: FIVE_MINUTES, statistic, label: statistic });
  return graph('Latency', THIRD, ['p50', 'p95', 'p99'].map(at), 'milliseconds');
}

function errors({ http }: WatchedResources): IWidget {
  return graph('Errors', THIRD, [
    http.stage.metricClientError({ period: FIVE_MINUTES, statistic: 'Sum', label: 'of callers (4xx)' }),
    http.stage.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum', label: 'of ours (5xx)' }),
  ]);
}

/** Asked of the access log when somebody looks, which is cheaper than a metric of each route. */
function slowRoutes({ http }: WatchedResources): IWidget {
  return new LogQueryWidget({
    title: 'Slowest routes',
    logGroupNames: [http.accessLogs.logGroupName],
    queryLines: [
      'stats count(*) as requests, pct(responseLatency, 50) as p50, pct(responseLatency, 95) as p95 by routeKey',
      'sort p95 desc',
      'limit 10',
    ],
    width: HALF,
    height: 6,
  });
}

function failingRoutes({ http }: WatchedResources): IWidget {
  return new LogQueryWidget({
    title: 'Routes that refuse or fail',
    logGroupNames: [http.accessLogs.logGroupName],
    queryLines: [
      'filter status >= 400',
      'stats count(*) as answers by routeKey, status, integrationError',
      'sort answers desc',
      'limit 20',
    ],
    width: HALF,
    height: 6,
  });
}

function lateness({ readers }: WatchedResources): IWidget {
  return graph(
    'Behind the table',
    THIRD,
    readers.map(({ node, function: reader }) =>
      reader.function.metric('IteratorAge', { period: FIVE_MINUTES, statistic: 'Maximum', label: node.id }),
    ),
    'milliseconds',
  );
}

function queues({ consumers }: WatchedResources): IWidget {
  return graph(
    'Oldest message of each queue',
    THIRD,
    consumers.map(({ node, queue }) =>
      queue.metricApproximateAgeOfOldestMessage({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
        label: node.id,
      }),
    ),
    'seconds',
  );
}

function deadLetters({ consumers, readers }: WatchedResources): IWidget {
  return graph(
    'Dead letters',
    THIRD,
    [...consumers, ...readers].map(({ node, deadLetters: { queue } }) =>
      queue.metricApproximateNumberOfMessagesVisible({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
        label: node.id,
      }),
    ),
    'messages',
  );
}

function workflows({ workflow: { stateMachine } }: WatchedResources): IWidget {
  const options = { period: FIVE_MINUTES, statistic: 'Sum' };
  return graph('Workflows', HALF, [
    stateMachine.metricStarted({ ...options, label: 'started' }),
    stateMachine.metricSucceeded({ ...options, label: 'ended' }),
    stateMachine.metricFailed({ ...options, label: 'stuck' }),
  ]);
}

function failures({ metrics, table }: WatchedResources): IWidget {
  const throttled = (metricName: string, label: string) =>
    table.metric(metricName, { period: FIVE_MINUTES, statistic: 'Sum', label });
  return graph('Failed attempts', HALF, [
    metrics.failedMessages({ label: 'messages that are retried' }),
    throttled('ReadThrottleEvents', 'reads throttled'),
    throttled('WriteThrottleEvents', 'writes throttled'),
  ]);
}

/** What the bill is made of. */
function costs({ table, functions, consumers, http }: LoopDashboardProps): IWidget[] {
  const hour = { period: Duration.hours(1), statistic: 'Sum' };
  const units = (metricName: string, label: string) => table.metric(metricName, { ...hour, label });
  const quarter = FULL / 4;
  return [
    graph('Table, units an hour', quarter, [
      units('ConsumedWriteCapacityUnits', 'written'),
      units('ConsumedReadCapacityUnits', 'read'),
    ]),
    graph('Functions, an hour', quarter, [
      sum('invocations', functions, ({ function: one }) => one.metricInvocations(hour)),
      sum('milliseconds', functions, ({ function: one }) => one.metricDuration(hour)),
    ]),
    graph('Requests and messages, an hour', quarter, [
      http.stage.metricCount({ period: Duration.hours(1), label: 'requests' }),
      sum('messages', consumers, ({ queue }) => queue.metricNumberOfMessagesSent(hour)),
    ]),
    graph('Logs, bytes an hour', quarter, [
      sum('bytes', functions, ({ logGroup }) => {
        const dimensionsMap = { LogGroupName: logGroup.logGroupName };
        return new Metric({ namespace: 'AWS/Logs', metricName: 'IncomingBytes', dimensionsMap, ...hour });
      }),
    ]),
  ];
}

/** The sum of one metric over all parts. */
function sum<Part>(label: string, parts: readonly Part[], metricOf: (part: Part) => IMetric): IMetric {
  const usingMetrics = Object.fromEntries(
    parts.map((part, index) => [`${label}${index}`, metricOf(part)] as const),
  );
  return new MathExpression({
    // Of all metrics whose names here begin so; those that report nothing are left out of the sum.
    expression: `SUM(METRICS("${label}"))`,
    usingMetrics,
    label,
    period: Duration.hours(1),
  });
}
