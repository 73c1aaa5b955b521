// @module-tag long
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../local/stack.ts';
import { startStack } from '../../testing/stack.ts';

const run = promisify(execFile);
const MISSING = ['bash', 'curl', 'openssl'].filter(
  (program) => spawnSync(program, ['--version']).error !== undefined,
);

let stack: LocalStack;
beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack?.stop());

test('the tour by hand closes an order and bills it', { timeout: 60_000 }, async (context) => {
  context.skip(MISSING.length > 0, `the tour by hand, without ${MISSING.join(' and ')}`);
  const [, steps = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/tour.md', 'utf8')) ?? [];
  const here = steps.replace(/^api=.*$/m, `api=${stack.url}`);
  expect(here).not.toBe(steps);
  const { stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', here]);
  expect(stderr).toBe('');
  for (const word of [
    'FULFILLMENT_QUEUED',
    'NET30',
    'TOUR-1',
    'DELIVERED',
    'OrderClosed',
    'SHIPMENT',
    '-I1',
  ]) {
    expect(stdout).toContain(word);
  }
  // The drift check at the end has no rows.
  expect(stdout.split('(index)').at(-1)).not.toContain('TOUR');
});
