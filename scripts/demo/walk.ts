import type { Json } from '../../testing/client.ts';
import type { Loop } from './loop.ts';

/** How far an order proceeds. */
export type Fate = 'stays' | 'held' | 'shipped in part' | 'shipped' | 'delivered' | 'returned' | 'cancelled';

/** Milliseconds for the workflow to move an order to its next step. */
const DEADLINE = 15_000;
const CARRIERS = ['UPS', 'FedEx', 'USPS'];

/** What became of an order: its fate, or what kept it from it. */
export type Reached = Fate | 'waits';

/**
 * Moves an order as far as its fate says. One that lacks stock, or is held, waits as it would for anybody.
 *
 * @throws Error with the answer when a step is refused, or the workflow did not queue the order in time
 */
export async function walk(loop: Loop, orderId: string, fate: Fate, number: number): Promise<Reached> {
  const path = `/v1/orders/${orderId}`;
  if (fate === 'stays') return fate;
  if (fate === 'held') {
    await loop.api('POST', `${path}/holds`, {
      reason: 'HIGH_RISK_OF_FRAUD',
      note: 'Address and card differ.',
    });
    return fate;
  }
  if (fate === 'cancelled') {
    await loop.api('POST', `${path}/cancellation`, { reason: 'CUSTOMER', note: 'Ordered twice.' });
    return fate;
  }
  const order = await queued(loop, path);
  const [first, ...others] = order.lines.filter((line: Json) => line.allocated > 0);
  if (order.state !== 'FULFILLMENT_QUEUED' || first === undefined) return 'waits';
  const part = others.length > 0 ? [first] : [{ ...first, allocated: Math.max(1, first.allocated >> 1) }];
  const quantities = (lines: readonly Json[]) =>
    lines.map(({ lineNumber, allocated }) => ({ lineNumber, quantity: allocated }));
  const { shipmentId } = await loop.api('POST', `${path}/shipments`, {
    carrier: CARRIERS[number % CARRIERS.length],
    trackingNumber: `1ZDEMO${Date.now()}${number}`,
    ...(fate === 'shipped in part' && { lines: quantities(wholeCases(part)) }),
  });
  if (fate === 'shipped' || fate === 'shipped in part') return fate;
  await loop.api('POST', `${path}/shipments/${shipmentId}/delivery`, {
    deliveredAt: new Date().toISOString(),
    signedBy: 'D. Whitfield',
  });
  if (fate === 'returned') {
    await loop.api('POST', `${path}/returns`, {
      lines: [{ lineNumber: first.lineNumber, quantity: first.unitsPerCase ?? 1, disposition: 'RESTOCK' }],
    });
  }
  return fate;
}

/** A wholesale order ships whole cases. */
function wholeCases(lines: readonly Json[]): readonly Json[] {
  return lines.map((line) => {
    const units = line.unitsPerCase ?? 1;
    return { ...line, allocated: Math.max(units, line.allocated - (line.allocated % units)) };
  });
}

/** @returns the order once it is queued, or as it is while it waits for stock or is held. */
async function queued(loop: Loop, path: string): Promise<Json> {
  const until = Date.now() + DEADLINE;
  for (;;) {
    const order = await loop.api('GET', path);
    if (order.state !== 'ALLOCATED' || order.holds.length > 0) return order;
    if (Date.now() > until) throw new Error(`${order.orderId} was not queued within ${DEADLINE / 1000} s`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
}
