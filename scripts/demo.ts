/**
 * Realistic traffic for a running loop: `npm run demo [-- --orders 60]`. Sends orders of all channels; most of them
 * proceed, and some stay in each state. Ends by itself, and can be repeated for more.
 */
import { parseArgs } from 'node:util';
import { channels } from './demo/channels.ts';
import { type Loop, openLoop } from './demo/loop.ts';
import { receiveStock } from './demo/stock.ts';
import { type Fate, walk } from './demo/walk.ts';

/** How far orders proceed, with their number among twenty. */
const FATES: readonly (readonly [Fate, number])[] = [
  ['stays', 3],
  ['held', 2],
  ['shipped in part', 2],
  ['shipped', 4],
  ['delivered', 5],
  ['returned', 2],
  ['cancelled', 2],
];

const { values } = parseArgs({ options: { orders: { type: 'string', default: '40' } } });
const wanted = Number(values.orders);
if (!Number.isInteger(wanted) || wanted < 1 || wanted > 5000) {
  console.error('--orders is a whole number from 1 to 5000');
  process.exit(1);
}

const loop: Loop = await openLoop(
  process.env.ORDER_LOOP_URL ?? `http://127.0.0.1:${process.env.PORT ?? 4000}`,
);
console.log(`sending ${wanted} orders to ${loop.url}`);
await receiveStock(loop);
const fates = FATES.flatMap(([fate, share]) => Array.from({ length: share }, () => fate));
const senders = channels(loop);
const counted = new Map<string, number>();
for (let number = 0; number < wanted; number++) {
  const [channel, send] = senders[number % senders.length] as (typeof senders)[number];
  const orderId = await send(number);
  const fate = fates[(number * 7 + Math.floor(number / 5) * 3) % fates.length] as Fate;
  if (orderId !== null) await walk(loop, orderId, fate, number);
  const what = orderId === null ? `${channel}: quarantined` : `${channel}: ${fate}`;
  counted.set(what, (counted.get(what) ?? 0) + 1);
  process.stdout.write(`\r${number + 1} of ${wanted}`);
}
process.stdout.write('\n');
for (const [what, count] of [...counted].sort()) console.log(`${String(count).padStart(5)}  ${what}`);
console.log(`open ${loop.url}/`);
