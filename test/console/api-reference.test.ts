// @module-tag long
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useOperator } from './support/operator.ts';

/** Milliseconds: the library draws the whole document before it hears a click. */
const DRAWN = 150_000;

describe('the API reference at /docs', () => {
  const operator = useOperator();
  const problems: string[] = [];
  let page: Page;

  beforeAll(async () => {
    // Without a browser there is no operator, and the tests are skipped.
    const { browser, url } = operator() ?? {};
    if (browser === undefined) return;
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(DRAWN);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
    });
    page.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(url) && !asked.startsWith('data:')) problems.push(`asked ${asked}`);
    });
  });

  test('finds an operation by a word, and tries it out with a token of the local stack', {
    timeout: 2 * DRAWN,
  }, async () => {
    const { url } = operator();
    await page.goto(`${url}/docs`);
    await page
      .getByRole('button', { name: /Search/ })
      .first()
      .click();
    await page.getByRole('combobox').or(page.getByRole('searchbox')).first().fill('newest first');
    await page
      .getByRole('option', { name: /Lists orders/ })
      .first()
      .click();
    await page.getByRole('button', { name: /Test Request.*get \/v1\/orders\)/ }).click();
    const response = page.waitForResponse((each) => each.url().startsWith(`${url}/v1/orders`));
    await page.getByRole('button', { name: /^Send/ }).first().click();
    expect((await response).status()).toBe(200);
  });

  test('asks nobody but the API, and its policy forbids nothing that it needs', () => {
    expect(problems).toEqual([]);
  });
});
