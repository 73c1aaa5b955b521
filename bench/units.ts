import { type MeteredStore, openMeteredStore, type Units } from '../testing/metered-store.ts';
import { emit, progress } from './support/emit.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder, stocked } from './support/orders.ts';

/** Repetitions of each command, so that a lease of order numbers counts with its share only. */
const TIMES = 20;
const DELIVERED_AT = new Date().toISOString();
const B2B = { orderType: 'B2B', paymentTerms: 'NET30' };

/** The hold is the fourth event of the order: received, allocated and amended before it. */
const SEQUENCE_OF_THE_HOLD = 4;

/** A measured request. */
interface Step {
  readonly name: string;
  request(loop: BenchLoop, orderId: string, index: number): Promise<unknown>;
}

const STEPS: readonly Step[] = [
  { name: 'read an order', request: (loop, id) => loop.done('GET', `/v1/orders/${id}`) },
  {
    name: 'amend the address',
    request: (loop, id) =>
      loop.done(
        'PATCH',
        `/v1/orders/${id}`,
        {
          shipTo: {
            name: 'Site 5',
            address1: '2 Quarry Road',
            city: 'Boise',
            postalCode: '83702',
            country: 'US',
          },
        },
        { 'if-match': '*' },
      ),
  },
  { name: 'hold', request: (loop, id) => loop.done('POST', `/v1/orders/${id}/holds`, { reason: 'OTHER' }) },
  {
    name: 'release the hold',
    request: (loop, id) => loop.done('DELETE', `/v1/orders/${id}/holds/${id}-H${SEQUENCE_OF_THE_HOLD}`),
  },
  {
    name: 'release the allocation',
    request: (loop, id) => loop.done('DELETE', `/v1/orders/${id}/allocation`),
  },
  { name: 'allocate', request: (loop, id) => loop.done('POST', `/v1/orders/${id}/allocation`, {}) },
  { name: 'queue for fulfillment', request: (loop, id) => loop.done('POST', `/v1/orders/${id}/fulfillment`) },
  {
    name: 'ship',
    request: (loop, id, index) =>
      loop.done('POST', `/v1/orders/${id}/shipments`, { carrier: 'UPS', trackingNumber: `1Z${index}` }),
  },
  {
    name: 'deliver',
    request: (loop, id) =>
      loop.done('POST', `/v1/orders/${id}/shipments/${id}-S1/delivery`, { deliveredAt: DELIVERED_AT }),
  },
  { name: 'close', request: (loop, id) => loop.done('POST', `/v1/orders/${id}/close`) },
  { name: 'read the history', request: (loop, id) => loop.done('GET', `/v1/orders/${id}/events`) },
  { name: 'list 25 orders', request: (loop) => loop.done('GET', '/v1/orders') },
  { name: 'read the board', request: (loop) => loop.done('GET', '/v1/board') },
];

/**
 * Write and read units of each command, counted by the store, for orders of two lines and of ten, reserved when they
 * are received; then of the whole loop with all background work.
 */
export async function units(): Promise<void> {
  await commands('units');
  await wholeLoop('units of the whole loop');
}

async function commands(name: string): Promise<void> {
  const { loop, store } = await startMetered({ background: false });
  try {
    for (const lines of [2, 10]) {
      progress(`${name}: orders of ${lines} lines`);
      const skus = await stocked(loop, `UNITS-${lines}`, 1_000_000, lines);
      store.take();
      const orderIds: string[] = [];
      const receive = async () => {
        const order = benchOrder(skus, { ...B2B, purchaseOrderNumber: `PO-${lines}-${orderIds.length}` });
        orderIds.push((await loop.done<{ orderId: string }>('POST', '/v1/orders', order)).orderId);
      };
      await times(receive);
      report(`${name}: receive and reserve`, lines, store.take());
      for (const step of STEPS) {
        await times((index) => step.request(loop, orderIds[index] as string, index));
        report(`${name}: ${step.name}`, lines, store.take());
      }
      await times(receive);
      store.take();
      await times((index) =>
        loop.done('POST', `/v1/orders/${orderIds[TIMES + index]}/cancellation`, { reason: 'changed' }),
      );
      report(`${name}: cancel`, lines, store.take());
    }
    await times((index) =>
      loop.done('POST', '/v1/inventory/UNITS-LOT/lots', { lotNumber: `${index}`, quantity: 9 }),
    );
    report(`${name}: receive a lot`, 0, store.take());
  } finally {
    await loop.stop();
  }
}

/** From received to closed, with stream, bus, consumers and workflow; units are counted until all are idle. */
async function wholeLoop(name: string): Promise<void> {
  const { loop, store } = await startMetered({ context: { queueAfterSeconds: 0 } });
  try {
    progress(name);
    const skus = await stocked(loop, 'UNITS-WHOLE');
    await rest(store);
    const orderIds: string[] = [];
    await times(async (index) => {
      const order = benchOrder(skus, { ...B2B, purchaseOrderNumber: `PO-${index}` });
      orderIds.push((await loop.done<{ orderId: string }>('POST', '/v1/orders', order)).orderId);
    });
    let used = await rest(store);
    for (const [index, orderId] of orderIds.entries()) {
      const shipment = { carrier: 'UPS', trackingNumber: `1ZW${index}` };
      await loop.done('POST', `/v1/orders/${orderId}/shipments`, shipment);
    }
    used = added(used, await rest(store));
    for (const orderId of orderIds) {
      await loop.done('POST', `/v1/orders/${orderId}/shipments/${orderId}-S1/delivery`, {
        deliveredAt: DELIVERED_AT,
      });
    }
    used = added(used, await rest(store));
    for (const orderId of orderIds) {
      const { state } = await loop.done<{ state: string }>('GET', `/v1/orders/${orderId}`);
      if (state !== 'CLOSED') throw new Error(`${orderId} ended in ${state}`);
    }
    report(name, skus.length, used);
  } finally {
    await loop.stop();
  }
}

async function startMetered(options: Parameters<typeof startLoop>[0]) {
  let store: MeteredStore | undefined;
  const proxy = async (endpoint: string) => {
    store = await openMeteredStore(endpoint);
    return store;
  };
  const loop = await startLoop({ ...options, proxy });
  return { loop, store: store as unknown as MeteredStore };
}

async function times(work: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < TIMES; index++) await work(index);
}

/** Milliseconds without a request to the store after which it counts as idle. */
const QUIET = 3_000;
const LONGEST = 60_000;

/** @returns the units used until the store is idle. */
async function rest(store: MeteredStore): Promise<Units> {
  let used = store.take();
  let last = Date.now();
  for (const begun = last; Date.now() - last < QUIET && Date.now() - begun < LONGEST; ) {
    await new Promise((resume) => setTimeout(resume, 100));
    const more = store.take();
    if (more.requests > 0) last = Date.now();
    used = added(used, more);
  }
  return used;
}

function added(one: Units, other: Units): Units {
  return {
    write: one.write + other.write,
    index: one.index + other.index,
    read: one.read + other.read,
    requests: one.requests + other.requests,
  };
}

function report(name: string, lines: number, { write, index, read, requests }: Units): void {
  const each = (total: number) => Math.round((total / TIMES) * 100) / 100;
  emit({
    name,
    value: each(write + index),
    unit: 'write units',
    ...(lines > 0 && { lines }),
    ofTable: each(write),
    ofIndexes: each(index),
    readUnits: each(read),
    requests: each(requests),
  });
  const row = [name.padEnd(40), lines || '', each(write), each(index), each(read), each(requests)];
  progress(row.map((cell) => String(cell).padStart(8)).join(' '));
}
