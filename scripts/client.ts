/**
 * `npm run client`: generates `clients/typescript/api.ts`, the types of the client, from the OpenAPI document. Installs
 * the generator on first use.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApiDocument } from '../contract/openapi/document.ts';
import { readOptions } from '../local/options.ts';
import { apiDigest, TYPES } from './client/digest.ts';
import { installTools, NOT_INSTALLED, NoTools } from './tools/npm.ts';
import { run } from './tools/run.ts';

readOptions(import.meta.filename, {});
const folder = await mkdtemp(join(tmpdir(), 'order-loop-client-'));
try {
  const generator = join(await installTools('client'), 'openapi-typescript', 'bin', 'cli.js');
  const [document, types] = [join(folder, 'openapi.json'), join(folder, 'api.ts')];
  await writeFile(document, JSON.stringify(openApiDocument()));
  const options = ['--root-types', '--root-types-no-schema-prefix', '--default-non-nullable', 'false'];
  await run(process.execPath, [generator, document, '--output', types, ...options], { seconds: 120 });
  const header = `// Made by npm run client from the OpenAPI document ${apiDigest()}.\n`;
  await writeFile(TYPES, header + (await readFile(types, 'utf8')));
} catch (error) {
  if (!(error instanceof NoTools)) throw error;
  process.exitCode = NOT_INSTALLED;
  process.stderr.write(`${error.message}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
