/**
 * `npm run new-stage -- --stage prod` writes the file of a stage that has none yet, `stages/prod.json`, with every setting
 * left as it is by default.
 */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES_FOLDER, settingsOfAStage } from '../lib/stages.ts';
import { readOptions, refuse } from '../local/options.ts';

const { values } = readOptions(import.meta.filename, { stage: { type: 'string' } });
const { stage = '' } = values;
if (!/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(stage)) {
  refuse(import.meta.filename, 'name a stage: 1 to 20 lower-case letters, digits and hyphens');
}
const path = join(STAGES_FOLDER, `${stage}.json`);
if (existsSync(path)) refuse(import.meta.filename, `stages/${stage}.json is there already`);
mkdirSync(STAGES_FOLDER, { recursive: true });
const settings = Object.fromEntries(settingsOfAStage().map((name) => [name, null]));
writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`);
console.log(`stages/${stage}.json written: set what is to differ from the default, and check it in`);
