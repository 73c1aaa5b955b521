/**
 * Runs the protocol's own conformance suite against the running loop: `npm run conformance`. What is expected to fail
 * stands under `test/mcp/conformance/` with its reason; anything else that fails, or passes against expectation, ends
 * with an error.
 */
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SCOPES } from '../contract/routes.ts';
import { startLocalStack } from '../local/stack.ts';

const SUITE = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const REVISIONS = ['2025-11-25', '2026-07-28'];

const stack = await startLocalStack({ context: { queueAfterSeconds: 0 } });
const token = await stack.token(SCOPES.join(' '), 'conformance');

/** The suite has no way to send a token, so that this passes its requests on with one. */
const door = createServer((incoming, outgoing) => {
  const { port } = new URL(stack.url);
  const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
  const passed = request(
    { host: '127.0.0.1', port, path: incoming.url, method: incoming.method, headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
});
await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening));
const { port } = door.address() as AddressInfo;

let failed = false;
for (const revision of REVISIONS) {
  console.log(`\n== revision ${revision}`);
  const run = spawn(
    'npx',
    [
      '--yes',
      SUITE,
      'server',
      '--url',
      `http://127.0.0.1:${port}/mcp`,
      '--requirements',
      revision,
      '--expected-failures',
      `test/mcp/conformance/${revision}.yml`,
    ],
    { stdio: 'inherit' },
  );
  const code = await new Promise<number | null>((ended) => run.on('close', ended));
  failed ||= code !== 0;
}
door.close();
await stack.stop();
process.exitCode = failed ? 1 : 0;
