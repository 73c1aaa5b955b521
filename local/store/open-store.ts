import type { TableDescription } from '../template/description.ts';
import { startDynoxide } from './dynoxide.ts';
import { indexStream } from './stream-index.ts';
import { prepareTable, type ReadyTable } from './table.ts';

/** The store of a running stack, embedded or elsewhere. */
export interface Store {
  readonly endpoint: string;
  /** Settles with a reason when an embedded store ends without having been asked to. */
  readonly failed: Promise<string>;
  /** Makes the table unless it is there. */
  prepare(table: TableDescription): Promise<ReadyTable>;
  stop(): Promise<void>;
}

/**
 * Opens the store.
 *
 * @param endpoint a DynamoDB-compatible endpoint, or null for the embedded store
 * @param path file of the embedded store
 */
export async function openStore(endpoint: string | null, path: string): Promise<Store> {
  if (endpoint !== null) {
    return {
      endpoint,
      failed: new Promise(() => {}),
      prepare: (table) => prepareTable(endpoint, table),
      stop: () => Promise.resolve(),
    };
  }
  const embedded = await startDynoxide(path);
  return {
    endpoint: embedded.endpoint,
    failed: embedded.failed,
    async prepare(table) {
      const ready = await prepareTable(embedded.endpoint, table);
      indexStream(path);
      return ready;
    },
    stop: embedded.stop,
  };
}
