// @module-tag long
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crash } from '../../scripts/crash/crash.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// npm run crash kills it a hundred times; this shows that the drill itself works, and what breaks at once.
test('what clients were answered is there after kill -9, once, and continues', {
  timeout: 300_000,
}, async () => {
  const said: string[] = [];
  const report = await crash({
    dataFolder: folder,
    kills: 3,
    clients: 3,
    seed: 20260310,
    waitsForPartners: false,
    log: (what) => said.push(what),
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${said.join('\n')}`, { cause: error });
  });
  expect(report.kills).toBe(3);
  expect(report.acknowledged).toBeGreaterThan(0);
});
