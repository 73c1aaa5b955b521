// @module-tag long
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { orderEvent, squareSignature } from '../../testing/square.ts';

const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');

let folder: string;
let running: RunningProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-stand-ins-'));
  running = [];
});
afterEach(async () => {
  for (const each of running) await each.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start() {
  const started = await startProcess(START, [], { DATA_DIR: folder, PORT: '0', SEED: 'none' });
  running.push(started);
  const token = await fetch(`${started.url}/dev/token`, {
    method: 'POST',
    body: JSON.stringify({ scope: 'operations/admin' }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${access_token}`, ...init.headers };
    const response = await fetch(started.url + path, { ...init, headers });
    // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
    return { status: response.status, body: (await response.json()) as any };
  };
  return { ...started, call };
}

test('connections find the fakes of each start, wherever it listens, and those led elsewhere stay', async () => {
  const first = await start();
  const elsewhere = { shop: 'elsewhere.myshopify.com', apiBaseUrl: 'http://127.0.0.1:9' };
  await first.call('/v1/connections/elsewhere', {
    method: 'PUT',
    body: JSON.stringify({ kind: 'SHOPIFY', name: 'Elsewhere', settings: elsewhere }),
    headers: { 'content-type': 'application/json' },
  });
  const order = await first.call('/dev/stand-ins/square/orders', { method: 'PUT', body: '{"id": "x"}' });
  expect(order.status).toBe(422);
  await first.end('SIGTERM');

  const second = await start();
  expect(second.url).not.toBe(first.url);
  const { body } = await second.call('/v1/connections');
  const addresses = Object.fromEntries(
    (body.items as { connectionId: string; settings: { apiBaseUrl?: string } }[]).map((each) => [
      each.connectionId,
      each.settings.apiBaseUrl,
    ]),
  );
  expect(addresses).toMatchObject({
    'northfield-shop': `${second.url}/dev/stand-ins/shopify`,
    'northfield-square': `${second.url}/dev/stand-ins/square`,
    elsewhere: 'http://127.0.0.1:9',
  });

  // The sample order is known to the account that is played.
  const event = orderEvent('order.created', 'after-restart', {
    orderId: 'CAISENgvlJ6jLWAzERDzjyHVybA',
    version: 1,
  });
  const answer = await second.call('/webhooks/square', {
    method: 'POST',
    body: new Uint8Array(event),
    headers: { 'x-square-hmacsha256-signature': squareSignature(event, `${second.url}/webhooks/square`) },
  });
  expect(answer).toMatchObject({ status: 200, body: { detail: 'received' } });
});
