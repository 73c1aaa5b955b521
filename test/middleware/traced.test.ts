import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { bundleTracer } from '../../lib/constructs/tracer-layer.ts';
import { lambdaContext } from '../../testing/context.ts';

const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
const OTHER_TRACE = '1-5759e988-bd862e3fe1be46a994272794';
const ORDER = 'LMB-ORD-2026-0041';

let folder: string;
let daemon: Socket;
let told: Told[];
const logger = new Logger({ logLevel: 'SILENT' });

/** What the tracer sends, as far as is looked at. */
interface Told {
  readonly name: string;
  readonly trace_id?: string;
  readonly parent_id?: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly fault?: boolean;
  readonly error?: boolean;
  readonly metadata?: unknown;
  readonly subsegments?: readonly Told[];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-loop-tracer-'));
  bundleTracer(join(folder, 'tracer.mjs'));
  daemon = createSocket('udp4');
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
  daemon.on('message', (message) => told.push(JSON.parse(String(message).split('\n')[1] ?? '')));
  Object.assign(process.env, {
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: '/var/task',
    POWERTOOLS_SERVICE_NAME: 'api-orders',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
});
beforeEach(() => {
  told = [];
  process.env.TRACER_PATH = join(folder, 'tracer.mjs');
});
afterEach(() => {
  delete process.env._X_AMZN_TRACE_ID;
  vi.resetModules();
});
afterAll(async () => {
  daemon.close();
  await rm(folder, { recursive: true });
});

/** Lambda tells by this what it records, and whether it does. */
function recording(trace: string, sampled: 0 | 1): void {
  process.env._X_AMZN_TRACE_ID = `Root=${trace};Parent=53995c3f42cd8ad8;Sampled=${sampled}`;
}

function tellOf(count: number): Promise<void> {
  return vi.waitFor(() => expect(told).toHaveLength(count), { timeout: 20_000 });
}

async function observed() {
  return (await import('../../functions/middleware/observed.ts')).observed;
}

it('an invocation that Lambda records, by the ids of what it is about', async () => {
  const handler = (await observed())(
    logger,
    async () => 'done',
    () => ({ orderId: ORDER, correlationId: 'request-7', channel: undefined }),
  );
  recording(TRACE, 1);
  const before = Date.now() / 1000;
  expect(await handler({}, lambdaContext())).toBe('done');
  recording(OTHER_TRACE, 1);
  await handler({}, lambdaContext());
  await tellOf(2);
  const [first, second] = told;
  expect(first).toMatchObject({
    name: '## api-orders',
    trace_id: TRACE,
    parent_id: '53995c3f42cd8ad8',
    annotations: { orderId: ORDER, correlationId: 'request-7', coldStart: true },
  });
  expect(first).not.toHaveProperty('fault');
  expect(first?.start_time).toBeGreaterThanOrEqual(before);
  expect(first?.end_time).toBeGreaterThanOrEqual(first?.start_time ?? Number.POSITIVE_INFINITY);
  expect(second).toMatchObject({ trace_id: OTHER_TRACE, annotations: { coldStart: false } });
});

it('nothing of one that Lambda does not record, and no tracer is loaded for it', async () => {
  process.env.TRACER_PATH = join(folder, 'is-not-there.mjs');
  const warned = vi.spyOn(logger, 'warn');
  const handler = (await observed())(logger, async () => 'done');
  recording(TRACE, 0);
  expect(await handler({}, lambdaContext())).toBe('done');
  expect(warned).not.toHaveBeenCalled();

  // Where one is recorded and the tracer is missing, the work is done all the same.
  recording(TRACE, 1);
  expect(await handler({}, lambdaContext())).toBe('done');
  expect(warned).toHaveBeenCalledOnce();
  expect(told).toEqual([]);
});

it('a failure by its name, without its words', async () => {
  const handler = (await observed())(logger, async () => {
    throw new TypeError('no such street: 5 Elm Street');
  });
  recording(TRACE, 1);
  await expect(handler({}, lambdaContext())).rejects.toThrow('no such street');
  await tellOf(1);
  expect(told[0]).toMatchObject({ fault: true, metadata: { default: { error: { name: 'TypeError' } } } });
  expect(JSON.stringify(told)).not.toContain('Elm');
});

it('a request by its route and the order that it asks for; a refusal is an error and no fault', async () => {
  const { httpFunction } = await import('../../functions/middleware/http-function.ts');
  const { Problem } = await import('../../functions/middleware/http.ts');
  const refuse = async () => {
    throw new Problem('illegal_transition', 'not now');
  };
  const received = async () => ({ status: 201, body: { orderId: ORDER, channel: 'MANUAL' } });
  const handler = httpFunction({
    logger,
    routes: { 'GET /healthz': refuse, 'GET /docs': received },
    parsesJson: true,
  });
  recording(TRACE, 1);
  await handler(request('GET /healthz', 'LMB-ORD-2026-0007'), lambdaContext());
  await handler(request('GET /docs', 'no order id: Ada'), lambdaContext());
  await tellOf(2);
  expect(told[0]).toMatchObject({
    error: true,
    annotations: { route: 'GET /healthz', correlationId: 'request-9', orderId: 'LMB-ORD-2026-0007' },
  });
  expect(told[0]).not.toHaveProperty('fault');
  expect(told[1]).toMatchObject({ annotations: { orderId: ORDER, channel: 'MANUAL' } });
  expect(JSON.stringify(told)).not.toContain('Ada');
});

function request(routeKey: string, orderId: string) {
  return {
    routeKey,
    rawPath: '/',
    headers: {},
    pathParameters: { orderId },
    requestContext: { requestId: 'request-9' },
  } as unknown as Parameters<
    ReturnType<typeof import('../../functions/middleware/http-function.ts').httpFunction>
  >[0];
}

it('each event of a batch under its own ids', async () => {
  const { forEachEvent } = await import('../../functions/consumers/messages.ts');
  const consume = forEachEvent(logger, async (event) => {
    if (event.eventId === 'E2') throw new Error('not this one');
    return false;
  });
  recording(TRACE, 1);
  const answer = await consume(batch('E1', 'E2'), lambdaContext());
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'E2' }] });
  await tellOf(1);
  expect(told[0]?.subsegments).toMatchObject([
    { name: 'OrderClosed', annotations: { eventId: 'E1', orderId: ORDER, channel: 'MANUAL' } },
    { name: 'OrderClosed', annotations: { eventId: 'E2', correlationId: 'request-7' }, fault: true },
  ]);
});

function batch(...eventIds: readonly string[]): SQSEvent {
  const event = {
    type: 'OrderClosed',
    version: 1,
    orderId: ORDER,
    sequence: 9,
    occurredAt: '2026-03-10T14:07:00.000Z',
    actor: { type: 'automation', id: 'workflow' },
    channel: 'MANUAL',
    orderType: 'DTC',
    correlationId: 'request-7',
    data: {},
  };
  return {
    Records: eventIds.map((eventId) => ({
      messageId: eventId,
      body: JSON.stringify({ detail: { ...event, eventId } }),
      receiptHandle: eventId,
      attributes: { ApproximateReceiveCount: '1' },
    })),
  } as unknown as SQSEvent;
}
