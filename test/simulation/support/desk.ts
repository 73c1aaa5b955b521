import type { Line } from '../../../domain/order/order.ts';
import type { Ports } from '../../../functions/orders/ports.ts';
import type { Random } from '../../../testing/random.ts';
import { insist, once } from './customers.ts';

/** How likely an order is called off, is taken down by some units, or has goods sent back. */
const CALLED_OFF = 0.1;
const TAKEN_DOWN = 0.25;
const SENT_BACK = 0.5;

/** The desk that customers of shops and trading partners call: it cancels by hand, and takes goods back. */
export async function desk(ports: Ports, random: Random, orderId: string, call: string): Promise<void> {
  const order = await insist(ports, () => ports.orders.load(orderId));
  if (order === null) throw new Error(`there is no order ${orderId}`);
  if (order.channel === 'MANUAL') return;
  const run = (what: string, command: Parameters<typeof once>[3]) =>
    once(ports, `${orderId} ${what} ${call}`, orderId, command);
  const line = random.pick(order.lines);

  if (random.happens(CALLED_OFF)) {
    await run('call off', { type: 'CancelOrder', reason: 'The customer called' });
  } else if (random.happens(TAKEN_DOWN)) {
    const lines = some(random, line, line.ordered - line.shipped - line.cancelled);
    if (lines.length > 0) await run('take down', { type: 'CancelOrder', reason: 'Fewer are wanted', lines });
  }
  if (random.happens(SENT_BACK)) {
    const lines = some(random, line, line.delivered - line.returned);
    const back = lines.map((each) => ({
      ...each,
      disposition: random.pick(['RESTOCK', 'QUARANTINE', 'WRITE_OFF'] as const),
    }));
    if (back.length > 0) await run('take back', { type: 'ReceiveReturn', lines: back });
  }
}

/** All, or some, of so many units of a line, in whole cases where it comes in cases. */
function some(random: Random, { lineNumber, unitsPerCase = 1 }: Line, most: number) {
  const cases = Math.floor(most / unitsPerCase);
  const taken = random.happens(0.5) ? cases : 1 + random.below(cases);
  return cases === 0 ? [] : [{ lineNumber, quantity: unitsPerCase * taken }];
}
