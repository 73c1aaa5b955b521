/**
 * `npm run crash [-- --kills 100 --clients 6 --seed 1]` starts the loop as `npm start` does, lets clients work with it,
 * kills it with `kill -9` again and again, and checks after each start that everything acknowledged exists once and
 * continues. Ends with an error at the first failed check. Prints one JSON object at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crash } from './crash/crash.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    clients: { type: 'string', default: '6' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const dataFolder = await mkdtemp(join(tmpdir(), 'order-loop-crash-'));
console.error(`seed ${values.seed}, data in ${dataFolder}`);
const report = await crash({
  dataFolder,
  kills: wholeNumber('kills', values.kills),
  clients: wholeNumber('clients', values.clients),
  seed: Number(values.seed),
  waitsForPartners: true,
  log: (what) => console.error(what),
});
// The data of a failed run is kept for inspection.
await rm(dataFolder, { recursive: true });
console.log(JSON.stringify(report));

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} is a whole number from 1, not ${text}`);
}
