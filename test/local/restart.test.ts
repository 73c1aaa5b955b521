import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { smallStackClient } from '../../testing/small-stack/client.ts';

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
