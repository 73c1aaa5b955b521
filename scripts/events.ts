/**
 * `npm run events [-- --publish | --check]` generates the event documents for subscribers in `docs/events`.
 *
 *   --publish  stores today's schemas as published, unless they are incompatible with the published ones
 *   --check    writes nothing, and fails when a document is stale or a schema is incompatible
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions } from '../local/options.ts';
import { eventDocuments, eventSchemas } from './events/documents.ts';
import { brokenPromises } from './events/published.ts';

const { values } = readOptions(import.meta.filename, {
  publish: { type: 'boolean' },
  check: { type: 'boolean' },
});
const folder = resolve(import.meta.dirname, '../docs/events');
const publishedFolder = join(folder, 'published');
mkdirSync(publishedFolder, { recursive: true });

const broken = brokenPromises(publishedFolder);
const stale = [...eventDocuments()].filter(([name, text]) => contentOf(join(folder, name)) !== text);
for (const problem of broken) console.error(problem);
if (broken.length > 0) {
  console.error(
    'The change is incompatible with a published version. Publish it as a new version beside the old one.',
  );
  process.exitCode = 1;
}
if (values.check === true) {
  for (const [name] of stale) console.error(`docs/events/${name} is stale: npm run events`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [name, text] of stale) writeFileSync(join(folder, name), text);
  console.log(`${stale.length} files of docs/events were written`);
  if (values.publish === true && broken.length === 0) {
    for (const [name, text] of eventSchemas()) writeFileSync(join(publishedFolder, name), text);
    console.log('published');
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
