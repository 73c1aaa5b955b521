/**
 * `npm run fuzz:schemathesis [-- --examples 10 --seed 1]` starts the loop as `npm start` does, with its sample orders,
 * and lets schemathesis generate requests from the served OpenAPI document: values at their bounds, values outside
 * them, and random requests. Fails for a 500 and for an undocumented response. Webhooks and `/mcp` are left to
 * `test/fuzz`, which signs its requests. Installs schemathesis for the run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../local/options.ts';
import { connect } from '../testing/client.ts';
import { startProcess } from '../testing/process.ts';
import { installPrograms, NoPython } from './tools/python.ts';

const START = join(import.meta.dirname, '..', 'local', 'start.ts');

/** Exit code when the run could not take place, in contrast to a fault of the loop. */
const NO_FUZZER = 3;

/**
 * The checks of a response. Two are left out because we promise another response: 405 for a method that a path does not
 * have, where API Gateway, and so the local gateway, answers 404, and 422 without `If-Match`, which is 428.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

const { values } = readOptions(import.meta.filename, {
  examples: { type: 'string', default: '10' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
});

const folder = await mkdtemp(join(tmpdir(), 'order-loop-schemathesis-'));
try {
  const programs = await installPrograms(folder, 'schemathesis');
  process.exitCode = await fuzz(join(programs, 'schemathesis'));
} catch (error) {
  if (!(error instanceof NoPython)) throw error;
  process.exitCode = NO_FUZZER;
  process.stderr.write(
    `schemathesis is not available: ${error.message}\nIt needs Python 3.11 or newer with a reachable package index.\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @returns the exit code of schemathesis: 0 when nothing was found */
async function fuzz(program: string): Promise<number> {
  const environment = { PORT: '0', DATA_DIR: join(folder, 'data'), SEED: 'demo', LOG_LEVEL: 'ERROR' };
  const loop = await startProcess(START, [], environment);
  try {
    const { token } = await connect(loop.url, { subject: 'schemathesis' });
    const parameters = [
      ...['run', `${loop.url}/openapi.json`, '--header', `Authorization: Bearer ${token}`],
      ...['--checks', CHECKS.join(','), '--phases', 'examples,coverage,fuzzing'],
      ...['--max-examples', values.examples, '--seed', values.seed, '--continue-on-failure'],
      ...['--exclude-path-regex', '^/(webhooks|mcp)', '--generation-database', 'none'],
    ];
    const child = spawn(program, parameters, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    const [code] = await once(child, 'exit');
    return code ?? 1;
  } finally {
    await loop.end('SIGTERM');
  }
}
