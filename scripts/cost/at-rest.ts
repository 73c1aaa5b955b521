import { METRICS } from '../../contract/metrics.ts';
import { STOCK_EVENT_DATA } from '../../domain/inventory/lot.ts';
import { ORDER_EVENT_DATA } from '../../domain/order/events.ts';
import { ORDER_STATES } from '../../domain/order/lifecycle.ts';
import { type Stack, synthesize } from '../../local/template/synthesize.ts';

/**
 * Requests with which Lambda polls an empty queue in a month of thirty days: five pollers with long polling of twenty
 * seconds. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const READERS = 5;
const SECONDS_A_READ = 20;
const REQUESTS_A_MONTH = (30 * 24 * 3600 * READERS) / SECONDS_A_READ;

/**
 * Services request a customer-managed key once in five minutes and cache the result: DynamoDB for each of its clients,
 * a queue twice for each sender and once for each reader, and our functions cache a secret for as long. Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const KEY_USES_A_MONTH = (30 * 24 * 3600) / 300;
const KEY_USES_OF_A_QUEUE = 3;

const EVENTS = [...Object.keys(ORDER_EVENT_DATA), ...Object.keys(STOCK_EVENT_DATA)];

/** What a deployment is billed for by the month, with or without orders. */
export interface AtRest {
  /** Number of resources by type, for example `AWS::CloudWatch::Alarm`. */
  readonly resources: ReadonlyMap<string, number>;
  /** Requests of Lambda to empty queues in a month. */
  readonly queueRequests: number;
  /** Requests to a customer-managed key in a month in which one environment of each function is always busy. */
  readonly keyRequests: number;
  /** Every custom metric that the loop can emit; one is billed for the hours in which it is. */
  readonly customMetrics: number;
}

/** Counts in the templates of the app with default settings. */
export async function countAtRest(): Promise<AtRest> {
  const resources = new Map<string, number>();
  let queueReaders = 0;
  let keyUses = 0;
  const stacks: readonly Stack[] = await synthesize();
  for (const { Type, Properties } of stacks.flatMap(({ template }) =>
    Object.values(template.Resources ?? {}),
  )) {
    resources.set(Type, (resources.get(Type) ?? 0) + billedAs(Type, Properties));
    const readsStream = Properties !== undefined && 'StartingPosition' in Properties;
    if (Type === 'AWS::Lambda::EventSourceMapping' && !readsStream) queueReaders++;
    if (Type === 'AWS::Lambda::Function') keyUses += encryptedThings(Properties).length;
  }
  keyUses += queueReaders * KEY_USES_OF_A_QUEUE;
  return {
    resources,
    queueRequests: queueReaders * REQUESTS_A_MONTH,
    keyRequests: keyUses * KEY_USES_A_MONTH,
    // Events by name, and of each state how many orders are in it and for how long they were.
    customMetrics: Object.keys(METRICS).length + EVENTS.length + 2 * ORDER_STATES.length,
  };
}

/** An alarm is billed for each metric that it looks at (https://aws.amazon.com/cloudwatch/pricing/), all else as one. */
function billedAs(type: string, properties: Readonly<Record<string, unknown>> = {}): number {
  if (type !== 'AWS::CloudWatch::Alarm' || properties.Metrics === undefined) return 1;
  return (properties.Metrics as readonly object[]).filter((metric) => 'MetricStat' in metric).length;
}

/** The table and the secrets of a function. */
function encryptedThings(properties: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  return Object.keys(Variables).filter((name) => name === 'TABLE_NAME' || name.endsWith('SECRET_ID'));
}
