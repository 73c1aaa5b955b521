import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { shopifyOrder, signedHeaders } from '../../testing/messages.ts';
import { api, call, connect } from '../mcp/session.ts';
import { barriers, useOperator } from './support/operator.ts';

describe('the console in a browser', () => {
  const operator = useOperator();
  let page: Page;
  beforeAll(() => {
    page = operator().page;
  });
  const open = (path: string) => operator().open(path);
  const press = (name: string | RegExp) => operator().press(name);
  const seen = (text: string | RegExp) => operator().seen(text);
  const choose = async (select: string, option: string) => {
    await page.getByRole('combobox', { name: select }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };

  test('an order is created, pinned, shipped in two shipments, delivered, and closed', async () => {
    await operator().receive('JOURNEY', 'LOT-EARLY', 50);
    await operator().receive('JOURNEY', 'LOT-LATE', 50);
    await operator().enter({
      Customer: 'Ada Lovelace',
      SKU: 'JOURNEY',
      Units: '10',
      'Unit price': '20.00',
    });
    await seen('Reserved for order');
    await page.getByRole('combobox', { name: 'Lot' }).click();
    await page.getByRole('option', { name: /LOT-LATE/ }).click();
    const change = page.getByRole('table', { name: 'Preview of the pin' });
    expect((await change.getByRole('row').allInnerTexts()).slice(1).map((row) => row.split('\t'))).toEqual([
      ['LOT-LATE (pinned)', '0', '10', '40'],
      ['LOT-EARLY', '10', '0', '50'],
    ]);
    await press('Pin');
    await seen('Pinned');
    await seen(/Lot LOT-LATE · 10 units/);
    await seen('Fulfillment queued');
    await operator().ship('1Z-PART-1', '4');
    await seen('Partly shipped');
    await operator().ship('1Z-PART-2');
    for (const part of [1, 2]) {
      await press('Confirm delivery');
      await page.getByRole('textbox', { name: 'Signed by' }).fill(`part ${part}`);
      await press('Record delivery');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await seen('Closed');
    await page.getByRole('tab', { name: 'History' }).click();
    await seen(/Order closed/);
    await seen(/Person operator/);
  });

  test('a wholesale order is checked for whole cases, created, held and released', {
    tags: 'long',
  }, async () => {
    await operator().receive('CASES', 'LOT-C', 100);
    await open('/intake');
    await page.getByText('Wholesale', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Units', exact: true }).fill('25');
    await page.getByRole('textbox', { name: 'Units per case' }).fill('12');
    await seen('25 is not a whole number of cases');
    await page.getByRole('textbox', { name: 'SKU', exact: true }).fill('CASES');
    await seen('100 available');
    await page.getByRole('textbox', { name: 'Unit price' }).fill('3.075');
    // Rounded half up at the line, as the invoice will be: 76.875.
    await seen('Total $76.88');
    expect(await barriers(page)).toEqual([]);
    const terms = { Customer: 'IRONRIDGE', 'Purchase order': 'PO-CONSOLE-1', 'Payment terms': 'NET30' };
    await operator().enter(
      { ...terms, SKU: 'CASES', Units: '24', 'Unit price': '20.00', 'Units per case': '12' },
      true,
    );
    await seen('PO-CONSOLE-1');
    await seen('2 cases');
    await press('Hold');
    await page.getByRole('dialog').getByRole('button', { name: 'Hold' }).click();
    await seen(/On hold/);
    await press(/Release hold/);
    await page.getByText(/On hold/).waitFor({ state: 'hidden' });
  });

  test('a recalled lot lists the affected orders', { tags: 'long' }, async () => {
    await operator().receive('RECALL', 'LOT-BAD', 20);
    await operator().enter({ Customer: 'Bea', SKU: 'RECALL', Units: '5', 'Unit price': '1.00' });
    await open('/inventory/RECALL');
    await press('Change LOT-BAD');
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Recalled' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('a bad seal');
    await seen(/5 reserved units are moved/);
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await seen('1 orders are affected:');
  });

  test('the board filters all orders, keeps the filters in the URL, and finds any number', async () => {
    await open('/');
    await page.getByRole('region', { name: 'Received' }).waitFor();
    await page.getByRole('combobox', { name: 'Customer' }).fill('ada lovelace');
    await page.keyboard.press('Enter');
    await page.waitForURL(/customer=ada/);
    await page.reload();
    expect(await page.getByRole('combobox', { name: 'Customer' }).inputValue()).toBe('ada lovelace');
    const cards = page.getByRole('article');
    await expect.poll(() => cards.count(), { timeout: 15_000 }).toBe(1);
    await api(operator().stack, 'POST', '/v1/orders', {
      orderType: 'B2B',
      purchaseOrderNumber: 'PO-BOARD-1',
      currency: 'USD',
      customer: { name: 'Board' },
      lines: [{ sku: 'BOARD', quantity: 1, unitPrice: '1.00' }],
    });
    for (const part of ['o-board-1', 'z-part-2']) {
      await open('/');
      await page.getByRole('textbox', { name: 'Find an order' }).fill(part);
      await press('Find');
      await page.waitForURL(/\/orders\//);
    }
    await open('/?search=nobody-has-this');
    await seen('Nothing is found for nobody-has-this.');
  });

  test('a card moves where its state allows it, by key, menu and drag, and says why not elsewhere', async () => {
    await operator().receive('MOVES', 'LOT-M', 20);
    const fields = { Customer: 'Mover', SKU: 'MOVES', Units: '2', 'Unit price': '1.00' };
    const orderId = await operator().enter(fields);
    await seen('Fulfillment queued');
    await open('/?customer=Mover');
    const card = page.getByRole('article', { name: orderId });
    await card.dragTo(page.getByRole('region', { name: 'Closed' }));
    await seen(
      /cannot move to Closed. It is in In fulfillment; from there it can move to Shipped or Cancelled/,
    );
    await card.getByRole('link').focus();
    await page.keyboard.press('m');
    await page.getByRole('menuitem', { name: 'Ship …' }).waitFor();
    await page.keyboard.press('Escape');
    await card.dragTo(page.getByRole('region', { name: 'Cancelled' }));
    await seen('Released to stock');
    await page.getByRole('textbox', { name: 'Reason' }).fill('changed their mind');
    await press('Cancel the order');
    await seen('Cancelled');
  });

  test('an amendment is previewed before it is made', async () => {
    // Nothing is in stock, so that the order waits and can be amended.
    await operator().enter({ Customer: 'Amy', SKU: 'AMEND', Units: '2', 'Unit price': '1.00' });
    await press('Amend');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'City' }).fill('Boise');
    await dialog.getByRole('spinbutton', { name: /Line 1, AMEND/ }).fill('5');
    await press('Preview changes');
    const changes = dialog.getByRole('table', { name: 'Preview of changes' });
    await changes.waitFor();
    const rows = await changes.getByRole('row').allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/))).toEqual([
      ['', 'Before', 'After'],
      ['Ship to', '—', 'Boise'],
      ['Line 1, units', '2', '5'],
      ['Total', '$2.00', '$5.00'],
      ['Line 1, waiting for stock', '2', '5'],
    ]);
    await press('Apply changes');
    await dialog.waitFor({ state: 'hidden' });
    await seen('Boise');
    await page.getByRole('tab', { name: 'History' }).click();
    await seen(/line 1: 2 → 5 units/);
  });

  test('a file of orders is imported with a report', async () => {
    await open('/import');
    const text =
      'order,sku,quantity,unit_price,currency,customer_name\nUP-1,JOURNEY,1,1.00,USD,Ada\nUP-2,JOURNEY,x,1.00,USD,Ada\n';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByRole('main').getByRole('button', { name: 'Import' }).click();
    await seen('1 orders received, 0 already known, 1 refused.');
    await seen(/row 3, quantity/);
  });

  test('invoices are shown line by line and exported', async () => {
    await open('/finance');
    await press('LMB-ORD-2026-0037-I1');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('row', { name: /Total/ }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const saved = page.waitForEvent('download');
    await press('Export all as CSV');
    const stream = await (await saved).createReadStream();
    const text = Buffer.concat(await stream.toArray()).toString('utf8');
    expect(text).toMatch(/^\ufeffnumber,kind,order,customer/);
    expect(text).toContain('"LMB-ORD-2026-0037-I1","INVOICE","LMB-ORD-2026-0037"');
  });

  test('a quarantined message is read, retried, and dismissed', async () => {
    const body = JSON.stringify({ id: 1, note: 'nobody reads this topic' });
    const signature = createHmac('sha256', 'local-shopify-secret').update(body).digest('base64');
    const sent = await fetch(`${operator().url}/webhooks/shopify`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-topic': 'carts/update',
        'x-shopify-shop-domain': 'northfield-test.myshopify.com',
        'x-shopify-webhook-id': 'kept-in-the-console',
        'x-shopify-hmac-sha256': signature,
      },
      body,
    });
    expect(sent.status).toBe(202);
    await open('/operations');
    const message = page.getByRole('article', { name: /carts\/update/ });
    await message.getByRole('button', { name: 'Show body' }).click();
    await message.getByText(/nobody reads this topic/).waitFor();
    await message.getByRole('button', { name: 'Retry' }).click();
    await seen(/The message is still quarantined/);
    await message.getByText(/retried once/).waitFor();
    await message.getByRole('button', { name: 'Dismiss' }).click();
    await message.getByRole('textbox', { name: 'Reason' }).fill('not of this shop');
    await message.getByRole('button', { name: 'Dismiss message' }).click();
    await message.waitFor({ state: 'hidden' });
    await choose('State', 'Dismissed');
    await message.getByText(/by operator .*: not of this shop/).waitFor();
  });

  test('messages are listed in every state and by channel, and an order lists its own', {
    tags: 'long',
  }, async () => {
    const order = shopifyOrder(7_400_001, 'MESSAGES');
    const sent = await fetch(`${operator().url}${order.path}`, {
      ...{ method: 'POST', body: new Uint8Array(order.body) },
      headers: signedHeaders(order, operator().url),
    });
    expect(sent.status).toBe(200);
    await open('/operations');
    const own = page.getByRole('article', { name: 'Shopify orders/create' }).first();
    for (const state of ['Received', 'Rejected', 'Dismissed']) {
      await choose('State', state);
      await own.waitFor({ state: 'hidden' });
    }
    await choose('State', 'Processed');
    await own.waitFor();
    await choose('Channel', 'EDI');
    await own.waitFor({ state: 'hidden' });
    await choose('Channel', 'Shopify');
    await own.waitFor();
    expect(page.url()).toContain('state=PROCESSED&channel=SHOPIFY');
    expect(await own.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    expect(await barriers(page)).toEqual([]);

    await own.getByRole('link').click();
    await page.waitForURL(/\/orders\//);
    await page.getByRole('tab', { name: 'Messages' }).click();
    const message = page.getByRole('article', { name: 'Shopify orders/create' });
    await message.getByText('Processed', { exact: true }).waitFor();
    await message.getByRole('button', { name: 'Show body' }).click();
    await message.getByText(/"id":7400001/).waitFor();
    expect(await barriers(page)).toEqual([]);
  });

  test('a URL is subscribed to events, its deliveries are listed, and it can be disabled', {
    tags: 'long',
  }, async () => {
    const taken: string[] = [];
    const subscriber = createServer((request, response) => {
      taken.push(String(request.headers['webhook-id']));
      response.writeHead(204).end();
    });
    await once(subscriber.listen(0, '127.0.0.1'), 'listening');
    try {
      const url = `http://127.0.0.1:${(subscriber.address() as AddressInfo).port}/events`;
      await open('/operations?show=subscriptions');
      await page.getByRole('textbox', { name: 'URL' }).fill(url);
      await press('Subscribe');
      await page.getByText(/^whsec_/).waitFor();
      await page.locator('button[data-loading]').waitFor({ state: 'detached' });
      expect(await barriers(page)).toEqual([]);
      await operator().enter({ Customer: 'Sub', SKU: 'TOLD', Units: '1', 'Unit price': '1.00' });
      await open('/operations?show=subscriptions');
      // Told once: who comes back does not see it again.
      expect(await page.getByText(/^whsec_/).count()).toBe(0);
      const article = page.getByRole('article', { name: url });
      await article.getByRole('button', { name: 'Show deliveries' }).click();
      await article.getByRole('row', { name: /Order received.*Delivered.*204/ }).waitFor();
      expect(taken.length).toBeGreaterThan(0);
      await article.getByRole('button', { name: 'Disable' }).click();
      await article.getByText('Disabled', { exact: true }).waitFor();
      await article.getByRole('button', { name: 'Remove' }).click();
      await article.getByRole('button', { name: 'Remove subscription' }).click();
      await article.waitFor({ state: 'hidden' });
    } finally {
      subscriber.close();
    }
  });

  const PAGES = [
    '/',
    '/overview',
    '/inventory',
    '/inventory/JOURNEY',
    '/intake',
    '/import',
    '/finance',
    '/approvals',
    '/operations',
    '/operations?show=dead',
    '/operations?show=stuck',
    '/operations?show=unacknowledged',
    '/operations?show=connections',
    '/operations?show=stock',
    '/operations?show=subscriptions',
    '/operations?show=personal',
    '/operations?show=audit',
    '/orders/LMB-ORD-2026-1042',
  ];

  test('what an agent asks for is previewed, and approved or declined', async () => {
    const { stack } = operator();
    await api(stack, 'POST', '/v1/inventory/ASKED/lots', { lotNumber: 'LOT-1', quantity: 10 });
    await api(stack, 'PUT', '/v1/agent-policy', { rules: [{ tools: ['create_order'] }] });
    const agent = await connect(stack, { subject: 'desk-agent' });
    const ask = (quantity: number) =>
      call(agent, 'create_order', {
        currency: 'USD',
        customer: { name: 'Ada\u202Eevil' },
        lines: [{ sku: 'ASKED', quantity, unitPrice: '20.00' }],
      });
    const { approvalId: wanted } = await ask(3);
    const { approvalId: unwanted } = await ask(4);
    const outcome = (approvalId: string) => call(agent, 'check_approval', { approvalId });

    await open('/approvals');
    const request = (units: number) =>
      page.getByRole('article').filter({ hasText: `reserves ${units} of LOT-1` });
    await request(3).getByText('desk-agent asks').waitFor();
    await request(3).getByText('$60.00').waitFor();
    // What turns the direction of the text is spelled out.
    await request(3)
      .getByRole('row', { name: /customer\.name — Ada⟨U\+202E⟩evil/ })
      .waitFor();
    expect(await barriers(page)).toEqual([]);
    await request(3).getByRole('button', { name: 'Approve' }).click();
    await request(3)
      .getByText(/decided by operator/)
      .waitFor();
    const { status, orderId } = await outcome(wanted);
    expect(status).toBe('APPROVED');

    await request(4).getByRole('textbox', { name: 'Reason for declining' }).fill('not today');
    await request(4).getByRole('button', { name: 'Decline' }).click();
    await request(4)
      .getByText(/not today/)
      .waitFor();
    expect(await outcome(unwanted)).toMatchObject({ status: 'DECLINED', detail: 'not today' });
    expect((await api(stack, 'GET', '/v1/orders?sku=ASKED')).body.items).toHaveLength(1);

    await open(`/orders/${orderId}`);
    await page.getByRole('tab', { name: 'History' }).click();
    await page
      .getByText(/AI agent local\/desk-agent, approved by operator/)
      .first()
      .waitFor();
  }, 60_000);

  test.each(['light', 'dark'] as const)(
    'no page has a barrier that axe finds, in %s colours',
    { tags: 'long', timeout: 120_000 },
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const found: string[] = [];
      for (const path of PAGES) {
        await open(path);
        await page.getByRole('main').waitFor();
        await page.waitForLoadState('networkidle').catch(() => {});
        found.push(...(await barriers(page)).map((barrier) => `${path} ${barrier}`));
      }
      expect(found).toEqual([]);
    },
  );

  test('nothing failed in the page, and no policy was broken', () => {
    expect(operator().problems).toEqual([]);
  });
});
