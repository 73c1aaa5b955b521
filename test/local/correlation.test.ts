import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '../../contract/routes.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { until } from '../../testing/until.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let loop: RunningProcess;
let token: string;
beforeAll(async () => {
  loop = await startProcess(join(ROOT, 'local', 'start.ts'), [], {
    DATA_DIR: ':memory:',
    PORT: '0',
    SEED: 'none',
    LOG_LEVEL: 'INFO',
    // As for whoever starts it by hand: what tests turn off, the start has to turn off by itself.
    POWERTOOLS_METRICS_DISABLED: 'false',
  });
  const answer = await fetch(`${loop.url}/dev/token`, {
    method: 'POST',
    body: JSON.stringify({ scope: SCOPES.join(' '), sub: 'ada' }),
  });
  token = ((await answer.json()) as { access_token: string }).access_token;
});
afterAll(() => loop.end('SIGKILL'));

/** Sends a request under a correlation id of its own. */
async function send(correlationId: string, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(loop.url + path, {
    method,
    headers: {
      'x-correlation-id': correlationId,
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  expect(response.status, `${method} ${path}`).toBeLessThan(300);
  // What only this machine has has no correlation id.
  if (!path.startsWith('/dev/')) expect(response.headers.get('x-correlation-id')).toBe(correlationId);
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}
const look = (path: string) => send('look', 'GET', path);

const signature = (secret: string, body: string, encoding: 'hex' | 'base64') =>
  createHmac('sha256', secret).update(body).digest(encoding);

/** Waits until functions have written a line about what a request led to. */
const toldBy = (correlationId: string, services: readonly string[]) =>
  until(
    async () =>
      loop.output
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as { correlationId?: string; service: string })
        .filter((line) => line.correlationId === correlationId)
        .map(({ service }) => service),
    (seen) => services.every((service) => seen.includes(service)),
    30_000,
  );

/** Takes an order from a shop's webhook to CLOSED: intake, shipment and delivery are three things that happen. */
async function closeOrder(): Promise<string> {
  for (const sku of ['LMB-BRS-001', 'LMB-BRT-001']) {
    await send('stock', 'POST', `/v1/inventory/${sku}/lots`, { lotNumber: 'L1', quantity: 40 });
  }
  const order = readFileSync(join(ROOT, 'local', 'sample', 'shopify-order.json'), 'utf8');
  const { orderId } = await send('intake', 'POST', '/webhooks/shopify', order, {
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': 'northfield-test.myshopify.com',
    'x-shopify-webhook-id': 'correlation-1',
    'x-shopify-hmac-sha256': signature('local-shopify-secret', order, 'base64'),
  });
  const isIn = (state: string) =>
    until(
      () => look(`/v1/orders/${orderId}`),
      (now) => now.state === state,
      30_000,
    );
  await isIn('FULFILLMENT_QUEUED');
  const shipment = { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' };
  await send('shipment', 'POST', `/v1/orders/${orderId}/shipments`, shipment);
  // A parcel that is there before the workflow waits for it is closed in the shipment's name.
  await toldBy('shipment', ['tasks-await-delivery']);
  const update = JSON.stringify({
    eventId: 'update-1',
    trackingNumber: shipment.trackingNumber,
    status: 'delivered',
    occurredAt: new Date().toISOString(),
  });
  await send('delivery', 'POST', '/webhooks/carrier', update, {
    'x-carrier-signature': signature('local-carrier-secret', update, 'hex'),
  });
  await isIn('CLOSED');
  return orderId;
}

/** What each request led to, and nobody asked for by another. */
const LED_TO: Readonly<Record<string, readonly string[]>> = {
  intake: ['OrderReceived', 'OrderAllocated', 'FulfillmentQueued'],
  shipment: ['ShipmentShipped', 'InvoiceRequested', 'OrderShipped'],
  delivery: ['ShipmentDelivered', 'OrderDelivered', 'OrderClosed'],
};

/** Functions that write a line about what each request led to, the last consumer of it included. */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  intake: ['webhooks-shopify', 'consumers-inventory', 'consumers-overview', 'tasks-await-shipment'],
  shipment: [
    'api-orders',
    'consumers-finance',
    'consumers-inventory',
    'consumers-channel-sync',
    'tasks-await-delivery',
  ],
  delivery: ['webhooks-carrier', 'consumers-overview', 'tasks-close-order'],
};

interface Correlated {
  readonly type: string;
  readonly correlationId: string;
  readonly orderId?: string;
}

test('one correlation id goes with a request through events, bus, workflow and queues to the last consumer', async () => {
  const orderId = await closeOrder();
  const { items }: { items: Correlated[] } = await look(`/v1/orders/${orderId}/events`);
  const carried = await until<Correlated[]>(
    async () => ((await look('/dev/bus')).items as { detail: Correlated }[]).map(({ detail }) => detail),
    (events) => events.some(({ type }) => type === 'OrderClosed'),
    30_000,
  );
  for (const [correlationId, types] of Object.entries(LED_TO)) {
    const led = (events: readonly Correlated[]) =>
      events
        .filter((event) => event.orderId === orderId && event.correlationId === correlationId)
        .map(({ type }) => type);
    expect(led(items), `history of ${correlationId}`).toEqual(types);
    expect(led(carried).sort(), `bus of ${correlationId}`).toEqual([...types].sort());
  }

  // Counts are for CloudWatch, which there is none of here.
  expect(loop.output).not.toContain('"_aws"');
  for (const [correlationId, services] of Object.entries(TOLD_BY)) {
    await toldBy(correlationId, services);
  }
});
