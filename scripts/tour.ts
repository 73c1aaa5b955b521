/**
 * `npm run tour` takes one order from Shopify to CLOSED on a loop of its own, by the requests of `docs/tour.md`, and
 * prints what came of each. Ends with an error when anything is not as that page says.
 */
import { readFile } from 'node:fs/promises';
import { SAMPLE_SHOP } from '../local/banner.ts';
import { readOptions } from '../local/options.ts';
import { connect, type Json } from '../testing/client.ts';
import { shopifyMessage } from '../testing/messages.ts';
import { until } from '../testing/until.ts';

readOptions(import.meta.filename, {});
// Loaded here: whoever asks for help does not wait for it.
const { startLocalStack } = await import('../local/stack.ts');
const stack = await startLocalStack();
const loop = await connect(stack.url);
let steps = 0;

try {
  await tour();
} finally {
  loop.close();
  await stack.stop();
}

async function tour(): Promise<void> {
  step('Receive stock that only the tour sells');
  const lots = [
    ['TOUR-BRS-001', { lotNumber: 'TOUR-1', quantity: 40, expiryDate: inDays(400) }],
    ['TOUR-BRT-001', { lotNumber: 'TOUR-2', quantity: 40 }],
  ] as const;
  const received = [];
  for (const [sku, lot] of lots) received.push({ sku, ...(await post(`/v1/inventory/${sku}/lots`, lot)) });
  show(received, ['sku', 'lotNumber', 'available', 'reserved', 'expiryDate']);

  step('A company orders in the Shopify shop; the webhook is signed as Shopify signs');
  const sample = await readFile(new URL('../local/sample/shopify-order.json', import.meta.url), 'utf8');
  const body = sample.replaceAll('LMB-BR', 'TOUR-BR');
  const webhook = shopifyMessage('orders/create', body, { shop: SAMPLE_SHOP, webhookId: 'tour-1' });
  const { orderId } = (await loop.sendSigned(webhook)).body;
  const path = `/v1/orders/${orderId}`;
  const queued = await comesTo(path, (order) => order.state === 'FULFILLMENT_QUEUED');
  show([queued], ['orderId', 'state', 'channelOrderName', 'purchaseOrderNumber', 'paymentTerms', 'total']);

  step('Which lots are reserved, and why');
  const { items: reserved } = await get(`${path}/allocation`);
  show(reserved, [
    'lineNumber',
    'sku',
    'lotNumber',
    'availableBefore',
    'reserved',
    'availableAfter',
    'reason',
  ]);

  step('Ship all of it, and report its delivery');
  const { shipmentId } = await post(`${path}/shipments`, {
    carrier: 'UPS',
    trackingNumber: '1Z999AA10123456784',
  });
  await post(`${path}/shipments/${shipmentId}/delivery`, { deliveredAt: new Date().toISOString() });
  const closed = await comesTo(path, (order) => order.state === 'CLOSED');
  show(closed.shipments, ['shipmentId', 'carrier', 'trackingNumber', 'shippedAt', 'deliveredAt']);

  step('The history of the order, which the workflow has closed');
  const history: { type: string }[] = (await get(`${path}/events`)).items;
  show(history, ['sequence', 'type', 'occurredAt']);
  if (history.length < 8) throw new Error('a closed order has eight events at least');

  step('What the consumers of its events wrote: the ledger and the invoice');
  const isShipped = ({ items }: Json) => items.some(({ kind }: Json) => kind === 'SHIPMENT');
  const ledger = await comesTo('/v1/inventory/TOUR-BRS-001/movements', isShipped);
  show(ledger.items, ['kind', 'lotNumber', 'quantity', 'orderId']);
  const isBilled = ({ items }: Json) => items.some((invoice: Json) => invoice.orderId === orderId);
  const invoices = await comesTo('/v1/invoices', isBilled);
  show(invoices.items, ['invoiceId', 'orderId', 'total', 'currency']);

  step('Whether reservations and orders agree');
  const { items: drift } = await get('/v1/inventory/drift');
  if (drift.length > 0) throw new Error(`they do not: ${JSON.stringify(drift)}`);
  console.log('They do.');
}

function post(path: string, body: unknown): Promise<Json> {
  return loop.done('POST', path, { body });
}

function get(path: string): Promise<Json> {
  return loop.done('GET', path);
}

function comesTo(path: string, isSo: (answer: Json) => boolean): Promise<Json> {
  return until(() => get(path), isSo, 20_000);
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function step(title: string): void {
  steps += 1;
  console.log(`\n${steps}. ${title}`);
}

/** Prints some fields of each row as a table. */
function show(rows: readonly Json[], fields: readonly string[]): void {
  const cells = [fields, ...rows.map((row) => fields.map((field) => String(row[field] ?? '')))];
  const widths = fields.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    console.log(`   ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  }
}
