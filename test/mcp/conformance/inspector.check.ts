import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test, vi } from 'vitest';
import { sharedDrivenStack, useStack } from '../../../testing/stack.ts';
import { ALL_SCOPES, api } from '../session.ts';

const run = promisify(execFile);
const INSPECTOR = join(
  process.env.MCP_TOOLS ?? '',
  ...['@modelcontextprotocol', 'inspector', 'clients', 'launcher', 'build', 'index.js'],
);
const stack = useStack(sharedDrivenStack);
let token = '';

beforeAll(async () => {
  token = await stack().token(ALL_SCOPES, 'inspector');
});

/** One run of the inspector's command line. */
async function inspect(...method: string[]) {
  const server = [`${stack().url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
  const { stdout } = await run(process.execPath, [INSPECTOR, '--cli', ...server, '--method', ...method]);
  return JSON.parse(stdout);
}

async function call(tool: string, given: Readonly<Record<string, unknown>>) {
  const named = Object.entries(given).flatMap(([name, value]) => [
    '--tool-arg',
    `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
  const answer = await inspect('tools/call', '--tool-name', tool, ...named);
  expect(answer.isError, `${tool}: ${JSON.stringify(answer.content)}`).toBeFalsy();
  return answer.structuredContent ?? JSON.parse(answer.content[0].text);
}

/** Both steps of a tool that changes something. */
async function perform(tool: string, given: Readonly<Record<string, unknown>>) {
  const { status, approval } = await call(tool, given);
  expect(status).toBe('preview');
  return call(tool, { ...given, approval });
}

async function until(orderId: string, state: string) {
  const isSo = async () => expect((await call('explain_order', { orderId })).state).toBe(state);
  await vi.waitFor(isSo, { timeout: 60_000 });
}

test("the protocol's inspector lists what there is, and takes an order from a search to CLOSED", async () => {
  const { tools } = await inspect('tools/list');
  expect(tools.map(({ name }: { name: string }) => name)).toContain('create_order');
  await api(stack(), 'POST', '/v1/inventory/INSPECTED/lots', { lotNumber: 'LOT-1', quantity: 10 });
  expect((await call('search_orders', { sku: 'INSPECTED' })).items).toEqual([]);
  const created = await perform('create_order', {
    currency: 'USD',
    customer: { name: 'Ada' },
    lines: [{ sku: 'INSPECTED', quantity: 2, unitPrice: '20.00' }],
  });
  const { orderId } = created.order;
  expect(created.order.state).toBe('ALLOCATED');
  await until(orderId, 'FULFILLMENT_QUEUED');
  const shipped = await perform('ship_order', { orderId, carrier: 'UPS', trackingNumber: '1Z-INSPECTED' });
  const [{ shipmentId }] = shipped.order.shipments;
  await perform('confirm_delivery', { orderId, shipmentId, deliveredAt: new Date().toISOString() });
  await until(orderId, 'CLOSED');
}, 180_000);
