/**
 * The benchmarks: `npm run bench [-- name …] [--seconds 4]`. Prints one JSON object a line, and progress on stderr.
 * Everything runs on the loopback interface, in temporary folders, and ends by itself.
 */
import { readOptions, refuse, wholeNumber } from '../local/options.ts';
import { board } from './board.ts';
import { coldStart } from './cold-start.ts';
import { hotLot } from './hot-lot.ts';
import { intake } from './intake.ts';
import { largeOrders } from './large-orders.ts';
import { lifecycle } from './lifecycle.ts';
import { pages } from './pages.ts';
import { reads } from './reads.ts';
import { progress } from './support/emit.ts';
import { units } from './units.ts';

/** @param milliseconds duration of a measurement that does not end by itself */
type Benchmark = (milliseconds: number) => Promise<void>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  'cold-start': coldStart,
  intake,
  'hot-lot': hotLot,
  board,
  lifecycle,
  reads,
  'large-orders': largeOrders,
  pages,
  units,
};

const { values, positionals } = readOptions(
  import.meta.filename,
  { seconds: { type: 'string', default: '4' } },
  { allowPositionals: true },
);
const seconds = wholeNumber(import.meta.filename, 'seconds', values.seconds, 1, 60);
const unknown = positionals.find((name) => !(name in BENCHMARKS));
if (unknown !== undefined) {
  refuse(import.meta.filename, `${unknown} is no benchmark; there are ${Object.keys(BENCHMARKS).join(', ')}`);
}
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  progress(`-- ${name}`);
  await benchmark(seconds * 1000);
}
