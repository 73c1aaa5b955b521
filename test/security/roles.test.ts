import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLE_NAMES, ROLES } from '../../contract/roles.ts';
import { routeKey, SCOPES } from '../../contract/routes.ts';
import type { LocalStack } from '../../local/stack.ts';
import { HttpClient } from '../../testing/client.ts';
import { startStack } from '../../testing/stack.ts';
import { EVERY_ROUTE, harmless, pathOf } from './support/requests.ts';

const EVERY_SCOPE = SCOPES.join(' ');

let stack: LocalStack;
let http: HttpClient;
beforeAll(async () => {
  stack = await startStack();
  http = new HttpClient(stack.url);
});
afterAll(async () => {
  http?.close();
  await stack?.stop();
});

/** A token of a person in some groups, whose client may do everything for them. */
async function tokenOf(groups: readonly string[], scope = EVERY_SCOPE): Promise<string> {
  const { body } = await http.send<{ access_token: string }>('POST', '/dev/token', {
    body: { scope, sub: 'ada', groups },
  });
  return `Bearer ${body.access_token}`;
}

async function statusOf(route: (typeof EVERY_ROUTE)[number], authorization: string): Promise<number> {
  const { body, headers } = harmless(route);
  const { status } = await http.send(route.method, pathOf(route), {
    body,
    headers: { ...headers, authorization },
  });
  return status;
}

describe.each(ROLE_NAMES)('somebody of the role %s', (role) => {
  test('is let in where the role allows it, and nowhere else', async () => {
    const token = await tokenOf([role]);
    const scopes: readonly string[] = ROLES[role];
    const unexpected: string[] = [];
    for (const route of EVERY_ROUTE) {
      if (typeof route.access === 'string') continue;
      const status = await statusOf(route, token);
      const isAllowed = scopes.includes(route.access.scope);
      if (isAllowed === (status === 403)) unexpected.push(`${routeKey(route)}: ${status}`);
    }
    expect(unexpected).toEqual([]);
  });
});

test.each<[string, readonly string[]]>([
  ['no group', []],
  ['a group of another kind', ['everyone']],
  ['a group with a blank, one word of which is a role', ['night admin', 'admin [', '[admin]', 'x,admin']],
  ['a group that is named like a scope', ['operations/admin', 'orders/read']],
])('somebody of %s is let in nowhere', async (_, groups) => {
  const token = await tokenOf(groups);
  for (const path of ['/v1/orders', '/v1/connections', '/v1/invoices']) {
    const { status, body } = await http.send('GET', path, { headers: { authorization: token } });
    expect([status, body]).toEqual([403, expect.objectContaining({ code: 'insufficient_scope' })]);
  }
});

test('a client that asks for little gets no more by the role of its person', async () => {
  const token = await tokenOf(['admin'], 'orders/read');
  expect((await http.send('GET', '/v1/orders', { headers: { authorization: token } })).status).toBe(200);
  expect((await http.send('GET', '/v1/connections', { headers: { authorization: token } })).status).toBe(403);
});

test('an agent may do no more than the role of the person that it acts for', async () => {
  const hold = { orderId: 'LMB-ORD-2026-0001', reason: 'OTHER' };
  const answerTo = async (groups: readonly string[]) => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const requestInit = { headers: { authorization: await tokenOf(groups) } };
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', stack.url), { requestInit }));
    const { content } = await client.callTool({ name: 'hold_order', arguments: hold });
    await client.close();
    return JSON.stringify(content);
  };
  await expect(answerTo(['viewer'])).rejects.toThrow('orders/write');
  expect(await answerTo(['desk'])).toContain('not_found');
});
