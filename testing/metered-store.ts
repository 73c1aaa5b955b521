import { openStoreProxy, type StoreProxy } from './store-proxy.ts';

/** What requests have cost, as the store itself reports it. */
export interface Units {
  /** Write units of the table. A transaction costs two for each started KiB of an item, any other write one. */
  readonly write: number;
  /** Write units of the indexes. */
  readonly index: number;
  /** Read units: one for each started 4 KiB, half of it where the newest state is not asked for. */
  readonly read: number;
  /** Requests to the store. */
  readonly requests: number;
}

export interface MeteredStore extends StoreProxy {
  /** @returns what was used since the last look. */
  take(): Units;
}

interface Capacity {
  readonly Table?: { readonly CapacityUnits?: number; readonly WriteCapacityUnits?: number };
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits?: number }>>;
}

const READS: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const NOTHING: Units = { write: 0, index: 0, read: 0, requests: 0 };

/** Stands before the store and asks it with every request what the request has cost. */
export async function openMeteredStore(endpoint: string): Promise<MeteredStore> {
  let used = NOTHING;
  const proxy = await openStoreProxy(endpoint, async ({ operation, input, pass }) => {
    const answer = await pass({ ...input, ReturnConsumedCapacity: 'INDEXES' });
    const { ConsumedCapacity } = JSON.parse(answer.body.toString()) as {
      ConsumedCapacity?: Capacity | readonly Capacity[];
    };
    const capacities = ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat();
    const table = sum(capacities.map(({ Table }) => Table?.CapacityUnits ?? 0));
    const index = sum(
      capacities.flatMap(({ GlobalSecondaryIndexes = {} }) =>
        Object.values(GlobalSecondaryIndexes).map(({ CapacityUnits = 0 }) => CapacityUnits),
      ),
    );
    const isRead = READS.has(operation);
    used = {
      write: used.write + (isRead ? 0 : table),
      index: used.index + (isRead ? 0 : index),
      read: used.read + (isRead ? table + index : 0),
      requests: used.requests + 1,
    };
    return answer;
  });
  return {
    ...proxy,
    take() {
      const taken = used;
      used = NOTHING;
      return taken;
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
