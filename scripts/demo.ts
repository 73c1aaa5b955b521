/**
 * `npm run demo [-- --orders 40]` sends realistic traffic to the running loop: orders of all channels; most of them
 * proceed, and some stay in each state. It can be repeated for more. Ends with 1 when an order or a step was refused.
 *
 * It uses the loop at ORDER_LOOP_URL, by default the local one of `npm start`.
 */
import { readOptions, wholeNumber } from '../local/options.ts';
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

/** Orders under way at once: most of the time goes by while workflows pause. */
const AT_ONCE = 8;

const { values } = readOptions(import.meta.filename, { orders: { type: 'string', default: '40' } });
const wanted = wholeNumber(import.meta.filename, 'orders', values.orders, 1, 5000);
try {
  const loop = await openLoop(process.env.ORDER_LOOP_URL ?? `http://127.0.0.1:${process.env.PORT ?? 4000}`);
  try {
    await demonstrate(loop);
  } finally {
    loop.client.close();
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function demonstrate(loop: Loop): Promise<void> {
  console.log(`sending ${wanted} orders to ${loop.url}`);
  await receiveStock(loop);
  const fates = FATES.flatMap(([fate, share]) => Array.from({ length: share }, () => fate));
  const senders = channels(loop);
  const counted = new Map<string, number>();
  const refused: string[] = [];
  const numbers = Array.from({ length: wanted }, (_, number) => number).values();
  const work = async () => {
    for (const number of numbers) {
      const [channel, send] = senders[number % senders.length] as (typeof senders)[number];
      const fate = fates[(number * 7 + Math.floor(number / 5) * 3) % fates.length] as Fate;
      try {
        const reached = `${channel}: ${await walk(loop, await send(number), fate, number)}`;
        counted.set(reached, (counted.get(reached) ?? 0) + 1);
      } catch (error) {
        refused.push(`${channel}, ${fate}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const [what, count] of [...counted].sort()) console.log(`${String(count).padStart(5)}  ${what}`);
  console.log(`${String(refused.length).padStart(5)}  refused`);
  for (const problem of refused) console.error(problem);
  if (refused.length > 0) process.exitCode = 1;
  console.log(`open ${loop.url}/`);
}
