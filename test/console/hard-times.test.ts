// @module-tag long
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { barriers, useOperator } from './support/operator.ts';

/** What a browser may have to load before the first page is there: kilobytes of compressed script. */
const MAX_SCRIPT = 250;
const PHONE = { width: 360, height: 740 };

describe('the console when things are not easy', () => {
  const operator = useOperator();

  test('the first load stays small', async () => {
    const { page, url } = operator();
    const scripts = new Set<string>();
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.add(new URL(request.url()).pathname);
    });
    await page.goto(url);
    await page.getByRole('article').first().waitFor();
    const dist = new URL('../../console/dist', import.meta.url).pathname;
    const bytes = [...scripts].map((path) => gzipSync(readFileSync(dist + path)).length);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.reduce((total, each) => total + each, 0) / 1024).toBeLessThan(MAX_SCRIPT);
  });

  test('without a connection it says so, keeps the input, sends it later, and recovers', async () => {
    const { page } = operator();
    await operator().open('/intake');
    const fill = (label: string, value: string) =>
      page.getByRole('textbox', { name: label, exact: true }).fill(value);
    await fill('Customer', 'Offline Olga');
    await page.context().setOffline(true);
    await operator().seen('This computer is offline');
    await fill('SKU', 'LMB-BRS-001');
    await fill('Units', '3');
    await fill('Unit price', '1.00');
    await operator().press('Create order');
    await operator().seen(/Your changes are sent when the connection is back/);
    expect(await page.getByRole('textbox', { name: 'Customer', exact: true }).inputValue()).toBe(
      'Offline Olga',
    );
    await page.context().setOffline(false);
    await page.waitForURL(/\/orders\//);
    await page.getByText('This computer is offline').waitFor({ state: 'hidden' });
    await operator().open('/?customer=Offline%20Olga');
    await expect.poll(() => page.getByRole('article').count(), { timeout: 15_000 }).toBe(1);
  });

  test('an expired session keeps a half-entered order; signing out removes it', async () => {
    const { page } = operator();
    const customer = page.getByRole('textbox', { name: 'Customer', exact: true });
    const sku = page.getByRole('textbox', { name: 'SKU', exact: true });
    await operator().open('/intake');
    await customer.fill('Expired Erin');
    await sku.fill('LMB-BRS-001');
    await page.getByRole('textbox', { name: 'Unit price', exact: true }).fill('1.00');
    await page.route('**/v1/orders', (route) => route.fulfill({ status: 401, body: '' }));
    await operator().press('Create order');
    const signIn = page.getByRole('button', { name: 'Sign in' });
    await signIn.waitFor();
    await page.unroute('**/v1/orders');
    // At an issuer the browser goes away and comes back.
    await page.reload();
    await customer.waitFor();
    expect([await customer.inputValue(), await sku.inputValue()]).toEqual(['Expired Erin', 'LMB-BRS-001']);
    await operator().press('Create order');
    await page.waitForURL(/\/orders\//);
    await operator().open('/intake');
    expect(await customer.inputValue()).toBe('');

    await customer.fill('Leaving Lou');
    await operator().press('Sign out');
    await signIn.click();
    await customer.waitFor();
    expect(await customer.inputValue()).toBe('');
  });

  test('an order can be found, opened and shipped by keyboard', async () => {
    const { page } = operator();
    const fields = { Customer: 'Kay', SKU: 'LMB-BRS-001', Units: '2', 'Unit price': '1.00' };
    const orderId = await operator().enter(fields);
    await operator().seen('Fulfillment queued');
    await operator().open('/');
    await page.getByRole('article').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type(orderId);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/orders\//);
    const focused = () => page.evaluate('document.activeElement?.textContent') as Promise<string | null>;
    await page.getByRole('button', { name: 'Ship' }).waitFor();
    for (let tabs = 0; tabs < 60 && (await focused()) !== 'Ship'; tabs++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Ship');
    await page.keyboard.press('Enter');
    // The dialog takes the focus to the one thing that has to be given.
    const tracking = page.getByRole('textbox', { name: 'Tracking number' });
    await expect
      .poll(() => tracking.evaluate((element) => element.matches(':focus')), { timeout: 15_000 })
      .toBe(true);
    await page.keyboard.type('1Z-KEYS');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await operator().seen('Shipped');
  });

  test('arrow keys move between cards', async () => {
    const { page } = operator();
    await operator().open('/');
    const cards = page.getByRole('article').getByRole('link');
    await cards.first().focus();
    const focused = () => page.evaluate('document.activeElement?.closest("section")?.ariaLabel');
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(first);
  });

  test('the portal page works on a phone, without script, and shows nothing internal', async () => {
    const fields = { Customer: 'Pia Portal', SKU: 'LMB-BRS-001', Units: '4', 'Unit price': '7.00' };
    const orderId = await operator().enter(fields);
    await operator().seen('Fulfillment queued');
    await operator().ship('1Z-PIA', '1');
    await operator().press('Portal links');
    await operator().page.getByText('The customer has no link.').waitFor();
    await operator().press('Create link');
    await operator()
      .page.getByRole('button', { name: /^Revoke the link of/ })
      .waitFor();
    const link = operator().page.getByRole('link', { name: /portal/ });
    const address = (await link.getAttribute('href')) ?? '';
    const context = await operator().browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    try {
      const page = await context.newPage();
      await page.goto(new URL(address, operator().url).href);
      await page.getByText(orderId).first().waitFor();
      await page.getByText(/1Z-PIA/).waitFor();
      const text = await page.locator('body').innerText();
      expect(text).not.toMatch(/LMB-LOT|operator|RECEIVED|FULFILLMENT_QUEUED/);
      const tooWide = await page.locator('html').boundingBox();
      expect(tooWide?.width).toBeLessThanOrEqual(PHONE.width);
    } finally {
      await context.close();
    }
  });

  test('no page is wider than a phone or has an accessibility fault there', async () => {
    const { browser, url } = operator();
    const page = await browser.newPage({ viewport: PHONE });
    try {
      const found: string[] = [];
      const paths = [
        '/',
        '/overview',
        '/inventory',
        '/inventory/LMB-BRS-001',
        '/intake',
        '/import',
        '/finance',
      ];
      for (const path of [...paths, '/approvals', '/operations', '/orders/LMB-ORD-2026-1042']) {
        await page.goto(url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle').catch(() => {});
        const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
        if (width > PHONE.width) found.push(`${path} is ${width} wide`);
        found.push(...(await barriers(page)).map((barrier) => `${path} ${barrier}`));
      }
      expect(found).toEqual([]);
    } finally {
      await page.close();
    }
  }, 120_000);

  test('nothing failed in the page, and no policy was broken', () => {
    expect(operator().problems).toEqual([]);
  });
});
