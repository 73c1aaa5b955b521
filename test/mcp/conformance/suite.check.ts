import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalStack, startLocalStack } from '../../../local/stack.ts';
import { localStacks } from '../../../testing/templates.ts';
import { ALL_SCOPES } from '../session.ts';
import { openMcpClient } from './mcp-client.ts';

const SUITE = join(process.env.MCP_TOOLS ?? '', '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
const GATEWAY = 'functions/mcp/commerce-gateway.ts';
const WITH_DIAGNOSTICS = 'test/mcp/conformance/diagnostic-gateway.ts';

let stack: LocalStack;
let door: Awaited<ReturnType<typeof openMcpClient>>;

/** The loop as it is deployed, but that the door of agents leads to the suite's own tools as well. */
beforeAll(async () => {
  const stacks = await localStacks({ queueAfterSeconds: 0 });
  const changed = JSON.parse(
    JSON.stringify(stacks).replaceAll(JSON.stringify(GATEWAY), JSON.stringify(WITH_DIAGNOSTICS)),
  );
  expect(JSON.stringify(changed)).toContain(WITH_DIAGNOSTICS);
  stack = await startLocalStack({ stacks: changed });
  door = await openMcpClient(stack.url, await stack.token(ALL_SCOPES, 'conformance'));
}, 60_000);

afterAll(async () => {
  door?.close();
  await stack?.stop();
});

/** Ends with an error when something fails that is not expected to, or passes although it is. */
test.each(['2025-11-25', '2026-07-28'])(
  "the protocol's conformance suite finds what revision %s asks for, but for what is explained",
  async (revision) => {
    const expected = fileURLToPath(new URL(`${revision}.yml`, import.meta.url));
    const asked = ['server', '--url', door.url, '--requirements', revision, '--expected-failures', expected];
    const { code, output } = await new Promise<{ code: number; output: string }>((ended) =>
      execFile(process.execPath, [SUITE, ...asked], { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
        ended({ code: error === null ? 0 : 1, output: stdout + stderr }),
      ),
    );
    const summary = output.slice(output.indexOf('=== SUMMARY'));
    expect(code, summary).toBe(0);
    console.log(`revision ${revision}: ${/Total: .*/.exec(summary)?.[0]}`);
  },
  180_000,
);
