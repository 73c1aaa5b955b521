/**
 * `npm run crash [-- --kills 100 --clients 6 --seed 1]` starts the loop as `npm start` does, lets clients work with it,
 * kills it with `kill -9` again and again, and checks after each start that everything acknowledged exists once and
 * continues. Ends with an error at the first failed check. Prints one JSON object at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, wholeNumber } from '../local/options.ts';
import { crash } from './crash/crash.ts';

const { values } = readOptions(import.meta.filename, {
  kills: { type: 'string', default: '100' },
  clients: { type: 'string', default: '6' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
});
const kills = wholeNumber(import.meta.filename, 'kills', values.kills, 1, 100_000);
const clients = wholeNumber(import.meta.filename, 'clients', values.clients, 1, 100);
const dataFolder = await mkdtemp(join(tmpdir(), 'order-loop-crash-'));
console.error(`seed ${values.seed}, data in ${dataFolder}`);
const report = await crash({
  dataFolder,
  kills,
  clients,
  seed: Number(values.seed),
  waitsForPartners: true,
  log: (what) => console.error(what),
});
// The data of a failed run is kept for inspection.
await rm(dataFolder, { recursive: true });
console.log(JSON.stringify(report));
