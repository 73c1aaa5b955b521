import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sftpMailboxes } from '../../functions/adapters/sftp.ts';
import { leaveDocument } from '../../functions/channels/edi/client/mailbox.ts';
import { Busy } from '../../functions/write-failures.ts';
import { type SftpServer, startSftpServer } from '../../testing/sftp-server.ts';

const root = mkdtempSync(join(tmpdir(), 'mailbox-'));
const keys = ssh2.utils.generateKeyPairSync('ed25519');
const openMailbox = sftpMailboxes({ allowPrivate: true });
let server: SftpServer;

beforeAll(async () => {
  for (const directory of ['in', 'out']) mkdirSync(join(root, directory));
  server = await startSftpServer(root, { username: 'loop', password: 'right', publicKey: keys.public });
});
afterEach(() => {
  server.setFaults({});
  for (const name of readdirSync(join(root, 'out'))) rmSync(join(root, 'out', name));
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

const account = (more = {}) => ({
  ...{ host: '127.0.0.1', port: server.port, username: 'loop', credential: 'right' },
  hostKeyFingerprint: server.hostKeyFingerprint,
  ...more,
});
const leave = (content: string, more = {}, milliseconds = 5_000) =>
  openMailbox(account(more), Date.now() + milliseconds, (files) =>
    leaveDocument(files, { outboundDirectory: '/out' }, '855-A', content),
  );
const left = () => readdirSync(join(root, 'out'));

describe('a document is left', () => {
  it.each([
    ['a password', () => ({})],
    ['a private key', () => ({ credential: keys.private })],
  ])('by %s, under its own name alone', async (_, more) => {
    await leave('ISA', more());
    expect(left()).toEqual(['855-A.x12']);
    expect(readFileSync(join(root, 'out', '855-A.x12'), 'utf8')).toBe('ISA');
  });

  it('once: what an earlier attempt left stays as it is', async () => {
    await leave('first');
    await leave('second');
    expect(readFileSync(join(root, 'out', '855-A.x12'), 'utf8')).toBe('first');
  });

  it('on a server that sets no modes, as those over object stores do', async () => {
    server.setFaults({ refuses: ['SETSTAT', 'FSETSTAT'] });
    await leave('ISA');
    expect(left()).toEqual(['855-A.x12']);
  });

  it('over what was left of an attempt that was cut off', async () => {
    writeFileSync(join(root, 'out', '.855-A.part'), 'x'.repeat(100));
    await leave('whole');
    expect(left()).toEqual(['855-A.x12']);
    expect(readFileSync(join(root, 'out', '855-A.x12'), 'utf8')).toBe('whole');
  });
});

describe('nothing is left under its name, and it is tried again', () => {
  it.each([
    ['a wrong password', () => ({ credential: 'wrong' }), {}, /authentication/],
    ['a login that is refused', () => ({}), { refusesLogin: true }, /authentication/],
    [
      'a refused key',
      () => ({ credential: ssh2.utils.generateKeyPairSync('ed25519').private }),
      {},
      /authentication/,
    ],
    [
      'another host key',
      () => ({ hostKeyFingerprint: `SHA256:${'A'.repeat(43)}` }),
      {},
      /the host key is SHA256:/,
    ],
    ['a connection that is cut in the middle of the file', () => ({}), { cutsAfter: 40_000 }, /failed/],
    ['a full disk', () => ({}), { fullAfter: 40_000 }, /failed/],
    ['a rename that fails', () => ({}), { refuses: ['RENAME'] }, /failed/],
    ['a host without a name', () => ({ host: 'nowhere.invalid' }), {}, /ENOTFOUND|EAI_AGAIN/],
  ])('after %s', async (_, more, faults, reason) => {
    server.setFaults(faults);
    const failing = leave('x'.repeat(100_000), more());
    await expect(failing).rejects.toThrow(reason);
    await expect(failing).rejects.toBeInstanceOf(Busy);
    expect(left().filter((name) => !name.startsWith('.'))).toEqual([]);
    server.setFaults({});
    await leave('y'.repeat(100_000));
    expect(left()).toEqual(['855-A.x12']);
  });

  it('after a server that is too slow, when the time is over', async () => {
    server.setFaults({ delay: 60_000 });
    await expect(leave('x', {}, 300)).rejects.toThrow(/took too long/);
  });
});

it.each([['127.0.0.1'], ['localhost'], ['::1'], ['169.254.169.254'], ['10.0.0.1']])(
  'where it is deployed %s is not connected to',
  async (host) => {
    const deployed = sftpMailboxes({ allowPrivate: false });
    const opening = deployed(account({ host }), Date.now() + 2_000, async () => 'open');
    await expect(opening).rejects.toThrow(/not public/);
  },
);
