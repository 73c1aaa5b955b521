import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { checkpointArchive, keySigner } from '../../functions/adapters/checkpoint-archive.ts';
import { auditChain, auditTrail } from '../../functions/adapters/dynamodb/audit-trail.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import {
  auditKey,
  eventKey,
  headerKey,
  lotEventKey,
  orderPartition,
} from '../../functions/adapters/dynamodb/keys.ts';
import { checkpointProgress, sealedEvents } from '../../functions/adapters/dynamodb/sealed-events.ts';
import { sealsOf, verifyOrder } from '../../functions/adapters/dynamodb/sealed-history.ts';
import {
  verifyCheckpoint,
  type WritesCheckpoints,
  writeCheckpoint,
} from '../../functions/events/checkpoints.ts';
import { keyActions } from '../../local/aws/keys.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

type Item = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), 'order-loop-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kept = new Map<string, string>();
const keeper = {
  read: (name: string) => kept.get(name) ?? null,
  write: (name: string, value: string) => void kept.set(name, value),
  list: () => [],
};
const aws = useAws(keyActions(keeper), folder);
const store = useStore();

const FAR = () => Date.now() + 60_000;
const [FIRST, SECOND, THIRD] = ['2026-03-10', '2026-03-11', '2026-03-12'];

let table: Table;
let loop: TestLoop;
let bucket: string;
let checkpoints: WritesCheckpoints;
let number = 0;

beforeEach(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  // A folder for each test.
  bucket = `bucket-${++number}`;
  const client = {
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: {
      accessKeyId: TEST_ENVIRONMENT.AWS_ACCESS_KEY_ID,
      secretAccessKey: TEST_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
    },
  };
  checkpoints = {
    events: sealedEvents(table),
    audit: auditChain(table),
    archive: prefixed(`${bucket}/`, checkpointArchive('checkpoints', new S3Client(client))),
    signer: keySigner('key', new KMSClient(client)),
    progress: checkpointProgress(table),
    now: loop.ports.now,
  };
});

/** The fake has one bucket. */
function prefixed(prefix: string, archive: WritesCheckpoints['archive']): WritesCheckpoints['archive'] {
  return {
    put: (name, text) => archive.put(prefix + name, text),
    get: (name) => archive.get(prefix + name),
  };
}

/** Orders and lots of the first day, a checkpoint over it, and more on the day after. */
async function twoDays(): Promise<void> {
  loop.setClock(`${FIRST}T10:00:00.000Z`);
  await loop.stock('LISTED', 'LOT-1', 100);
  for (const orderId of ['A-1', 'A-2']) {
    await loop.receive({ orderId, lines: [{ sku: 'LISTED', quantity: 3 }] });
  }
  await auditTrail(table).record({
    action: 'events.republished',
    subject: 'one',
    origin: { actor: { type: 'human', id: 'ada' }, correlationId: 'test' },
  });
  loop.setClock(`${SECOND}T00:30:00.000Z`);
  expect(await writeCheckpoint(checkpoints, FAR())).toBe(FIRST);
  await loop.command('A-1', { type: 'PlaceHold', reason: 'OTHER', note: 'later' });
  await loop.stock('LISTED', 'LOT-1', 5);
}

const verify = (day = FIRST as string) => verifyCheckpoint(checkpoints, day, null, FAR());
const brokenOf = async (day = FIRST as string) => (await verify(day))?.broken;
const write = (Item: Item) => table.client.send(new PutCommand({ TableName: table.name, Item }));
const fileOf = (name: string) => join(folder, bucket, name);

async function itemsOf(partition: string): Promise<Item[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition },
    }),
  );
  return Items;
}

/** What somebody does who has the table and the code: alters an event, and seals all that follows anew. */
async function rewrite(orderId: string): Promise<void> {
  const items = await itemsOf(orderPartition(orderId));
  const events = items.filter(({ kind }) => kind === 'EVENT');
  const added = new Set(['pk', 'sk', 'kind', 'digest', 'previousDigest', 'salt', 'erasedDigest']);
  const contents = events.map((event) =>
    Object.fromEntries(Object.entries(event).filter(([name]) => !added.has(name))),
  );
  contents[0] = { ...contents[0], correlationId: 'forged' };
  const seals = sealsOf('', contents);
  for (const [index, event] of events.entries())
    await write({ ...event, ...contents[index], ...seals[index] });
  const header = items.find(({ kind }) => kind === 'ORDER');
  await write({ ...header, historyDigest: seals.at(-1)?.digest });
}

test('a checkpoint of a day is written once after its end, and holds while histories continue', async () => {
  await twoDays();
  expect(await verify()).toEqual({
    ...{ orders: 2, lots: 1, unsealed: 0, broken: [], next: null },
    events: (await itemsOf(orderPartition('A-1'))).filter(({ kind }) => kind === 'EVENT').length * 2 - 1 + 2,
  });
  expect(await writeCheckpoint(checkpoints, FAR())).toBeNull();
  loop.setClock(`${THIRD}T00:10:00.000Z`);
  expect(
    await writeCheckpoint(checkpoints, FAR()),
    'events of a day settle for a quarter of an hour',
  ).toBeNull();
  loop.setClock(`${THIRD}T00:15:00.000Z`);
  expect(await writeCheckpoint(checkpoints, FAR())).toBe(SECOND);
  // It lists what moved on its day alone.
  expect(await verify(SECOND)).toMatchObject({ orders: 1, lots: 1, broken: [] });
  expect(await verify(THIRD)).toBeNull();
});

test('days without a checkpoint are in the next one, and a day without events has one', async () => {
  await twoDays();
  loop.setClock('2026-03-15T09:00:00.000Z');
  expect(await writeCheckpoint(checkpoints, FAR())).toBe('2026-03-14');
  expect(await verify('2026-03-14')).toMatchObject({ orders: 1, lots: 1, broken: [] });
  loop.setClock('2026-03-16T09:00:00.000Z');
  expect(await writeCheckpoint(checkpoints, FAR())).toBe('2026-03-15');
  expect(await verify('2026-03-15')).toMatchObject({ orders: 0, lots: 0, broken: [] });
});

test('what does not fit into one run is continued by the next, and verified in steps', async () => {
  await twoDays();
  loop.setClock('2026-03-12T09:00:00.000Z');
  const all = checkpoints.events;
  // Each run reads one page of the table, and pages are small.
  const events = {
    ...all,
    async between(from: string, to: string, position: string | null) {
      const { last } = await all.between(from, to, null);
      const [done = 0] = [Number(position ?? 0)];
      const page = [...last].slice(done, done + 1);
      return { last: new Map(page), next: done + 1 < last.size ? String(done + 1) : null };
    },
  };
  const runs = { ...checkpoints, events };
  expect(await writeCheckpoint(runs, 0)).toBeNull();
  expect(await verify(SECOND)).toBeNull();
  expect(await writeCheckpoint(runs, 0)).toBe(SECOND);
  expect(await verify(SECOND)).toMatchObject({ orders: 1, lots: 1, broken: [], next: null });
  expect(readdirSync(fileOf(SECOND as string))).toHaveLength(2);

  const first = await verifyCheckpoint(checkpoints, SECOND as string, null, 0);
  expect(first).toMatchObject({ orders: 0, next: '0 0' });
  expect(await verifyCheckpoint(checkpoints, SECOND as string, '1 0', FAR())).toMatchObject({ next: null });
});

test('of two runs that meet one is kept', async () => {
  await twoDays();
  loop.setClock('2026-03-12T09:00:00.000Z');
  await Promise.all([writeCheckpoint(checkpoints, FAR()), writeCheckpoint(checkpoints, FAR())]);
  expect(await brokenOf(SECOND)).toEqual([]);
  loop.setClock('2026-03-13T09:00:00.000Z');
  expect(await writeCheckpoint(checkpoints, FAR())).toBe(THIRD);
  expect(await brokenOf(THIRD)).toEqual([]);
});

describe('a checkpoint that S3 did not store', () => {
  /** A bucket that answers every write in one way. */
  async function answering(status: number, code: string): Promise<WritesCheckpoints['archive']> {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return checkpointArchive('bucket', new S3Client({ endpoint, region: 'us-east-1', credentials }));
  }

  test('since another write was under way is not taken for one that is there', async () => {
    const archive = await answering(409, 'ConditionalRequestConflict');
    await expect(archive.put('name', 'text')).rejects.toThrow('ConditionalRequestConflict');
    expect(await (await answering(412, 'PreconditionFailed')).put('name', 'text')).toBe(false);
  });

  test('is not continued from: the next run writes it', async () => {
    loop.setClock(`${SECOND}T00:30:00.000Z`);
    const { archive } = checkpoints;
    const lost = { ...archive, put: async () => false, get: async () => null };
    await expect(writeCheckpoint({ ...checkpoints, archive: lost }, FAR())).rejects.toThrow(FIRST);
    expect(await checkpoints.progress.read()).toBeNull();
    expect(await writeCheckpoint(checkpoints, FAR())).toBe(FIRST);
    expect(await brokenOf()).toEqual([]);
  });
});

describe('verification finds', () => {
  beforeEach(twoDays);

  test('a history that was rewritten with all its digests, which nothing in the table shows', async () => {
    await rewrite('A-1');
    expect((await verifyOrder(table, 'A-1'))?.broken).toBeNull();
    expect(await brokenOf()).toEqual([
      { orderId: 'A-1', sequence: 2, reason: 'the history is not the one that the checkpoint lists' },
    ]);
  });

  test('an order that was removed with its history, and an event of a lot', async () => {
    for (const { pk, sk } of await itemsOf(orderPartition('A-2'))) {
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk, sk } }));
    }
    const Key = { ...lotEventKey('LISTED', { lotNumber: 'LOT-1' }, 1) };
    await table.client.send(new DeleteCommand({ TableName: table.name, Key }));
    const broken = await brokenOf();
    expect(broken).toContainEqual({ orderId: 'A-2', sequence: 2, reason: 'the order is missing' });
    expect(broken).toContainEqual({
      ...{ sku: 'LISTED', lotNumber: 'LOT-1', sequence: 1 },
      reason: 'the event is missing',
    });
  });

  test('an event that was altered behind the one that is listed, and a header that is gone', async () => {
    const [first] = (await itemsOf(orderPartition('A-1'))).filter(({ kind }) => kind === 'EVENT');
    await write({ ...first, correlationId: 'forged', ...eventKey('A-1', 1) });
    expect(await brokenOf()).toMatchObject([{ orderId: 'A-1', sequence: 1 }]);
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...headerKey('A-2') } }));
    expect(await brokenOf()).toContainEqual({ orderId: 'A-2', sequence: 2, reason: 'the order is missing' });
  });

  test('an audit trail that is another one', async () => {
    const [entry] = (await itemsOf('AUDIT')).filter(({ sk }) => sk === auditKey(1).sk);
    await write({ ...entry, digest: '0'.repeat(64) });
    expect(await brokenOf()).toEqual([
      { checkpoint: FIRST, reason: 'entry 1 of the audit trail is missing or altered' },
    ]);
  });

  test.each([
    ['the content', /"content":"/, '"content":" ', 'not signed'],
    ['the signature', /"signature":"..../, '"signature":"AAAA', 'not signed'],
    ['the form', /^./, '', 'cannot be read'],
  ])('that %s of the checkpoint was altered', async (_, pattern, by, reason) => {
    const file = fileOf(`${FIRST}.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, by));
    expect(await brokenOf()).toEqual([{ checkpoint: FIRST, reason: expect.stringContaining(reason) }]);
  });

  test('a list with one line less', async () => {
    const name = readdirSync(fileOf(FIRST as string))[0] ?? '';
    const file = fileOf(`${FIRST}/${name}`);
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(1).join('\n'));
    expect(await brokenOf()).toMatchObject([{ checkpoint: FIRST, reason: /list .* is missing or altered/ }]);
  });

  test('a checkpoint before it that is gone, and a span that was left out', async () => {
    loop.setClock('2026-03-12T09:00:00.000Z');
    await writeCheckpoint(checkpoints, FAR());
    const before = readFileSync(fileOf(`${FIRST}.json`));
    rmSync(fileOf(`${FIRST}.json`));
    expect(await brokenOf(SECOND)).toMatchObject([{ reason: /checkpoint before it \(2026-03-10\)/ }]);
    writeFileSync(fileOf(`${FIRST}.json`), before);
    expect(await brokenOf(SECOND)).toEqual([]);

    // Who has the table says that the third day is done with.
    const progress = await checkpoints.progress.read();
    await write({ pk: 'CHECKPOINT', sk: 'CHECKPOINT', ...progress, to: '2026-03-13T00:00:00.000Z' });
    loop.setClock('2026-03-14T09:00:00.000Z');
    expect(await writeCheckpoint(checkpoints, FAR())).toBe('2026-03-13');
    expect(await brokenOf('2026-03-13')).toMatchObject([{ reason: /checkpoint before it/ }]);
  });

  test('another checkpoint in its place', async () => {
    loop.setClock('2026-03-12T09:00:00.000Z');
    await writeCheckpoint(checkpoints, FAR());
    writeFileSync(fileOf(`${FIRST}.json`), readFileSync(fileOf(`${SECOND}.json`)));
    expect(await brokenOf()).toMatchObject([{ checkpoint: FIRST, reason: /another day/ }]);
  });
});
