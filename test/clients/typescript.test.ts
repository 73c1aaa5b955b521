import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  clientCredentials,
  dataOf,
  itemsOf,
  localToken,
  OrderLoopError,
  orderLoop,
  parseEvent,
  readBusMessage,
  readDelivery,
} from 'order-loop/client';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newWebhookSecret } from '../../functions/adapters/standard-webhooks.ts';
import type { LocalStack } from '../../local/stack.ts';
import { apiDigest, TYPES } from '../../scripts/client/digest.ts';
import { startStack } from '../../testing/stack.ts';

const SCOPE = 'orders/read orders/write inventory/write';
const ORDER = { currency: 'USD', customer: { name: 'Ada' } };
const oneOf = (sku: string) => ({ ...ORDER, lines: [{ sku, quantity: 1, unitPrice: '20.00' }] });

test('the types are those of the OpenAPI document: npm run client', async () => {
  const [first] = (await readFile(TYPES, 'utf8')).split('\n', 1);
  expect(first).toContain(apiDigest());
});

describe('against the running loop', () => {
  let stack: LocalStack;
  let loop: ReturnType<typeof orderLoop>;
  beforeAll(async () => {
    stack = await startStack({ context: { queueAfterSeconds: 3600 } });
    loop = orderLoop({ baseUrl: stack.url, token: localToken(stack.url, SCOPE) });
  });
  afterAll(() => stack.stop());

  test('an order is created, read, and found on the pages of a list', async () => {
    const created: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { orderId } = await dataOf(loop.POST('/v1/orders', { body: oneOf('PAGED') }));
      created.push(orderId);
    }
    const read = await dataOf(
      loop.GET('/v1/orders/{orderId}', { params: { path: { orderId: created[0] ?? '' } } }),
    );
    expect(read.lines[0]?.sku).toBe('PAGED');
    const listed: string[] = [];
    const page = (cursor?: string) =>
      loop.GET('/v1/orders', { params: { query: { sku: 'PAGED', limit: 1, cursor } } });
    for await (const { orderId } of itemsOf(page)) listed.push(orderId);
    expect(listed).toEqual(created.toReversed());
  });

  test("a request that changes something has an idempotency key, the caller's own where it gives one", async () => {
    const params = { header: { 'Idempotency-Key': randomUUID() } };
    const first = await loop.POST('/v1/orders', { body: oneOf('KEYED'), params });
    const again = await loop.POST('/v1/orders', { body: oneOf('KEYED'), params });
    expect(again.data?.orderId).toBe(first.data?.orderId);
    expect(again.response.headers.get('idempotent-replayed')).toBe('true');
    const keys: (string | null)[] = [];
    const watched = orderLoop({
      baseUrl: stack.url,
      token: await stack.token(SCOPE),
      fetch: (input, init) => {
        const request = new Request(input, init);
        keys.push(request.headers.get('idempotency-key'));
        return fetch(request);
      },
    });
    await dataOf(watched.POST('/v1/orders', { body: oneOf('KEYED') }));
    await dataOf(watched.GET('/v1/board'));
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), null]);
  });

  test('a refusal is an error with the code of its problem', async () => {
    const refused = dataOf(
      loop.POST('/v1/orders', { body: { ...oneOf('NONE'), backorderPolicy: 'REJECT' } }),
    ).catch((error: unknown) => error);
    const error = await refused;
    expect(error).toBeInstanceOf(OrderLoopError);
    expect(error).toMatchObject({
      status: 409,
      code: 'insufficient_stock',
      problem: { shortages: [{ sku: 'NONE', requested: 1, available: 0 }] },
    });
    const nobody = orderLoop({ baseUrl: stack.url, token: 'none' });
    await expect(dataOf(nobody.GET('/v1/board'))).rejects.toMatchObject({ status: 401 });
  });

  test('the example runs', async () => {
    const example = join(import.meta.dirname, '..', '..', 'examples', 'client', 'orders.ts');
    const env = { ...process.env, ORDER_LOOP_URL: stack.url };
    await dataOf(
      loop.POST('/v1/inventory/{sku}/lots', {
        params: { path: { sku: 'LMB-BRS-001' } },
        body: { lotNumber: 'A', quantity: 24 },
      }),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [example], { env });
    expect(stdout).toMatch(/^(\S+) is ALLOCATED\n\1 480\.00\n$/);
  });
});

describe('a request that the API asks to send again', () => {
  const problem = (code: string, status: number, headers = {}) =>
    new Response(JSON.stringify({ code, status, detail: code }), {
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
    });
  const answered = (...answers: readonly Response[]) => {
    const sent: Request[] = [];
    const loop = orderLoop({
      baseUrl: 'https://orders.example',
      token: () => 'token',
      fetch: async (input) => {
        sent.push(new Request(input));
        return answers[sent.length - 1] ?? problem('busy', 503);
      },
    });
    return { loop, sent };
  };

  test('is sent again with the same key and body', async () => {
    const { loop, sent } = answered(problem('busy', 503), Response.json({ orderId: 'A' }, { status: 201 }));
    await dataOf(loop.POST('/v1/orders', { body: oneOf('A') }));
    const [first, second] = sent;
    expect(second?.headers.get('idempotency-key')).toBe(first?.headers.get('idempotency-key'));
    expect(await second?.json()).toEqual(oneOf('A'));
    expect(second?.headers.get('authorization')).toBe('Bearer token');
  });

  test('is given up after four attempts', async () => {
    const { loop, sent } = answered();
    await expect(dataOf(loop.GET('/v1/board'))).rejects.toMatchObject({ code: 'busy' });
    expect(sent).toHaveLength(4);
  });

  test.each([
    ['a refusal', problem('illegal_transition', 409)],
    ["an answer that is not the API's", new Response('busy', { status: 503 })],
    ['a success', Response.json({ columns: [] })],
  ])('is not for %s', async (_, answer) => {
    const { loop, sent } = answered(answer);
    await loop.GET('/v1/board');
    expect(sent).toHaveLength(1);
  });
});

test('a list whose page names its own cursor ends in an error', async () => {
  const page = async () => ({ data: { items: [1], nextCursor: 'x' }, response: new Response() });
  const read = async () => {
    for await (const _ of itemsOf(page));
  };
  await expect(read()).rejects.toThrow('does not end');
});

describe('client credentials', () => {
  const issuer = (seconds: number, status = 200) => {
    const asked: Request[] = [];
    const token = clientCredentials({
      tokenUrl: 'https://issuer.example/oauth2/token',
      clientId: 'warehouse',
      clientSecret: 'secret:1',
      scope: 'orders/read',
      fetch: async (input, init) => {
        asked.push(new Request(input, init));
        return Response.json({ access_token: `token-${asked.length}`, expires_in: seconds }, { status });
      },
    });
    return { token, asked };
  };

  test('are exchanged once for as long as the token is good', async () => {
    const { token, asked } = issuer(3600);
    expect(await Promise.all([token(), token()])).toEqual(['token-1', 'token-1']);
    expect(await token()).toBe('token-1');
    const [request] = asked;
    expect(request?.headers.get('authorization')).toBe(
      `Basic ${Buffer.from('warehouse:secret%3A1').toString('base64')}`,
    );
    expect(await request?.text()).toBe('grant_type=client_credentials&scope=orders%2Fread');
  });

  test('are exchanged again shortly before the token ends, and after a refusal', async () => {
    const short = issuer(30);
    expect([await short.token(), await short.token()]).toEqual(['token-1', 'token-2']);
    const refusing = issuer(3600, 400);
    await expect(refusing.token()).rejects.toThrow('no access token: status 400');
    await expect(refusing.token()).rejects.toThrow();
    expect(refusing.asked).toHaveLength(2);
  });
});

describe('events as subscribers receive them', () => {
  const secret = newWebhookSecret();
  const event = {
    eventId: '01JABCDEFGHJKMNPQRSTVWXYZ0',
    type: 'OrderDelivered',
    version: 1,
    orderId: 'LMB-ORD-2026-0041',
    sequence: 7,
    occurredAt: '2026-03-10T14:07:00.000Z',
    actor: { type: 'human', id: 'ada' },
    channel: 'SHOPIFY',
    orderType: 'DTC',
    correlationId: 'c-1',
    data: { deliveredAt: '2026-03-10T14:00:00.000Z' },
  };
  const body = JSON.stringify({ type: event.type, timestamp: event.occurredAt, data: event });
  const signed = (at = new Date(), by = secret) => ({
    'webhook-id': 'msg-1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('msg-1', at, body),
  });

  test('a signed delivery is parsed, whatever form body and headers have', () => {
    const expected = { deliveryId: 'msg-1', event: { type: 'OrderDelivered', sequence: 7 } };
    expect(readDelivery(secret, body, signed())).toMatchObject(expected);
    expect(readDelivery(secret, Buffer.from(body), new Headers(signed()))).toMatchObject(expected);
    const upper = Object.fromEntries(
      Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(readDelivery(secret, body, upper)).toMatchObject(expected);
  });

  test.each([
    ['changed', () => readDelivery(secret, body.replace('ada', 'eve'), signed())],
    ['signed by another', () => readDelivery(secret, body, signed(new Date(), newWebhookSecret()))],
    ['old', () => readDelivery(secret, body, signed(new Date(Date.now() - 600_000)))],
    ['not signed', () => readDelivery(secret, body, {})],
  ])('a delivery that is %s is refused', (_, read) => {
    expect(read).toThrow();
  });

  test('an event of the bus is parsed from its detail or the message of a queue', () => {
    expect(parseEvent(event)).toMatchObject({ type: 'OrderDelivered' });
    expect(readBusMessage(JSON.stringify({ detail: event }))).toMatchObject({ orderId: event.orderId });
    expect(() => readBusMessage('{}')).toThrow('is not an event of the loop');
  });
});
