import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../testing/client.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { until } from '../../testing/until.ts';

const REPOSITORY = resolve(import.meta.dirname, '..', '..');
const START = join(REPOSITORY, 'local', 'start.ts');
interface Order {
  readonly orderId: string;
  readonly state: string;
  readonly total: string;
}

interface Column {
  readonly state: string;
  readonly orders: readonly Order[];
}

describe('npm start with everything at its default', () => {
  let folder: string;
  let loop: RunningProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'order-loop-start-'));
    loop = await startProcess(START, [], { PORT: '0', DATA_DIR: folder, SEED: 'demo' });
  });
  afterAll(async () => {
    await loop.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('says where everything is, and that it is ready in its last line', () => {
    expect(loop.output.trimEnd().split('\n').at(-1)).toBe(`ready on ${loop.url}`);
    expect(loop.output).toContain(folder);
    expect(loop.output).toContain(`${loop.url}/v1`);
  });

  test('has the orders of the product page', async () => {
    const client = await connect(loop.url);
    const { columns } = await client.done<{ columns: Column[] }>('GET', '/v1/board');
    const shown = columns.flatMap(({ state, orders }) =>
      orders.map(({ orderId, total }) => `${orderId.slice(-4)} ${state} ${total}`),
    );
    expect(shown.sort()).toEqual([
      '0037 SHIPPED 3040.00',
      '0041 FULFILLMENT_QUEUED 1120.00',
      '0891 SHIPPED 148.00',
      '1042 ALLOCATED 4920.00',
      '1089 FULFILLMENT_QUEUED 2360.00',
      '1102 ALLOCATED 684.00',
    ]);
    expect(await client.done('GET', '/v1/orders/LMB-ORD-2026-1042/allocation')).toMatchObject({
      items: [
        {
          lotNumber: 'LMB-LOT-2025-002',
          availableBefore: 2840,
          reserved: 480,
          availableAfter: 2360,
          pinned: true,
        },
      ],
    });
  });

  test('takes the sample order as the banner sends it', async () => {
    const command = loop.output.split('\n').find((line) => line.startsWith('curl ')) ?? '';
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${command} --silent`], {
      cwd: REPOSITORY,
    });
    const { orderId } = JSON.parse(stdout) as { orderId: string };
    const client = await connect(loop.url);
    await until(
      () => client.done<Order>('GET', `/v1/orders/${orderId}`),
      ({ state }) => state === 'FULFILLMENT_QUEUED',
    );
  });

  test('stops cleanly when it is asked to', async () => {
    const before = Date.now();
    expect(await loop.end('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(5000);
  });
});

test('a start that cannot work says why in one line', async () => {
  await expect(startProcess(START, [], { PORT: 'x' })).rejects.toThrow(
    /^it ended with 1: Order Loop did not start: PORT is not a port number: x\n$/,
  );
});
