import type { Json } from '../../testing/client.ts';
import type { Loop } from './loop.ts';

/** How far an order proceeds. */
export type Fate = 'stays' | 'held' | 'shipped in part' | 'shipped' | 'delivered' | 'returned' | 'cancelled';

/** Milliseconds for the workflow to move an order to its next step. */
const DEADLINE = 8_000;
const CARRIERS = ['UPS', 'FedEx', 'USPS'];

/** Moves an order as far as its fate says, or as far as its stock allows. */
export async function walk(loop: Loop, orderId: string, fate: Fate, number: number): Promise<void> {
  const path = `/v1/orders/${orderId}`;
  if (fate === 'held') {
    await loop.api('POST', `${path}/holds`, {
      reason: 'HIGH_RISK_OF_FRAUD',
      note: 'Address and card differ.',
    });
    return;
  }
  if (fate === 'stays') return;
  if (fate === 'cancelled') {
    await loop.api('POST', `${path}/cancellation`, { reason: 'CUSTOMER', note: 'Ordered twice.' });
    return;
  }
  const order = await queued(loop, path);
  if (order === null) return;
  const [first, ...others] = order.lines.filter((line: Json) => line.allocated > 0);
  if (first === undefined) return;
  const part = others.length > 0 ? [first] : [{ ...first, allocated: Math.max(1, first.allocated >> 1) }];
  const quantities = (lines: readonly Json[]) =>
    lines.map(({ lineNumber, allocated }) => ({ lineNumber, quantity: allocated }));
  const shipped = await loop.api('POST', `${path}/shipments`, {
    carrier: CARRIERS[number % CARRIERS.length],
    trackingNumber: `1ZDEMO${Date.now()}${number}`,
    ...(fate === 'shipped in part' && { lines: quantities(wholeCases(part)) }),
  });
  if (fate !== 'delivered' && fate !== 'returned') return;
  const { shipmentId } = shipped;
  await loop.api('POST', `${path}/shipments/${shipmentId}/delivery`, {
    deliveredAt: new Date().toISOString(),
    signedBy: 'D. Whitfield',
  });
  if (fate === 'returned') {
    await loop.api('POST', `${path}/returns`, {
      lines: [{ lineNumber: first.lineNumber, quantity: first.unitsPerCase ?? 1, disposition: 'RESTOCK' }],
    });
  }
}

/** A wholesale order ships whole cases. */
function wholeCases(lines: readonly Json[]): readonly Json[] {
  return lines.map((line) => {
    const units = line.unitsPerCase ?? 1;
    return { ...line, allocated: Math.max(units, line.allocated - (line.allocated % units)) };
  });
}

/** @returns the order once it is queued, or null when it waits for something else. */
async function queued(loop: Loop, path: string): Promise<Json> {
  const until = Date.now() + DEADLINE;
  for (;;) {
    const order = await loop.api('GET', path);
    if (order.state === 'FULFILLMENT_QUEUED') return order;
    if (order.state !== 'ALLOCATED' || order.holds.length > 0 || Date.now() > until) return null;
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
