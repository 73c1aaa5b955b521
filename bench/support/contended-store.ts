import { setTimeout as pause } from 'node:timers/promises';
import { openStoreProxy, type StoreAnswer, type StoreProxy } from '../../testing/store-proxy.ts';

/** Namespace of operations and errors of DynamoDB. */
const API = 'com.amazonaws.dynamodb.v20120810';
/** Write units of a partition a second (Amazon DynamoDB, partitions and data distribution). */
const UNITS_A_SECOND = 1000;
/** Each started KiB of an item costs one unit, two in a transaction. */
const UNIT = 1024;
/** Minimum milliseconds for which a transaction locks its items: about the latency of a DynamoDB transaction. */
const HELD = 8;

export interface ContendedStore extends StoreProxy {
  /** Refused transactions since the last read, by reason. */
  refusals(): { readonly conflicts: number; readonly throttled: number };
}

/**
 * A proxy for the embedded store, which runs requests one after another. It refuses what DynamoDB refuses: of two
 * concurrent transactions on one item the later one, and writes beyond the throughput of a partition.
 */
export async function openContendedStore(endpoint: string): Promise<ContendedStore> {
  const held = new Set<string>();
  const partitions = openPartitions();
  const refused = { conflicts: 0, throttled: 0 };
  const proxy = await openStoreProxy(endpoint, async ({ operation, input, pass }) => {
    if (operation !== 'TransactWriteItems') return pass();
    const writes = (input.TransactItems as readonly TransactItem[]).map(writeOf);
    const conflicts = writes.map((write) => held.has(write.key));
    if (conflicts.includes(true)) {
      refused.conflicts += 1;
      return cancelled(conflicts, 'TransactionConflict');
    }
    const throttled = partitions.throttled(writes);
    if (throttled.includes(true)) {
      refused.throttled += 1;
      return cancelled(throttled, 'ThrottlingError');
    }
    for (const { key } of writes) held.add(key);
    try {
      const [answer] = await Promise.all([pass(), pause(HELD)]);
      return answer;
    } finally {
      for (const { key } of writes) held.delete(key);
    }
  });
  return {
    ...proxy,
    refusals() {
      const seen = { ...refused };
      Object.assign(refused, { conflicts: 0, throttled: 0 });
      return seen;
    },
  };
}

type Attribute = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, Attribute>>;
type TransactItem = Readonly<Record<string, { readonly Item?: Item; readonly Key?: Item }>>;

interface ItemWrite {
  readonly key: string;
  readonly partition: string;
  readonly units: number;
}

function writeOf(transactItem: TransactItem): ItemWrite {
  const [write] = Object.values(transactItem);
  const { pk, sk } = write?.Item ?? write?.Key ?? {};
  const size = Buffer.byteLength(JSON.stringify(write?.Item ?? write?.Key));
  return {
    key: JSON.stringify([pk, sk]),
    partition: JSON.stringify(pk),
    units: 2 * Math.ceil(size / UNIT),
  };
}

/** The write units left in each partition: refilled every second, unused units expire. */
function openPartitions() {
  const left = new Map<string, { units: number; at: number }>();
  return {
    /** @returns for each write whether its partition has no units left; consumes units when all have some. */
    throttled(writes: readonly ItemWrite[]): readonly boolean[] {
      const now = performance.now();
      const throttled = writes.map(({ partition, units }) => {
        const bucket = left.get(partition) ?? { units: UNITS_A_SECOND, at: now };
        bucket.units = Math.min(UNITS_A_SECOND, bucket.units + ((now - bucket.at) / 1000) * UNITS_A_SECOND);
        bucket.at = now;
        left.set(partition, bucket);
        return bucket.units < units;
      });
      if (!throttled.includes(true)) {
        for (const { partition, units } of writes) {
          const bucket = left.get(partition);
          if (bucket !== undefined) bucket.units -= units;
        }
      }
      return throttled;
    },
  };
}

function cancelled(failed: readonly boolean[], code: string): StoreAnswer {
  const CancellationReasons = failed.map((isFailed) => ({ Code: isFailed ? code : 'None' }));
  const message = `Transaction cancelled [${CancellationReasons.map(({ Code }) => Code).join(', ')}]`;
  const error = { __type: `${API}#TransactionCanceledException`, message, Message: message };
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Buffer.from(JSON.stringify({ ...error, CancellationReasons })),
  };
}
