import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { toolRegistry } from '../../functions/mcp/tool-errors.ts';
import { Problem } from '../../functions/middleware/http.ts';
import { Busy } from '../../functions/write-failures.ts';

const INSIDE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders is throttled';

async function answerOf(thrown: Error) {
  const noted: Error[] = [];
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'test', version: '1' });
    toolRegistry(server, (error) => noted.push(error)).registerTool(
      'fails',
      { description: 'Fails.', inputSchema: z.strictObject({}), outputSchema: z.object({ ok: z.boolean() }) },
      async () => {
        throw thrown;
      },
    );
    return server;
  });
  const response = await handler.fetch(
    new Request('http://localhost/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'fails' } }),
    }),
  );
  return { text: await response.text(), noted };
}

test('an error that nobody foresaw is noted, and tells an agent nothing of the inside', async () => {
  const { text, noted } = await answerOf(new Error(INSIDE));
  expect(text).toContain('internal_error');
  expect(text).not.toContain('arn:aws');
  expect(noted.map(({ message }) => message)).toEqual([INSIDE]);
});

test.each([
  ['busy', new Busy('others change the order')],
  ['invalid_cursor', new Problem('invalid_cursor', 'the cursor is not of this list')],
])('what was foreseen has its code: %s', async (code, error) => {
  const { text, noted } = await answerOf(error);
  expect(text).toContain(code);
  expect(text).toContain(error.message);
  expect(noted).toEqual([]);
});
