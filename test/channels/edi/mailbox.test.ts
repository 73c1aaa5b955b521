import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConnectionOf } from '../../../contract/connections.ts';
import { orderNumbers } from '../../../functions/adapters/dynamodb/order-numbers.ts';
import { pollStore } from '../../../functions/adapters/dynamodb/poll-store.ts';
import { sftpMailboxes } from '../../../functions/adapters/sftp.ts';
import { createChannelContext } from '../../../functions/channel-context.ts';
import type { ChannelContext } from '../../../functions/channels/channel.ts';
import { EDI } from '../../../functions/channels/edi/descriptor.ts';
import { CHANNELS } from '../../../functions/channels/registry.ts';
import { collectMailboxes } from '../../../functions/polling/collect-mailboxes.ts';
import { createPorts } from '../../../functions/wiring.ts';
import { testLoop } from '../../../testing/loop.ts';
import { type SftpServer, startSftpServer } from '../../../testing/sftp-server.ts';
import { useStore } from '../../../testing/store.ts';
import { PLAIN_ORDER, sketch } from './x12/support.ts';

const store = useStore();
const root = mkdtempSync(join(tmpdir(), 'mailboxes-'));
let server: SftpServer;

beforeAll(async () => {
  server = await startSftpServer(root, { username: 'loop', password: 'right' });
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** A purchase order under numbers of its own. */
const order = (number: number) =>
  sketch('850', [
    ...PLAIN_ORDER.slice(0, 1),
    ...['N1*ST*HARBOR DC*92*0012', 'N3*2200 DOCK ST', 'N4*TACOMA*WA*98421*US'],
    ...PLAIN_ORDER.slice(1),
  ])
    .replaceAll('000002001', String(number).padStart(9, '0'))
    .replace('*PO-1*', `*PO-${number}*`);

/** A loop with one partner, and its mailbox in a directory of its own. */
async function fixture(archives = true) {
  onTestFinished(() => server.setFaults({}));
  const table = await store.newTable();
  const base = createPorts(table, { receivesOrders: false });
  const loop = testLoop(table, { ...base, numbers: orderNumbers(table, 'LMB-ORD') });
  const { ports } = loop;
  const box = mkdtempSync(join(root, 'box-'));
  for (const directory of ['in', 'out', 'archive']) mkdirSync(join(box, directory));
  const at = (directory: string) => box.slice(root.length) + directory;
  const logger = { error: vi.fn(), info: vi.fn(), warn: vi.fn() };
  const context: ChannelContext = {
    ...createChannelContext(table, {
      ...{ ports, logger: logger as never, openMailbox: sftpMailboxes({ allowPrivate: true }) },
    }),
    readLogin: async () => 'right',
  };
  const settings = EDI.settings.parse({
    ...{ isaQualifier: '08', isaId: '6145550100', gsId: '6145550100' },
    ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
    sftp: {
      ...{ host: '127.0.0.1', port: server.port, username: 'loop', secretName: 'mailbox' },
      hostKeyFingerprint: server.hostKeyFingerprint,
      ...{ inboundDirectory: at('/in'), outboundDirectory: at('/out') },
      ...(archives && { archiveDirectory: at('/archive') }),
    },
  });
  const connection: ConnectionOf<'EDI'> = {
    ...{ connectionId: 'harbor', name: 'HARBOR', updatedAt: ports.now() },
    kind: 'EDI',
    settings,
  };
  await context.connections.save(connection);
  /** Connects another partner; by default one that is reached by the same login. */
  const connect = async (isaId: string, secretName = 'mailbox') => {
    const { sftp } = settings;
    const more = sftp === undefined ? {} : { sftp: { ...sftp, secretName } };
    const other: ConnectionOf<'EDI'> = {
      ...{ ...connection, connectionId: isaId, name: isaId },
      settings: { ...settings, isaId, gsId: isaId, ...more },
    };
    await context.connections.save(other);
    return other;
  };
  const channel = CHANNELS.EDI(context);
  const polls = pollStore(table);
  const names = (directory: string) => readdirSync(join(box, directory)).sort();
  return {
    ...{ loop, context, channel, connection, names, box, connect },
    path: (directory: string, name: string) => join(box, directory, name),
    read: (directory: string, name: string) => readFileSync(join(box, directory, name), 'utf8'),
    /** Leaves a file as the partner does, by default one that has lain for a minute. */
    leave(name: string, content: string, seconds = 60) {
      writeFileSync(join(box, 'in', name), content);
      const then = Date.now() / 1000 - seconds;
      utimesSync(join(box, 'in', name), then, then);
    },
    collect: (
      milliseconds = 40_000,
      connections: readonly ConnectionOf<'EDI'>[] = [connection],
      of = channel,
    ) =>
      collectMailboxes(
        { log: context.messages, logger, now: ports.now, store: polls, report: () => {} },
        { EDI: () => of },
        connections,
        { correlationId: 'run', until: Date.now() + milliseconds },
      ),
    lastPoll: async () => (await polls.poll('harbor'))?.lastPoll,
    messages: async () => (await context.messages.list({}, 50, null)).items,
  };
}

/** The numbers of the purchase orders that messages of a log are about. */
const ordersOf = (messages: readonly { readonly orderIds: readonly string[] }[]) => [
  ...new Set(messages.flatMap(({ orderIds }) => orderIds)),
];

describe('a file in the mailbox', () => {
  it('is received through the log, answered by a file, and archived', async () => {
    const { leave, collect, names, read, messages, lastPoll } = await fixture();
    leave('po.edi', order(1));
    expect(await collect()).toEqual({ collected: 1, failedMailboxes: 0 });
    expect(names('in')).toEqual([]);
    expect(names('archive')).toEqual([expect.stringMatching(/^\d+-po\.edi$/)]);
    const [answer = ''] = names('out');
    expect(answer).toMatch(/^997-[0-9a-f]{20}\.x12$/);
    expect(read('out', answer)).toContain('AK5*A');
    const logged = await messages();
    expect(ordersOf(logged)).toHaveLength(1);
    expect(logged.map(({ connectionId, proof }) => [connectionId, proof.method])).toEqual([
      ['harbor', 'SFTP'],
      ['harbor', 'SFTP'],
    ]);
    expect(await lastPoll()).toMatchObject({ looked: 1, received: 1, failed: 0, isComplete: true });
  });

  it('is deleted where there is no archive', async () => {
    const { leave, collect, names } = await fixture(false);
    leave('po.edi', order(1));
    await collect();
    expect([names('in'), names('archive')]).toEqual([[], []]);
  });

  it('of which a repeat comes under another name makes one order, and gets the same answer', async () => {
    const { leave, collect, names, messages } = await fixture();
    leave('one.edi', order(1));
    await collect();
    const answers = names('out');
    leave('two.edi', order(1));
    expect(await collect()).toEqual({ collected: 1, failedMailboxes: 0 });
    expect(names('out')).toEqual(answers);
    expect(ordersOf(await messages())).toHaveLength(1);
    expect(names('archive')).toHaveLength(2);
  });

  it.each([
    ['is still being written', () => order(1).slice(0, -30), 60],
    ['was written a moment ago', () => order(1), 5],
    ['has the name of an unfinished one', () => order(1), 60, 'po.edi.part'],
    ['is hidden', () => order(1), 60, '.po.edi'],
  ])('that %s is not taken yet', async (_, content, seconds, name = 'po.edi') => {
    const { leave, collect, names, messages } = await fixture();
    leave(name, content(), seconds);
    expect(await collect()).toEqual({ collected: 0, failedMailboxes: 0 });
    expect(names('in')).toHaveLength(1);
    expect(await messages()).toEqual([]);
  });

  it('that was claimed half-written is taken when it is whole', async () => {
    const { leave, collect, names, path, messages } = await fixture();
    const whole = order(1);
    leave('po.edi', whole.slice(0, -30));
    await collect();
    const [claimed = ''] = names('in');
    expect(claimed).toMatch(/^\.order-loop-\d+-po\.edi$/);
    writeFileSync(path('in', claimed), whole);
    expect(await collect()).toMatchObject({ collected: 1 });
    expect(ordersOf(await messages())).toHaveLength(1);
  });

  it('that never ends is quarantined after ten minutes', async () => {
    const { leave, collect, names, messages } = await fixture();
    leave('po.edi', 'this is no interchange', 700);
    await collect();
    expect(names('in')).toEqual([]);
    expect(await messages()).toMatchObject([{ state: 'QUARANTINED' }]);
  });

  it('of another partner is not believed', async () => {
    const { leave, collect, messages } = await fixture();
    leave('po.edi', order(1).replace('*08*6145550100     *', '*08*6145550199     *'));
    await collect();
    expect(ordersOf(await messages())).toEqual([]);
    expect((await messages()).some(({ state }) => state === 'QUARANTINED')).toBe(true);
  });

  it.each([
    ['that has the same mailbox is', 'mailbox', 1],
    ['that has another one is not', 'other', 0],
  ])('of a partner %s believed', async (_, secretName, orders) => {
    const { leave, collect, messages, connect } = await fixture();
    await connect('6145550199', secretName);
    leave('po.edi', order(1).replace('*08*6145550100     *', '*08*6145550199     *'));
    await collect();
    expect(ordersOf(await messages())).toHaveLength(orders);
  });

  it('that is too large is named, and keeps back no other', async () => {
    const { leave, collect, names, lastPoll, messages } = await fixture();
    leave('big.edi', ' '.repeat(5 * 1024 * 1024 + 1), 120);
    leave('po.edi', order(1));
    expect(await collect()).toEqual({ collected: 1, failedMailboxes: 1 });
    expect(names('in')).toEqual(['big.edi']);
    expect(await lastPoll()).toMatchObject({ failed: 1, failure: expect.stringMatching(/big\.edi.*bytes/) });
    expect(ordersOf(await messages())).toHaveLength(1);
  });

  it('is one of fifty that a run takes, the oldest first', async () => {
    const { leave, collect, names, lastPoll } = await fixture();
    for (let number = 1; number <= 52; number++) leave(`po-${number}.edi`, order(number), 600 - number);
    await collect();
    expect(names('in')).toEqual(['po-51.edi', 'po-52.edi']);
    expect(await lastPoll()).toMatchObject({ received: 50, isComplete: false });
    expect(await collect()).toMatchObject({ collected: 2 });
  }, 60_000);
});

describe('nothing is lost or doubled', () => {
  it.each([
    ['the answer cannot be written', { refuses: ['WRITE'] }],
    ['the disk is full', { fullAfter: 10 }],
    ['the file cannot be put away', { refuses: ['RENAME'] }],
    ['the connection is cut while it is read', { cutsAfter: 10 }],
  ])('when %s', async (_, faults) => {
    const { leave, collect, names, read, messages } = await fixture();
    leave('po.edi', order(1));
    server.setFaults(faults);
    expect((await collect()).failedMailboxes).toBe(1);
    expect(names('in')).toHaveLength(1);
    server.setFaults({});
    expect(await collect()).toEqual({ collected: 1, failedMailboxes: 0 });
    expect(names('in')).toEqual([]);
    const whole = names('out').filter((name) => !name.startsWith('.'));
    expect(whole).toHaveLength(1);
    expect(read('out', whole[0] ?? '')).toMatch(/IEA\*1\*\d{9}~\s*$/);
    expect(ordersOf(await messages())).toHaveLength(1);
  });

  it('when two runs overlap', async () => {
    const { leave, collect, names, messages } = await fixture();
    for (const number of [1, 2, 3]) leave(`po-${number}.edi`, order(number));
    const runs = await Promise.all([collect(), collect()]);
    expect(runs.reduce((sum, { collected }) => sum + collected, 0)).toBe(3);
    expect(names('out')).toHaveLength(3);
    expect(ordersOf(await messages())).toHaveLength(3);
  });

  it.each([
    ['nobody is let in', { refusesLogin: true }],
    ['the server is too slow', { delay: 30_000 }],
  ])(
    'when %s, which the connection says',
    async (_, faults) => {
      const { leave, collect, names, lastPoll } = await fixture();
      leave('po.edi', order(1));
      server.setFaults(faults);
      expect(await collect(10_100)).toEqual({ collected: 0, failedMailboxes: 1 });
      expect(names('in')).toEqual(['po.edi']);
      expect((await lastPoll())?.failure).toMatch(/mailbox at 127\.0\.0\.1 failed/);
    },
    20_000,
  );
});

it('mailboxes are looked into in turn, the one first that was not the longest, each for a share of the run', async () => {
  const { collect, connect, connection, channel } = await fixture();
  const others = [await connect('A', 'a'), await connect('B', 'b')];
  const looked: string[] = [];
  const shares: number[] = [];
  const collecting: typeof channel = {
    ...channel,
    async collect({ connectionId }, _, until) {
      looked.push(connectionId);
      shares.push(until - Date.now());
      return { looked: 0, received: 0, quarantined: 0, failed: 0, isComplete: true };
    },
  };
  await collect(120_000, [connection], collecting);
  await collect(120_000, [connection, ...others], collecting);
  expect(looked).toEqual(['harbor', 'A', 'B', 'harbor']);
  expect(shares.every((share) => share > 0 && share <= 20_000)).toBe(true);
});

it('our documents are left in the mailbox, once and in order, and are sent when they are there', async () => {
  const { leave, collect, loop, context, channel, names, box } = await fixture();
  await loop.stock('SKU-1', 'L-1', 50);
  leave('po.edi', order(1));
  await collect();
  const [orderId = ''] = ordersOf((await context.messages.list({}, 50, null)).items);
  const notified = async () => {
    for (const event of await loop.history(orderId)) await channel.notify(event, await loop.order(orderId));
  };
  server.setFaults({ fullAfter: 10 });
  await expect(notified()).rejects.toThrow(/mailbox/);
  const statuses = async () =>
    Object.fromEntries(
      (await context.documents.list(orderId)).map(({ documentId, status }) => [documentId, status]),
    );
  expect(await statuses()).toMatchObject({ [`855-${orderId}`]: 'WAITING' });
  server.setFaults({});
  await notified();
  await notified();
  expect(names('out').filter((name) => !name.startsWith('997'))).toEqual([`855-${orderId}.x12`]);
  expect(await statuses()).toMatchObject({ [`855-${orderId}`]: 'SENT' });
  expect(existsSync(join(box, 'out', `.855-${orderId}.part`))).toBe(false);
});
