import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { beat } from '../../functions/adapters/dynamodb/heartbeat.ts';
import { getItem } from '../../functions/adapters/dynamodb/items.ts';
import { heartbeatKey } from '../../functions/adapters/dynamodb/keys.ts';
import type { OrderEnvelope } from '../../functions/events/envelope.ts';
import { Problem } from '../../functions/middleware/http.ts';
import { httpFunction } from '../../functions/middleware/http-function.ts';
import { createLogger } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { lambdaContext } from '../../testing/context.ts';
import { invoke } from '../../testing/invoke.ts';
import { testLoop } from '../../testing/loop.ts';
import { busMessage, type Consumer, deliver } from '../../testing/queue.ts';
import { useStore } from '../../testing/store.ts';
import { recordOf, recordsOf } from '../../testing/stream.ts';

// Counting is turned on before anything is loaded that could count.
vi.hoisted(() => {
  Object.assign(process.env, {
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_DEV: 'true',
    LOOP_NAME: 'order-loop-test',
  });
});

const store = useStore();
/** Sequence number of the event that the bus refuses, or 0. */
let refused = 0;
const aws = useAws({
  'AWSEvents.PutEvents': ({ Entries }) => {
    const entries = Entries as readonly { Detail: string }[];
    published += entries.length;
    return {
      Entries: entries.map(({ Detail }) =>
        JSON.parse(Detail).sequence === refused ? { ErrorCode: 'InternalFailure' } : { EventId: '1' },
      ),
    };
  },
});
const orderId = 'LMB-ORD-2026-0041';
/** Entries that came to the bus. */
let published = 0;
let table: Table;
let history: readonly OrderEnvelope[];
let count: Consumer;
let publish: typeof import('../../functions/stream/publish-events.ts').handler;
const counts: Record<string, unknown> = {};

beforeAll(async () => {
  table = await store.newTable();
  Object.assign(process.env, TEST_ENVIRONMENT, {
    EVENT_BUS_NAME: 'order-loop',
    DEAD_LETTERS_URL: 'https://sqs.example/given-up',
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws.endpoint,
  });
  vi.spyOn(console, 'log').mockImplementation((line: string) => void Object.assign(counts, JSON.parse(line)));
  ({ handler: count } = await import('../../functions/consumers/overview.ts'));
  ({ handler: publish } = await import('../../functions/stream/publish-events.ts'));
  const loop = testLoop(table);
  await loop.stock('BRS', 'L1', 5);
  loop.setClock('2026-03-10T14:00:00.000Z');
  await loop.receive({ orderId, lines: [{ sku: 'BRS', quantity: 2 }] });
  await loop.command(orderId, { type: 'CompleteAllocation' });
  loop.setClock('2026-03-10T14:00:30.000Z');
  await loop.command(orderId, { type: 'QueueFulfillment' });
  history = await loop.history(orderId);
});
afterAll(() => {
  vi.restoreAllMocks();
});

test('how long an order stayed in each state that it left, and how many are in each now', async () => {
  expect(await deliver(count, history.map(busMessage))).toEqual([]);
  expect(counts).toMatchObject({ OrdersInFulfillmentQueued: 1, OrdersInReceived: 0, SecondsInAllocated: 30 });
});

test('each event where it is put on the bus, without those that come by again', async () => {
  const [first, second] = history;
  refused = second?.sequence ?? 0;
  const { batchItemFailures } = await publish({ Records: recordsOf(history) }, lambdaContext());
  expect(batchItemFailures).toHaveLength(1);
  expect(counts).toMatchObject({ [first?.type ?? '']: 1 });
  expect(counts).not.toHaveProperty('FulfillmentQueued');
});

test('each heartbeat that comes out of the table, none of which goes on the bus', async () => {
  const at = '2026-03-10T14:05:00.000Z';
  await beat(table, at);
  const item = await getItem(table, heartbeatKey(at));
  published = 0;
  expect(await publish({ Records: [recordOf(item ?? {}, '1')] }, lambdaContext())).toEqual({
    batchItemFailures: [],
  });
  expect(counts).toMatchObject({ StreamHeartbeats: 1 });
  expect(published).toBe(0);
});

test('refused webhooks with a signature, and none without', async () => {
  const refuse = httpFunction({
    logger: createLogger(),
    parsesJson: false,
    routes: {
      'POST /webhooks/shopify': async () => {
        throw new Problem('unauthorized', 'the signature is missing or wrong');
      },
    },
  });
  await invoke(refuse, 'POST /webhooks/shopify', { scope: null, body: '{}' });
  expect(counts).not.toHaveProperty('WebhooksRefused');
  const headers = { 'x-shopify-hmac-sha256': 'bm90IG91cnM=' };
  await invoke(refuse, 'POST /webhooks/shopify', { scope: null, body: '{}', headers });
  expect(counts).toMatchObject({ WebhooksRefused: 1 });
});
