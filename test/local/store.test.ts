import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from '../../local/store/data-folder.ts';
import { startDynoxide } from '../../local/store/dynoxide.ts';
import { openStore } from '../../local/store/open-store.ts';
import { indexStream } from '../../local/store/stream-index.ts';
import type { TableDescription } from '../../local/template/description.ts';
import { readTemplate } from '../../local/template/read-template.ts';
import { FIXTURE_STACKS } from '../../testing/small-stack/template.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { table } = readTemplate(FIXTURE_STACKS, 'http://127.0.0.1:1', 'http://127.0.0.1:2');

test('the table is made once, found again after a restart, and its stream is indexed', async () => {
  const path = join(folder, 'store.db');
  const first = await openStore(null, path);
  const made = await first.prepare(table);
  expect(made.isNew).toBe(true);
  await first.stop();

  const second = await openStore(null, path);
  expect(await second.prepare(table)).toEqual({ isNew: false, streamArn: made.streamArn });
  await second.stop();
  const database = new DatabaseSync(path, { readOnly: true });
  const indexes = database.prepare("SELECT name FROM sqlite_master WHERE type = 'index'").all();
  database.close();
  expect(indexes.map(({ name }) => name)).toContain('order_loop_last_sequence');
});

test('data of another version is refused by what it lacks', async () => {
  const store = await openStore(null, join(folder, 'store.db'));
  await store.prepare(table);
  const [index] = table.properties.GlobalSecondaryIndexes as { IndexName: string }[];
  const changed: TableDescription = {
    ...table,
    properties: { ...table.properties, GlobalSecondaryIndexes: [{ ...index, IndexName: 'by-colour' }] },
  };
  await expect(store.prepare(changed)).rejects.toThrow(/lacks by-colour/);
  await store.stop();
});

test('a store that dies is reported', async () => {
  const store = await startDynoxide(join(folder, 'store.db'));
  process.kill(-(store.processId ?? Number.NaN), 'SIGKILL');
  expect(await store.failed).toMatch(/the embedded store is gone/);
});

test('a store that looks different inside is left as it is', () => {
  const path = join(folder, 'other.db');
  new DatabaseSync(path).close();
  expect(indexStream(path)).toBe(false);
});

test('a data folder has one user at a time, and none is left when it is given back', () => {
  const first = openDataFolder(folder);
  expect(() => openDataFolder(folder)).toThrow(/used by another running Order Loop/);
  first.release();
  openDataFolder(folder).release();
});

test('a folder that keeps nothing is gone after its use', () => {
  const kept = openDataFolder(null);
  expect(kept.keptIn).toBeNull();
  kept.release();
  expect(() => new DatabaseSync(kept.journalPath, { readOnly: true })).toThrow();
});
