import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmbeddedStore, startDynoxide } from '../../local/store/dynoxide.ts';
import { indexStream } from '../../local/store/stream-index.ts';
import { synthesizedOnce } from './synthesis.ts';
import { createTable, storeClient } from './table.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that lasts as long as the run: what is costly to make is made once and kept here. */
    readonly runFolder: string;
    /** The DynamoDB of the run. */
    readonly storeEndpoint: string;
  }
}

/** Settings of the app under which most stacks of the tests start. */
const FREQUENT_SETTINGS = [{ queueAfterSeconds: 0 }, { queueAfterSeconds: 3600 }];

/**
 * Starts what the whole run shares: one embedded DynamoDB, or the one at `DYNAMODB_ENDPOINT`, and the synthesized
 * templates of the app.
 *
 * @returns what ends it
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'order-loop-test-run-'));
  const given = process.env.DYNAMODB_ENDPOINT;
  const store = given === undefined ? await openStore(join(folder, 'store.db')) : null;
  for (const context of FREQUENT_SETTINGS) await synthesizedOnce(folder, { ...context, hostConsole: false });
  project.provide('runFolder', folder);
  project.provide('storeEndpoint', given ?? store?.endpoint ?? '');
  return async () => {
    await store?.stop();
    await rm(folder, { recursive: true });
  };
}

/** An embedded store in which many tables grow without slowing one another down. */
async function openStore(path: string): Promise<EmbeddedStore> {
  const store = await startDynoxide(path);
  const client = storeClient(store.endpoint);
  try {
    // What is indexed is there with the first stream.
    await createTable(client, 'first');
    indexStream(path);
  } finally {
    client.destroy();
  }
  return store;
}
