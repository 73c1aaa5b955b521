import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../local/console-build.ts';
import type { LocalStack } from '../../local/stack.ts';
import { launchChromium } from '../../testing/chromium.ts';
import { startStack } from '../../testing/stack.ts';
import { isBrowserThere } from './support/operator.ts';

describe.runIf(isBrowserThere)('the API reference at /docs', () => {
  let stack: LocalStack;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const foreign: string[] = [];

  beforeAll(async () => {
    await buildConsole();
    [stack, browser] = await Promise.all([startStack(), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) problems.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(stack.url) && !request.url().startsWith('data:')) {
        foreign.push(request.url());
      }
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  test('finds an operation by a word, and tries it out with a token of the local stack', async () => {
    await page.goto(`${stack.url}/docs`);
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
    const response = page.waitForResponse((each) => each.url().startsWith(`${stack.url}/v1/orders`));
    await page.getByRole('button', { name: /^Send/ }).first().click();
    expect((await response).status()).toBe(200);
  });

  test('asks nobody but the API, and its policy forbids nothing that it needs', () => {
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
  });
});
