import { pathToFileURL } from 'node:url';
import { isRequestXRaySampled } from '@aws-lambda-powertools/commons/utils/env';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { monotonicFactory } from 'ulid';
import { METRIC_NAMESPACE, METRICS } from '../contract/metrics.ts';
import { RetentionSetting, readRetention, retentionOf } from '../contract/retention.ts';
import type { WebhookVariable } from '../contract/webhooks.ts';
import { openTable, type Table } from './adapters/dynamodb/client.ts';
import { locationStore } from './adapters/dynamodb/location-store.ts';
import { orderNumbers } from './adapters/dynamodb/order-numbers.ts';
import { orderStore } from './adapters/dynamodb/order-store.ts';
import { stockStore } from './adapters/dynamodb/stock-store.ts';
import { taskStore } from './adapters/dynamodb/task-store.ts';
import { idempotencyStore } from './adapters/dynamodb/uniqueness-claims.ts';
import { stepFunctions } from './adapters/step-functions.ts';
import type { WorkflowDependencies } from './fulfillment/workflow.ts';
import type { Ports } from './orders/ports.ts';
import type { TracerModule } from './tracer/recorded.ts';

/** What the environment must hold for a function; each entry asks for what it uses, once, when it is loaded. */
type Variable =
  | 'TABLE_NAME'
  | 'EVENT_BUS_NAME'
  | 'DEAD_LETTERS_URL'
  | 'STATE_MACHINE_ARN'
  | 'ORDER_NUMBER_PREFIX'
  | 'QUEUE_URL'
  | 'MAX_RECEIVES'
  | 'TRIES_QUEUE_URL'
  | 'SEAL_SECRET_ID'
  | 'CURSOR_SECRET_ID'
  | 'PORTAL_SECRET_ID'
  | 'PORTAL_BASE_URL'
  | 'PORTAL_DAYS_AFTER_DELIVERY'
  | 'RETENTION_DAYS'
  | 'API_BASE_URL'
  | 'API_HOST'
  | 'APPROVAL_SECRET_ID'
  | 'CHECKPOINT_BUCKET'
  | 'CHECKPOINT_KEY_ID'
  | 'DEAD_LETTER_QUEUES'
  | 'ALLOW_PRIVATE_ADDRESSES'
  | 'GROUPS_CLAIM'
  | 'PERSON_CLAIMS'
  | 'ROLE_GROUPS'
  | 'TOKEN_ISSUER'
  | 'TOKEN_AUDIENCE'
  | 'SIGN_IN_URL'
  | 'TOKEN_KEYS_URL'
  | 'AGENT_REQUESTS_A_MINUTE'
  | 'DELIVERY_WINDOW_AT_RISK_DAYS'
  | 'LOG_LEVEL'
  | 'LOOP_NAME'
  | 'TRACER_PATH'
  | 'POWERTOOLS_SERVICE_NAME'
  | WebhookVariable;

/**
 * Reads one variable of the function's environment.
 *
 * @throws Error when it is missing: the function does not start, rather than fail at its first request
 */
export function environment(variable: Variable): string {
  const value = process.env[variable];
  if (value === undefined || value === '') throw new Error(`the environment lacks ${variable}`);
  return value;
}

/** @returns a variable that a deployment may leave out. */
export function optional(variable: Variable): string | undefined {
  return process.env[variable] || undefined;
}

/** A structured logger; what it logs holds ids, never names, addresses, secrets or tokens. */
export function createLogger(): Logger {
  return new Logger();
}

/** Lowest level that is logged, for example `INFO`. */
export const LOG_LEVEL = optional('LOG_LEVEL');

/** What a function counts; written to its log at the end of each invocation, from where CloudWatch takes it. */
export const metrics = new Metrics({
  namespace: METRIC_NAMESPACE,
  serviceName: optional('LOOP_NAME') ?? 'order-loop',
});

/** What the function is called in logs and traces, for example `api-orders`. */
export const SERVICE_NAME = optional('POWERTOOLS_SERVICE_NAME') ?? 'order-loop';

let tracer: Promise<TracerModule> | undefined;

/**
 * @returns what traces are recorded with, where Lambda records one of the running invocation and the deployment brings
 *   a tracer; it comes in a layer, since most invocations have no use for it
 */
export function loadTracer(): Promise<TracerModule> | undefined {
  const path = optional('TRACER_PATH');
  if (path === undefined || !isRequestXRaySampled()) return undefined;
  tracer ??= import(pathToFileURL(path).href) as Promise<TracerModule>;
  return tracer;
}

/** The table of this deployment, in which items end as it was set. */
export function createTable(): Table {
  const set = RetentionSetting.parse(readRetention(optional('RETENTION_DAYS') ?? ''));
  return openTable(environment('TABLE_NAME'), undefined, retentionOf(set));
}

/** What commands need, on the real store, clock and ids. */
export function createPorts(table: Table, options: { readonly receivesOrders: boolean }): Ports {
  const newId = monotonicFactory();
  return {
    orders: orderStore(table),
    stock: stockStore(table),
    locations: locationStore(table),
    idempotency: idempotencyStore(table),
    numbers: options.receivesOrders ? orderNumbers(table, environment('ORDER_NUMBER_PREFIX')) : noNumbers,
    now: () => new Date().toISOString(),
    newId: () => newId(),
    pause: (attempt) => {
      metrics.addMetric(METRICS.conflicts, MetricUnit.Count, 1);
      return pause(attempt);
    },
  };
}

/**
 * What the steps of the workflow, and those who answer it, work with.
 *
 * @param stateMachineArn the workflow, for a function that starts it
 */
export function createWorkflowDependencies(stateMachineArn?: string): WorkflowDependencies {
  const table = createTable();
  return {
    ports: createPorts(table, { receivesOrders: false }),
    tasks: taskStore(table),
    workflow: stepFunctions(stateMachineArn),
    atRiskDays: Number(environment('DELIVERY_WINDOW_AT_RISK_DAYS')),
  };
}

/**
 * Waits before a retry: any time up to a bound that doubles with each, so that those who met come back apart, and many
 * who want one lot leave it free for one of them at a time. The bound ends at a second.
 */
export function pause(attempt: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, Math.random() * Math.min(1000, 5 * 2 ** attempt)));
}

const noNumbers: Ports['numbers'] = {
  next: () => Promise.reject(new Error('this function receives no orders')),
};
