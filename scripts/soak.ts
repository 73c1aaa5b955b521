/**
 * `npm run soak [-- --minutes 30 --rate 5 --seed 1]` starts the loop as `npm start` does and sends it mixed traffic over
 * HTTP at an even rate: orders of all channels, shipments, deliveries, lists, the board. Prints memory after garbage
 * collection, and latency, by quarters of the run as one JSON object. Ends with an error when the last quarter is not
 * like the second, a response was a failure, or an order was not completed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, refuse } from '../local/options.ts';
import { soak } from './soak/soak.ts';

const { values } = readOptions(import.meta.filename, {
  minutes: { type: 'string', default: '30' },
  rate: { type: 'string', default: '5' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
});
const minutes = above('minutes', values.minutes);
const rate = above('rate', values.rate);
const dataFolder = await mkdtemp(join(tmpdir(), 'order-loop-soak-'));
try {
  const report = await soak({
    dataFolder,
    minutes,
    rate,
    seed: Number(values.seed),
    log: (what) => console.error(what),
  });
  console.log(JSON.stringify(report, null, 2));
  if (report.growth.length > 0) process.exitCode = 1;
} finally {
  await rm(dataFolder, { recursive: true });
}

function above(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  return refuse(import.meta.filename, `--${name} is a number above 0, not ${text}`);
}
