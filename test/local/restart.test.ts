import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderRequest } from '../../testing/api.ts';
import { connect } from '../../testing/client.ts';
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

test('a message that was being worked on when the stack was killed is received again', {
  tags: 'long',
}, async () => {
  const first = await start();
  await first.client.store('poison-1');
  await first.client.seenAtLeast('poison-1', 1);
  await first.end('SIGKILL');

  const second = await start();
  await second.client.seenAtLeast('poison-1', 2);
});

test('tokens outlive a restart', { tags: 'long' }, async () => {
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

test('the store does not outlive a killed stack, so that the data is free for the next', {
  tags: 'long',
}, async () => {
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

/** Starts the whole loop as `npm start` does. */
async function startLoop() {
  const environment = { PORT: '0', DATA_DIR: folder, SEED: 'none', LOG_LEVEL: 'WARN' };
  const loop = await startProcess(START, [], environment);
  running.push(loop);
  return { loop, client: await connect(loop.url) };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s with a backlog ends in time without a word, and the next start carries every order on',
  { tags: 'long', timeout: 180_000 },
  async (signal) => {
    const { loop, client } = await startLoop();
    const lot = { lotNumber: 'L1', quantity: BACKLOG };
    await client.done('POST', '/v1/inventory/BACKLOG/lots', { body: lot });
    const body = orderRequest({ lines: [{ sku: 'BACKLOG', quantity: 1 }] });
    await Promise.all(Array.from({ length: BACKLOG }, () => client.done('POST', '/v1/orders', { body })));
    const said = loop.output;
    // 0 alone: a stop that takes too long is broken off with 1.
    expect(await loop.end(signal)).toBe(0);
    expect(loop.output).toBe(said);
    client.close();

    const next = await startLoop();
    await until(
      () => next.client.all('/v1/orders?state=FULFILLMENT_QUEUED&limit=100'),
      (orders) => orders.length === BACKLOG,
      120_000,
    );
    expect(next.loop.output).toMatch(/ready on \S+\n$/);
    next.client.close();
  },
);
