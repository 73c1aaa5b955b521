/**
 * `npm run screenshots` takes the pictures of the README and of the operator's guide: the console's main pages in both
 * colour schemes, and its dialogs, from a running loop with demo traffic. It adds two messages that are quarantined and a
 * request of an agent to that loop, so that their pages have something to show.
 *
 * It uses the loop at ORDER_LOOP_URL, by default the local one of `npm start`.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { OrderSummary } from '../contract/responses.ts';
import { SAMPLE_SHOP } from '../local/banner.ts';
import { readOptions } from '../local/options.ts';
import { launchChromium } from '../testing/chromium.ts';
import { connect, type LoopClient } from '../testing/client.ts';
import { channelMessage, shopifyMessage } from '../testing/messages.ts';

const URL_OF_LOOP = process.env.ORDER_LOOP_URL ?? 'http://127.0.0.1:4000';
const FOLDER = join(import.meta.dirname, '..', 'docs', 'screenshots');
const WIDE = { width: 1280, height: 800 };
const PAGES = {
  board: '/',
  order: '/orders/LMB-ORD-2026-1042',
  history: '/orders/LMB-ORD-2026-0037?tab=history',
  inventory: '/inventory/LMB-BRS-001',
  overview: '/overview?days=7',
  intake: '/intake',
  finance: '/finance',
  operations: '/operations',
};

readOptions(import.meta.filename, {});
const loop = await connect(URL_OF_LOOP);
const browser = await launchChromium();
try {
  await prepare();
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: WIDE, colorScheme });
    for (const [name, path] of Object.entries(PAGES)) await take(page, path, `${name}-${colorScheme}`);
  }
  await takeDialogs(await browser.newPage({ viewport: { width: 1000, height: 640 } }));
  const phone = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await take(phone, PAGES.board, 'board-phone');
  await take(phone, PAGES.order, 'order-phone');
} finally {
  await browser.close();
  loop.close();
}

/** What an operator has to decide: two messages that no rule covers, and what an agent asks for. */
async function prepare(): Promise<void> {
  const dispute = shopifyMessage('disputes/create', '{"id": 1}', { shop: SAMPLE_SHOP, webhookId: 'picture' });
  await loop.sendSigned(dispute);
  const occurredAt = new Date(Date.now() - 3_600_000).toISOString();
  const report = {
    eventId: 'picture',
    trackingNumber: '1Z999AA10999999999',
    status: 'delivered',
    occurredAt,
  };
  await loop.sendSigned(channelMessage('carrier', JSON.stringify(report)));
  await loop.done('PUT', '/v1/agent-policy', { body: { rules: [{ tools: ['cancel_order'] }] } });
  const { orderId } = await anOrder('FULFILLMENT_QUEUED');
  const agent = await connect(URL_OF_LOOP, { subject: 'support-agent' });
  await askToCancel(agent, orderId);
  agent.close();
}

async function askToCancel(agent: LoopClient, orderId: string): Promise<void> {
  const params = { name: 'cancel_order', arguments: { orderId, reason: 'the customer changed their mind' } };
  await agent.done('POST', '/mcp', {
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
    headers: { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' },
  });
}

/** The dialogs of an order and of a lot, and what agents ask for. */
async function takeDialogs(page: Page): Promise<void> {
  const { orderId: queued } = await anOrder('FULFILLMENT_QUEUED');
  const { orderId: shipped } = await anOrder('SHIPPED');
  await take(page, `/orders/${queued}?do=hold`, 'hold-light');
  await take(page, `/orders/${queued}?do=ship`, 'ship-light');
  await take(page, `/orders/${queued}?do=cancel`, 'cancel-light');
  await take(page, `/orders/${shipped}?do=return`, 'return-light');
  await take(page, '/approvals', 'approvals-light');
  await take(page, PAGES.inventory, 'lot-light', async () => {
    await page
      .getByRole('button', { name: /^Change / })
      .first()
      .click();
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Recalled' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('Foreign matter reported by the supplier');
  });
}

/** @returns an order in a state that nobody holds. @throws Error when there is none */
async function anOrder(state: string): Promise<OrderSummary> {
  const items = await loop.all<OrderSummary>(`/v1/orders?state=${state}&limit=100`);
  const order = items.find(({ holds }) => holds.length === 0);
  if (order === undefined) throw new Error(`no order is ${state}: run npm run demo first`);
  return order;
}

async function take(page: Page, path: string, name: string, prepared?: () => Promise<void>): Promise<void> {
  // The console polls, so that the network may never be idle.
  await page.goto(URL_OF_LOOP + path, { waitUntil: 'networkidle', timeout: 5_000 }).catch(() => {});
  await page.getByRole('main').waitFor();
  await page.getByLabel(/^Loading/).waitFor({ state: 'hidden' });
  await prepared?.();
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: 'disabled' });
  console.log(name);
}
