import { emit, progress } from './support/emit.ts';
import { median } from './support/load.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder, stocked } from './support/orders.ts';

const ORDERS = 150;
const CONCURRENCY = 8;
/** Poll interval in milliseconds. */
const LOOK = 20;
/** Milliseconds after which the benchmark ends, complete or not. */
const LONGEST = 150_000;
const DELIVERED_AT = new Date().toISOString();

/**
 * B2B orders from received to closed with all background work: stream, bus, workflow, ledger, invoice. Clients ship and
 * deliver as soon as the workflow allows it; the reads in between are their polling.
 */
export async function lifecycle(): Promise<void> {
  const loop = await startLoop({ context: { queueAfterSeconds: 0 } });
  const late = AbortSignal.timeout(LONGEST);
  try {
    const skus = await stocked(loop, 'LIFE');
    await idle(loop, late);
    const before = await carried(loop);
    progress(`lifecycle: ${ORDERS} orders, ${CONCURRENCY} at once`);
    const took: number[] = [];
    const begun = performance.now();
    let next = 0;
    const caller = async () => {
      while (next < ORDERS) {
        const index = next++;
        const at = performance.now();
        await walk(loop, skus, index, late);
        took.push(performance.now() - at);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, caller));
    const closed = (performance.now() - begun) / 1000;
    await idle(loop, late);
    const consumed = (performance.now() - begun) / 1000;
    const events = (await carried(loop)) - before;
    const circumstances = { orders: ORDERS, concurrency: CONCURRENCY };
    const report = (figure: string, value: number, unit: string) =>
      emit({ name: `lifecycle: ${figure}`, value, unit, ...circumstances });
    report('received to closed', ORDERS / closed, 'orders/s');
    report('median of an order', median(took), 'ms');
    report('events for each order', events / ORDERS, 'events');
    report('published and consumed', events / consumed, 'events/s');
  } finally {
    await loop.stop();
  }
}

async function walk(loop: BenchLoop, skus: readonly string[], index: number, late: AbortSignal) {
  const terms = { orderType: 'B2B', purchaseOrderNumber: `PO-LIFE-${index}`, paymentTerms: 'NET30' };
  const { orderId } = await loop.done<{ orderId: string }>('POST', '/v1/orders', benchOrder(skus, terms));
  const path = `/v1/orders/${orderId}`;
  const comesTo = (state: string) =>
    until(late, async () => (await loop.done<{ state: string }>('GET', path)).state === state);
  await comesTo('FULFILLMENT_QUEUED');
  await loop.done('POST', `${path}/shipments`, { carrier: 'UPS', trackingNumber: `1ZL${index}` });
  await loop.done('POST', `${path}/shipments/${orderId}-S1/delivery`, { deliveredAt: DELIVERED_AT });
  await comesTo('CLOSED');
}

/** Waits until the bus has no new events and no queue has a message. */
async function idle(loop: BenchLoop, late: AbortSignal): Promise<void> {
  let seen = -1;
  await until(
    late,
    async () => {
      const events = await carried(loop);
      const { items } = await loop.done<{
        items: readonly { name: string; waiting: number; inFlight: number }[];
      }>('GET', '/dev/queues');
      const isEmpty = items.every(({ waiting, inFlight }) => waiting + inFlight === 0);
      const isStill = events === seen;
      seen = events;
      return isEmpty && isStill;
    },
    LOOK * 10,
  );
}

async function carried(loop: BenchLoop): Promise<number> {
  return (await loop.done<{ items: readonly unknown[] }>('GET', '/dev/bus')).items.length;
}

async function until(late: AbortSignal, holds: () => Promise<boolean>, look = LOOK): Promise<void> {
  while (!(await holds())) {
    late.throwIfAborted();
    await new Promise((resume) => setTimeout(resume, look));
  }
}
