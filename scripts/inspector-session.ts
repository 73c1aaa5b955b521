/**
 * Drives a session from a search to a closed order with the command line of the protocol's inspector, on a loop of its
 * own: `npm run inspector-session`. Ends with an error when a step is not answered as it should be.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SCOPES } from '../contract/routes.ts';
import { startLocalStack } from '../local/stack.ts';

const INSPECTOR = '@modelcontextprotocol/inspector@2.12.0';
const run = promisify(execFile);
// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, field by field
type Answer = any;

const stack = await startLocalStack({ context: { queueAfterSeconds: 0 } });
const token = await stack.token(SCOPES.join(' '), 'inspector');

try {
  const received = await fetch(`${stack.url}/v1/inventory/INSPECTED/lots`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ lotNumber: 'LOT-1', quantity: 10 }),
  });
  if (!received.ok) throw new Error(`no stock: ${await received.text()}`);
  const found = await call('search_orders', { sku: 'INSPECTED' });
  say(`search_orders: ${found.items.length} orders`);
  const { order } = await perform('create_order', {
    currency: 'USD',
    customer: { name: 'Ada' },
    lines: [{ sku: 'INSPECTED', quantity: 2, unitPrice: '20.00' }],
  });
  const { orderId } = order;
  say(`create_order: ${orderId} is ${order.state}`);
  await until(orderId, 'FULFILLMENT_QUEUED');
  const shipped = await perform('ship_order', { orderId, carrier: 'UPS', trackingNumber: '1Z-INSPECTED' });
  const [{ shipmentId }] = shipped.order.shipments;
  await perform('confirm_delivery', { orderId, shipmentId, deliveredAt: new Date().toISOString() });
  await until(orderId, 'CLOSED');
  say(`${orderId} is CLOSED`);
} finally {
  await stack.stop();
}

/** Both steps of a tool that changes something. */
async function perform(tool: string, given: Readonly<Record<string, unknown>>): Promise<Answer> {
  const { approval, effect } = await call(tool, given);
  say(`${tool}: shows ${effect.events.join(', ')}`);
  return call(tool, { ...given, approval });
}

async function until(orderId: string, state: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    if ((await call('explain_order', { orderId })).state === state) return;
  }
  throw new Error(`${orderId} did not become ${state}`);
}

async function call(tool: string, given: Readonly<Record<string, unknown>>): Promise<Answer> {
  const named = Object.entries(given).flatMap(([name, value]) => [
    '--tool-arg',
    `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
  const server = [`${stack.url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
  const method = ['--method', 'tools/call', '--tool-name', tool, ...named];
  const { stdout } = await run('npx', ['--yes', INSPECTOR, '--cli', ...server, ...method]);
  const answer = JSON.parse(stdout);
  if (answer.isError) throw new Error(`${tool}: ${answer.content[0]?.text}`);
  return answer.structuredContent ?? JSON.parse(answer.content[0].text);
}

function say(line: string): void {
  console.log(line);
}
