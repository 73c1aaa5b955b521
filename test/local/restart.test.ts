import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderRequest } from '../../testing/api-loop.ts';
import { HttpClient } from '../../testing/http.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { smallStackClient } from '../../testing/small-stack/client.ts';
import { until } from '../../testing/until.ts';

const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');
const RUN = join(import.meta.dirname, '..', '..', 'testing', 'small-stack', 'run.ts');

let folder: string;
let running: RunningProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-restart-'));
  running = [];
});
afterEach(async () => {
  for (const each of running) await each.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start() {
  const started = await startProcess(RUN, [folder]);
  running.push(started);
  return { ...started, client: smallStackClient(started.url) };
}

test('a waiting workflow is still waiting after kill -9, for the very same token', async () => {
  const first = await start();
  await first.client.store('flow-1');
  await first.client.waiting('flow-1');
  await first.end('SIGKILL');

  const second = await start();
  expect(await second.client.answer('flow-1')).toBeNull();
  const ended = await second.client.ended('flow-1');
  expect(ended).toMatchObject({ status: 'SUCCEEDED' });
  expect(ended?.states.map(({ state }) => state)).toEqual(['First', 'Await', 'Last']);
  // Once to pass the token on and once for the last step: the restart did not pass a second token on.
  expect(await second.client.item('CALLS#flow-1')).toMatchObject({ count: 2 });
});

test('kill -9 right after the answers loses no event', async () => {
  const ids = Array.from({ length: 25 }, (_, index) => `item-${index}`);
  const first = await start();
  await Promise.all(ids.map((id) => first.client.store(id)));
  await first.end('SIGKILL');

  const second = await start();
  for (const id of ids) await second.client.seenAtLeast(id, 1);
  const carried = await second.client.bus();
  expect(new Set(carried)).toEqual(new Set(ids));
});

test('a message that was being worked on when the stack was killed comes again', async () => {
  const first = await start();
  await first.client.store('poison-1');
  await first.client.seenAtLeast('poison-1', 1);
  await first.end('SIGKILL');

  const second = await start();
  await second.client.seenAtLeast('poison-1', 2);
});

test('tokens outlive a restart', async () => {
  const first = await start();
  const headers = await first.client.token();
  await first.end('SIGTERM');
  const second = await start();
  expect((await fetch(`${second.url}/items/a`, { headers })).status).toBe(200);
});

test('a second start on the same data is refused with a reason', async () => {
  await start();
  await expect(start()).rejects.toThrow(/used by another running Order Loop/);
});

test('the store does not outlive a killed stack, so that the data is free for the next', async () => {
  for (let round = 0; round < 3; round++) {
    const each = await start();
    await each.client.store(`round-${round}`);
    await each.end('SIGKILL');
  }
  const last = await start();
  for (let round = 0; round < 3; round++) {
    expect(await last.client.item(`round-${round}`)).toMatchObject({ kind: 'EVENT' });
  }
});

const BACKLOG = 150;

/** Starts the whole loop; answers with a client that may read and write. */
async function startLoop() {
  const loop = await startProcess(START, [], {
    ...{ PORT: '0', DATA_DIR: folder, SEED: 'none', LOG_LEVEL: 'WARN' },
  });
  running.push(loop);
  const http = new HttpClient(loop.url);
  const scope = 'orders/read orders/write inventory/write';
  const { body } = await http.send<{ access_token: string }>('POST', '/dev/token', { body: { scope } });
  const headers = { authorization: `Bearer ${body.access_token}` };
  return { loop, http, headers };
}

interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor?: string;
}

/** How many orders are in a state, counted over all pages. */
async function ordersIn(state: string, { http, headers }: Awaited<ReturnType<typeof startLoop>>) {
  let count = 0;
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/v1/orders?state=${state}&limit=100${after}`;
    const { body } = await http.send<Page>('GET', path, { headers });
    count += body.items.length;
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return count;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s with a backlog ends in time without a word, and the next start carries every order on',
  { timeout: 180_000 },
  async (signal) => {
    const first = await startLoop();
    const send = async (path: string, body: unknown) => {
      const { status } = await first.http.send('POST', path, { body, headers: first.headers });
      expect(status).toBe(201);
    };
    await send('/v1/inventory/BACKLOG/lots', { lotNumber: 'L1', quantity: BACKLOG });
    const order = orderRequest({ lines: [{ sku: 'BACKLOG', quantity: 1 }] });
    await Promise.all(Array.from({ length: BACKLOG }, () => send('/v1/orders', order)));
    const said = first.loop.output;
    // 0 alone: a stop that takes too long is broken off with 1.
    expect(await first.loop.end(signal)).toBe(0);
    expect(first.loop.output).toBe(said);
    first.http.close();

    const second = await startLoop();
    const isDone = (count: number) => count === BACKLOG;
    await until(() => ordersIn('FULFILLMENT_QUEUED', second), isDone, 120_000);
    expect(second.loop.output).toMatch(/ready on \S+\n$/);
    second.http.close();
  },
);
