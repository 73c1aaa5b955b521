import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES_FOLDER, settingsOfAStage } from '../lib/stages.ts';

/** Writes the file of a stage that has none yet, with every setting left as it is by default. */
const [stage = ''] = process.argv.slice(2);
const path = join(STAGES_FOLDER, `${stage}.json`);
if (!/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(stage)) {
  console.error('usage: npm run new-stage -- STAGE, 1 to 20 lower-case letters, digits and hyphens');
  process.exitCode = 2;
} else if (existsSync(path)) {
  console.error(`stages/${stage}.json is there already`);
  process.exitCode = 1;
} else {
  mkdirSync(STAGES_FOLDER, { recursive: true });
  const settings = Object.fromEntries(settingsOfAStage().map((name) => [name, null]));
  writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`);
  console.log(`stages/${stage}.json written: set what is to differ from the default, and check it in`);
}
