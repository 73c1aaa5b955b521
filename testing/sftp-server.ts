import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, normalize } from 'node:path';
import ssh2 from 'ssh2';
import { fingerprintOf } from '../functions/adapters/sftp.ts';

const { Server, utils } = ssh2;
const { OPEN_MODE, STATUS_CODE } = utils.sftp;

/** What goes wrong at the server. */
export interface SftpFaults {
  /** Nobody is let in. */
  readonly refusesLogin?: boolean;
  /** Bytes of a file after which the connection is cut, when it is written or read. */
  readonly cutsAfter?: number;
  /** Bytes of a file after which the disk is full. */
  readonly fullAfter?: number;
  /** Milliseconds before each answer. */
  readonly delay?: number;
  /** Names of operations that are refused, for example `RENAME`. */
  readonly refuses?: readonly string[];
}

export interface SftpServer {
  readonly port: number;
  /** As `ssh-keygen -l` prints it. */
  readonly hostKeyFingerprint: string;
  /** From now on; `{}` is well again. */
  setFaults(faults: SftpFaults): void;
  close(): Promise<void>;
}

/** Who may log in: by this password, or by this public key. */
export interface SftpLogin {
  readonly username: string;
  readonly password?: string;
  /** In OpenSSH form. */
  readonly publicKey?: string;
}

/**
 * A real SFTP server over a directory of this machine, with faults on demand.
 *
 * @param root what its clients see as `/`
 */
export async function startSftpServer(root: string, login: SftpLogin): Promise<SftpServer> {
  const hostKey = utils.generateKeyPairSync('ed25519');
  const parsed = utils.parseKey(hostKey.public);
  if (parsed instanceof Error) throw parsed;
  let faults: SftpFaults = {};
  const open = new Set<ssh2.Connection>();
  const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => open.delete(client));
    client.on('authentication', (context) => {
      if (faults.refusesLogin !== true && isKnown(context, login)) context.accept();
      else context.reject(['password', 'publickey']);
    });
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) =>
        serve(
          acceptSftp(),
          root,
          () => faults,
          () => client.end(),
        ),
      );
    });
  });
  // Its own listener gathers small packets, which makes each answer wait.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    hostKeyFingerprint: fingerprintOf(parsed.getPublicSSH()),
    setFaults(wanted) {
      faults = wanted;
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of open) client.end();
        listener.close(() => resolve());
      }),
  };
}

function isKnown(context: ssh2.AuthContext, { username, password, publicKey }: SftpLogin): boolean {
  if (context.username !== username) return false;
  if (context.method === 'password' && password !== undefined) {
    const [given, wanted] = [Buffer.from(context.password), Buffer.from(password)];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
  if (context.method !== 'publickey' || publicKey === undefined) return false;
  const key = utils.parseKey(publicKey);
  if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false;
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

interface Handle {
  readonly path: string;
  /** Null for a directory, whose listing is given once. */
  readonly file: number | null;
  isRead: boolean;
}

function serve(sftp: ssh2.SFTPWrapper, root: string, faultsNow: () => SftpFaults, cut: () => void): void {
  const handles = new Map<number, Handle>();
  let last = 0;
  const at = (path: string) => join(root, normalize(`/${path}`));
  const handleOf = (id: Buffer) => handles.get(id.readUInt32BE(0));
  const newHandle = (path: string, file: number | null) => {
    last += 1;
    handles.set(last, { path, file, isRead: false });
    const id = Buffer.alloc(4);
    id.writeUInt32BE(last, 0);
    return id;
  };
  /** Runs an operation after the delay; what throws is answered with a failure. */
  const run = (name: string, request: number, operation: () => void) => {
    const work = () => {
      if (faultsNow().refuses?.includes(name) === true) return sftp.status(request, STATUS_CODE.FAILURE);
      try {
        operation();
      } catch (error) {
        const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        sftp.status(request, isMissing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
      }
    };
    const { delay = 0 } = faultsNow();
    if (delay > 0) setTimeout(work, delay);
    else work();
  };
  const done = (request: number) => sftp.status(request, STATUS_CODE.OK);
  const attributes = (path: string) => {
    const { mode, uid, gid, size, atimeMs, mtimeMs } = statSync(path);
    return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
  };
  sftp.on('REALPATH', (request, path) =>
    run('REALPATH', request, () => {
      const filename = normalize(`/${path}`);
      sftp.name(request, [{ filename, longname: filename, attrs: attributes(root) }]);
    }),
  );
  for (const name of ['STAT', 'LSTAT'] as const) {
    sftp.on(name, (request: number, path: string) =>
      run(name, request, () => sftp.attrs(request, attributes(at(path)))),
    );
  }
  sftp.on('FSTAT', (request, id) =>
    run('FSTAT', request, () => sftp.attrs(request, attributes(handleOf(id)?.path ?? ''))),
  );
  sftp.on('SETSTAT', (request) => run('SETSTAT', request, () => done(request)));
  sftp.on('FSETSTAT', (request) => run('FSETSTAT', request, () => done(request)));
  sftp.on('OPENDIR', (request, path) =>
    run('OPENDIR', request, () => {
      statSync(at(path));
      sftp.handle(request, newHandle(at(path), null));
    }),
  );
  sftp.on('READDIR', (request, id) =>
    run('READDIR', request, () => {
      const handle = handleOf(id);
      if (handle === undefined || handle.isRead) return sftp.status(request, STATUS_CODE.EOF);
      handle.isRead = true;
      const names = readdirSync(handle.path).map((filename) => {
        const attrs = attributes(join(handle.path, filename));
        const kind = statSync(join(handle.path, filename)).isDirectory() ? 'd' : '-';
        const longname = `${kind}rw-r--r-- 1 0 0 ${attrs.size} Jan 1 00:00 ${filename}`;
        return { filename, longname, attrs };
      });
      sftp.name(request, names);
    }),
  );
  sftp.on('OPEN', (request, path, flags) =>
    run('OPEN', request, () => {
      const isWritten = (flags & OPEN_MODE.WRITE) !== 0;
      sftp.handle(request, newHandle(at(path), openSync(at(path), isWritten ? 'w' : 'r')));
    }),
  );
  sftp.on('READ', (request, id, offset, length) =>
    run('READ', request, () => {
      const file = handleOf(id)?.file;
      if (file === null || file === undefined) return sftp.status(request, STATUS_CODE.FAILURE);
      const { cutsAfter } = faultsNow();
      if (cutsAfter !== undefined && offset + length > cutsAfter) return cut();
      const chunk = Buffer.alloc(length);
      const bytes = readSync(file, chunk, 0, length, offset);
      if (bytes === 0) return sftp.status(request, STATUS_CODE.EOF);
      sftp.data(request, chunk.subarray(0, bytes));
    }),
  );
  sftp.on('WRITE', (request, id, offset, data) =>
    run('WRITE', request, () => {
      const file = handleOf(id)?.file;
      if (file === null || file === undefined) return sftp.status(request, STATUS_CODE.FAILURE);
      const { cutsAfter, fullAfter } = faultsNow();
      const limit = cutsAfter ?? fullAfter;
      writeSync(file, data, 0, data.length, offset);
      if (limit !== undefined && offset + data.length > limit) {
        ftruncateSync(file, limit);
        return cutsAfter === undefined ? sftp.status(request, STATUS_CODE.FAILURE) : cut();
      }
      done(request);
    }),
  );
  sftp.on('CLOSE', (request, id) =>
    run('CLOSE', request, () => {
      const handle = handleOf(id);
      if (typeof handle?.file === 'number') closeSync(handle.file);
      handles.delete(id.readUInt32BE(0));
      done(request);
    }),
  );
  sftp.on('RENAME', (request, from, to) =>
    run('RENAME', request, () => {
      // The protocol replaces nothing.
      if (existsSync(at(to))) return sftp.status(request, STATUS_CODE.FAILURE);
      renameSync(at(from), at(to));
      done(request);
    }),
  );
  sftp.on('REMOVE', (request, path) =>
    run('REMOVE', request, () => {
      rmSync(at(path));
      done(request);
    }),
  );
}
