import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The folder of one running stack. */
export interface DataFolder {
  /** File of the embedded store. */
  readonly storePath: string;
  /** File in which the local stack keeps what AWS would keep: queues, executions, how far streams were read. */
  readonly journalPath: string;
  /** Folder of the checkpoints of the histories. */
  readonly checkpointsPath: string;
  /** The folder, or null when nothing is kept. */
  readonly keptIn: string | null;
  /** Lets others use the folder; removes it when nothing is to be kept. */
  release(): void;
}

/**
 * Takes a data folder for this process alone.
 *
 * @param folder null to use a temporary folder that is removed at the end
 * @throws Error when another process uses the folder
 */
export function openDataFolder(folder: string | null): DataFolder {
  const path = folder === null ? mkdtempSync(join(tmpdir(), 'order-loop-data-')) : resolve(folder);
  mkdirSync(path, { recursive: true });
  const unlock = lock(path);
  const release = () => {
    process.off('exit', release);
    unlock();
    if (folder === null) rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', release);
  return {
    storePath: join(path, 'store.db'),
    journalPath: join(path, 'local.db'),
    checkpointsPath: join(path, 'checkpoints'),
    keptIn: folder === null ? null : path,
    release,
  };
}

/**
 * A lock that the operating system gives back when its holder dies, however it dies: an open transaction on a
 * database of its own. So there is no stale lock file to remove by hand.
 */
function lock(path: string): () => void {
  const database = new DatabaseSync(join(path, 'lock.db'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Error(`${path} is used by another running Order Loop; stop it, or start with another DATA_DIR`);
  }
  return () => {
    if (database.isOpen) database.close();
  };
}
