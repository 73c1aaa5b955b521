import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import type SftpClient from 'ssh2-sftp-client';
import type { MailboxFiles, OpenMailbox } from '../channels/core/mailbox.ts';
import { Busy } from '../write-failures.ts';
import type { GuardOptions } from './guarded-fetch.ts';
import { isPublicAddress } from './public-address.ts';

const PRIVATE_KEY = /^-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Mailboxes over SFTP. The host is looked up once and connected to by that address, so that a name cannot lead to
 * another one in between; where it is deployed only public addresses are connected to.
 */
export function sftpMailboxes({ allowPrivate }: GuardOptions): OpenMailbox {
  return async (account, deadline, use) => {
    const { host, port } = account;
    let socket: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    let hostKey = 'matches';
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it took too long')), Math.max(0, deadline - Date.now()));
    });
    const work = async () => {
      // Half a megabyte that only those functions evaluate which do meet a mailbox.
      const { default: Client } = await import('ssh2-sftp-client');
      const client = new Client('mailbox', {});
      const address = await addressOf(host, allowPrivate);
      socket = connect({ host: address, port, noDelay: true });
      // Its errors come by way of the client as well; without a listener they would end the process.
      socket.on('error', () => {});
      await client.connect({
        sock: socket,
        username: account.username,
        ...(PRIVATE_KEY.test(account.credential)
          ? { privateKey: account.credential }
          : { password: account.credential }),
        hostVerifier: (key: Buffer) => {
          const found = fingerprintOf(key);
          if (found !== account.hostKeyFingerprint) hostKey = `the host key is ${found}`;
          return hostKey === 'matches';
        },
        readyTimeout: Math.max(1, deadline - Date.now()),
      });
      return use(filesOf(client));
    };
    const working = work();
    try {
      return await Promise.race([working, expired]);
    } catch (error) {
      if (error instanceof Busy) throw error;
      const reason = hostKey === 'matches' ? (error as Error).message : hostKey;
      throw new Busy(`the mailbox at ${host} failed: ${reason}`);
    } finally {
      clearTimeout(timer);
      // What still runs after the deadline fails with its connection, and nobody waits for it.
      working.catch(() => {});
      socket?.destroy();
    }
  };
}

/** @returns the fingerprint of a server's key, as `ssh-keygen -l` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=$/, '')}`;
}

async function addressOf(host: string, allowPrivate: boolean): Promise<string> {
  const { address } = await lookup(host);
  if (allowPrivate || isPublicAddress(address)) return address;
  throw new Error('its address is not public');
}

function filesOf(client: SftpClient): MailboxFiles {
  return {
    async list(directory) {
      const found = await client.list(directory);
      return found
        .filter(({ type }) => type === '-')
        .map(({ name, size, modifyTime }) => ({ name, bytes: size, modifiedAt: modifyTime }));
    },
    async read(path) {
      const content = await client.get(path);
      if (!Buffer.isBuffer(content)) throw new Error(`${path} was not read`);
      return content;
    },
    async write(path, content) {
      // By default everybody on the server could change it.
      await client.put(content, path, { writeStreamOptions: { mode: 0o644 } });
      // The client does not report a disk that became full.
      const { size } = await client.stat(path);
      if (size !== content.length) throw new Error(`${path} has ${size} bytes, not ${content.length}`);
    },
    exists: async (path) => (await client.exists(path)) !== false,
    async move(from, to) {
      await client.rename(from, to);
    },
    async remove(path) {
      await client.delete(path);
    },
  };
}
