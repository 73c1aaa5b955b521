import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { buildConsole } from '../../../local/console-build.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { chromiumPath, launchChromium } from '../../../testing/chromium.ts';
import { startStack } from '../../../testing/stack.ts';

const NO_BROWSER = chromiumPath() === null ? 'no Chromium is installed, and CHROMIUM_PATH names none' : null;

/** Somebody who works with the console, in a browser, on a loop that runs. */
export class Operator {
  readonly stack: LocalStack;
  readonly url: string;
  readonly browser: Browser;
  readonly page: Page;
  /** What failed in the page, and what its policy forbade. */
  readonly problems: string[] = [];

  constructor(stack: LocalStack, browser: Browser, page: Page) {
    this.stack = stack;
    this.url = stack.url;
    this.browser = browser;
    this.page = page;
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.problems.push(message.text());
    });
  }

  open(path: string) {
    return this.page.goto(this.url + path);
  }

  press(name: string | RegExp) {
    return this.page.getByRole('button', { name }).click();
  }

  seen(text: string | RegExp) {
    return this.page.getByText(text, { exact: true }).first().waitFor();
  }

  /** Receives stock on the SKU's page. */
  async receive(sku: string, lotNumber: string, units: number) {
    await this.open(`/inventory/${sku}`);
    await this.page.getByRole('textbox', { name: 'Lot' }).fill(lotNumber);
    await this.page.getByRole('textbox', { name: 'Units' }).fill(String(units));
    await this.press('Receive');
    await this.page.getByRole('cell', { name: lotNumber }).first().waitFor();
  }

  /** Enters an order by hand. @returns its id */
  async enter(fields: Readonly<Record<string, string>>, wholesale = false) {
    await this.open('/intake');
    if (wholesale) await this.page.getByText('Wholesale', { exact: true }).click();
    for (const [label, value] of Object.entries(fields)) {
      await this.page.getByRole('textbox', { name: label, exact: true }).fill(value);
    }
    await this.press('Create order');
    await this.page.waitForURL(/\/orders\//);
    return this.page.url().split('/').at(-1) ?? '';
  }

  /** Records a shipment on the order's page. */
  async ship(tracking: string, units?: string) {
    await this.press('Ship');
    await this.page.getByRole('textbox', { name: 'Tracking number' }).fill(tracking);
    if (units !== undefined) await this.page.getByRole('textbox', { name: /^Line 1/ }).fill(units);
    await this.press('Record shipment');
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
}

/** @returns what axe has against a page, each with the elements it means */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as { axe: typeof axe };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await tool.run({ runOnly: tags });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
    );
  });
}

/**
 * Starts a loop, builds the console, and opens a browser for the tests of a file. Where there is no browser they are
 * skipped, except with CI=true: there nobody would miss them.
 */
export function useOperator(): () => Operator {
  let stack: LocalStack | undefined;
  let operator: Operator | undefined;
  beforeAll(async () => {
    if (NO_BROWSER !== null) {
      if (process.env.CI === 'true') throw new Error(NO_BROWSER);
      return;
    }
    await buildConsole();
    stack = await startStack({ context: { queueAfterSeconds: 0 }, seed: true });
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' });
    operator = new Operator(stack, browser, page);
  }, 120_000);
  beforeEach((context) => context.skip(NO_BROWSER !== null, `the console in a browser, ${NO_BROWSER}`));
  afterAll(async () => {
    await operator?.browser.close();
    await stack?.stop();
  });
  return () => operator as Operator;
}
