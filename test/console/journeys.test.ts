import { createHmac } from 'node:crypto';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../local/console-build.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { chromiumPath, launchChromium } from '../../scripts/tools/chromium.ts';

const isBrowserThere = chromiumPath() !== null;
if (!isBrowserThere) {
  console.warn(
    'The console was not tried in a browser: no Chromium is installed, and CHROMIUM_PATH names none.',
  );
}

describe.skipIf(!isBrowserThere)('the console in a browser', () => {
  let stack: LocalStack;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    await buildConsole(() => {});
    stack = await startLocalStack({ context: { queueAfterSeconds: 0 }, seed: true });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  const open = (path: string) => page.goto(stack.url + path);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  const seen = (text: string | RegExp) => page.getByText(text, { exact: true }).first().waitFor();

  async function receive(sku: string, lotNumber: string, units: number) {
    await open(`/inventory/${sku}`);
    await page.getByRole('textbox', { name: 'Lot' }).fill(lotNumber);
    await page.getByRole('textbox', { name: 'Units' }).fill(String(units));
    await press('Receive');
    await page.getByRole('cell', { name: lotNumber }).first().waitFor();
  }

  async function enter(fields: Readonly<Record<string, string>>, wholesale = false) {
    await open('/intake');
    if (wholesale) await page.getByText('Wholesale', { exact: true }).click();
    for (const [label, value] of Object.entries(fields)) {
      await page.getByRole('textbox', { name: label, exact: true }).fill(value);
    }
    await press('Take the order in');
    await page.waitForURL(/\/orders\//);
  }

  async function ship(tracking: string, units?: string) {
    await press('Ship');
    await page.getByRole('textbox', { name: 'Tracking number' }).fill(tracking);
    if (units !== undefined) await page.getByRole('textbox', { name: /^Line 1/ }).fill(units);
    await press('Record the shipment');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }

  test('an order comes in, is pinned, shipped in two parts, delivered, and closed', async () => {
    await receive('JOURNEY', 'LOT-EARLY', 50);
    await receive('JOURNEY', 'LOT-LATE', 50);
    await enter({ Customer: 'Ada Lovelace', SKU: 'JOURNEY', Units: '10', 'Price of one': '20.00' });
    await seen('Reserved for order');
    await page.getByRole('textbox', { name: 'Lot' }).fill('LOT-LATE');
    await press('Pin');
    await seen('Pinned');
    await seen(/Lot LOT-LATE · 10 units/);
    await seen('Fulfillment queued');
    await ship('1Z-PART-1', '4');
    await seen('Partly shipped');
    await ship('1Z-PART-2');
    for (const part of [1, 2]) {
      await press('Confirm delivery');
      await page.getByRole('textbox', { name: 'Signed by' }).fill(`part ${part}`);
      await press('It has arrived');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await seen('Closed');
    await page.getByRole('tab', { name: 'History' }).click();
    await seen(/Order closed/);
    await seen(/Person operator/);
  });

  test('a wholesale order is checked for whole cases, entered, held and released', async () => {
    await receive('CASES', 'LOT-C', 100);
    await open('/intake');
    await page.getByText('Wholesale', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Units', exact: true }).fill('25');
    await page.getByRole('textbox', { name: 'Units per case' }).fill('12');
    await seen('25 is no whole number of cases');
    const terms = { Customer: 'IRONRIDGE', 'Purchase order': 'PO-CONSOLE-1', 'Payment terms': 'NET30' };
    await enter(
      { ...terms, SKU: 'CASES', Units: '24', 'Price of one': '20.00', 'Units per case': '12' },
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

  test('a recalled lot tells whose orders it touches', async () => {
    await receive('RECALL', 'LOT-BAD', 20);
    await enter({ Customer: 'Bea', SKU: 'RECALL', Units: '5', 'Price of one': '1.00' });
    await open('/inventory/RECALL');
    await press('Change LOT-BAD');
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Recalled' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('a bad seal');
    await seen(/5 reserved units are taken off it/);
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await seen('1 orders are affected:');
  });

  test('the board is narrowed among all orders, keeps that in the address, and finds any number', async () => {
    await open('/');
    await page.getByRole('region', { name: 'Received' }).waitFor();
    await page.getByRole('combobox', { name: 'Customer' }).fill('ada lovelace');
    await page.keyboard.press('Enter');
    await page.waitForURL(/customer=ada/);
    await page.reload();
    expect(await page.getByRole('combobox', { name: 'Customer' }).inputValue()).toBe('ada lovelace');
    const cards = page.getByRole('article');
    await expect.poll(() => cards.count()).toBe(1);
    for (const number of ['PO-CONSOLE-1', '1Z-PART-2']) {
      await open('/');
      await page.getByRole('textbox', { name: 'Find an order' }).fill(number);
      await press('Find');
      await page.waitForURL(/\/orders\//);
    }
    await open('/?number=nobody-has-this');
    await seen('No order has the number nobody-has-this.');
  });

  test('a card moves where its state lets it, by key, by menu and by hand, and says why nowhere else', async () => {
    await receive('MOVES', 'LOT-M', 20);
    await enter({ Customer: 'Mover', SKU: 'MOVES', Units: '2', 'Price of one': '1.00' });
    const orderId = page.url().split('/').at(-1) ?? '';
    await seen('Fulfillment queued');
    await open('/?customer=Mover');
    const card = page.getByRole('article', { name: orderId });
    await card.dragTo(page.getByRole('region', { name: 'Closed' }));
    await seen(/cannot go to Closed. It is in In fulfillment; from there it goes to Shipped or Cancelled/);
    await card.getByRole('link').focus();
    await page.keyboard.press('m');
    await page.getByRole('menuitem', { name: 'Ship …' }).waitFor();
    await page.keyboard.press('Escape');
    await card.dragTo(page.getByRole('region', { name: 'Cancelled' }));
    await seen('Given back to stock');
    await page.getByRole('textbox', { name: 'Reason' }).fill('changed their mind');
    await press('Cancel the order');
    await seen('Cancelled');
  });

  test('an amendment is shown before and after, and made only then', async () => {
    // Nothing is in stock, so that the order waits and can be amended.
    await enter({ Customer: 'Amy', SKU: 'AMEND', Units: '2', 'Price of one': '1.00' });
    await press('Amend');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'City' }).fill('Boise');
    await dialog.getByRole('spinbutton', { name: /Line 1, AMEND/ }).fill('5');
    await press('Show what would change');
    const changes = dialog.getByRole('table', { name: 'What would change' });
    await changes.waitFor();
    const rows = await changes.getByRole('row').allInnerTexts();
    expect(rows.map((row) => row.split(/\s*\t\s*/))).toEqual([
      ['', 'Before', 'After'],
      ['Ship to', '—', 'Boise'],
      ['Line 1, units', '2', '5'],
      ['Total', '$2.00', '$5.00'],
      ['Line 1, waiting for stock', '2', '5'],
    ]);
    await press('Amend it so');
    await dialog.waitFor({ state: 'hidden' });
    await seen('Boise');
    await page.getByRole('tab', { name: 'History' }).click();
    await seen(/line 1: 2 → 5 units/);
  });

  test('a file of orders is imported with its report', async () => {
    await open('/import');
    const text =
      'order,sku,quantity,unit_price,currency,customer_name\nUP-1,JOURNEY,1,1.00,USD,Ada\nUP-2,JOURNEY,x,1.00,USD,Ada\n';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByRole('main').getByRole('button', { name: 'Import' }).click();
    await seen('1 orders received, 0 known already, 1 refused.');
    await seen(/row 3, quantity/);
  });

  test('a message that nothing could deal with is read, tried again, and dismissed', async () => {
    const body = JSON.stringify({ id: 1, note: 'nobody reads this topic' });
    const signature = createHmac('sha256', 'local-shopify-secret').update(body).digest('base64');
    const sent = await fetch(`${stack.url}/webhooks/shopify`, {
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
    await message.getByRole('button', { name: 'Show what was sent' }).click();
    await message.getByText(/nobody reads this topic/).waitFor();
    await message.getByRole('button', { name: 'Try again' }).click();
    await seen(/It was kept aside again/);
    await message.getByText(/tried again once/).waitFor();
    await message.getByRole('button', { name: 'Dismiss' }).click();
    await message.getByRole('textbox', { name: 'Why nothing is to be done' }).fill('not of this shop');
    await message.getByRole('button', { name: 'Dismiss it' }).click();
    await message.waitFor({ state: 'hidden' });
    await page.getByText('Dismissed', { exact: true }).click();
    await message.getByText(/by operator .*: not of this shop/).waitFor();
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
    '/orders/LMB-ORD-2026-1042',
  ];

  test.each(['light', 'dark'] as const)(
    'no page has a barrier that axe finds, in %s colours',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const found: string[] = [];
      for (const path of PAGES) {
        await open(path);
        await page.getByRole('main').waitFor();
        await page.waitForLoadState('networkidle').catch(() => {});
        await page.evaluate(axe.source);
        const violations = await page.evaluate(async () => {
          const { axe: tool } = globalThis as unknown as { axe: typeof axe };
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
          const { violations: all } = await tool.run({ runOnly: tags });
          return all.map(
            ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
          );
        });
        found.push(...violations.map((violation) => `${path} ${violation}`));
      }
      expect(found).toEqual([]);
    },
    120_000,
  );

  test('nothing failed in the page, and no policy was broken', () => {
    expect(problems).toEqual([]);
  });
});
