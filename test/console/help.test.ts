import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anchorOf } from '../../console/guide.ts';
import { HELP, helpFor } from '../../console/src/help.ts';
import { barriers, useOperator } from './support/operator.ts';

describe('the operator’s guide', () => {
  const sections = matches('docs/operators.md', /^## (.*)$/gm).map(anchorOf);
  const pages = matches('console/src/app.tsx', /<Route path="(\/[^"/]*)/g);
  const tabs = matches('console/src/pages/operations.tsx', /\{ name: '([^']+)'/g);
  const dialogs = globSync('console/src/order/*.tsx').flatMap((file) =>
    matches(file, /<ActionDialog\s+name="([^"]+)"/g),
  );

  test.each([
    ...pages.map((page) => [page, page, '']),
    ...tabs.map((tab) => [`the tab ${tab}`, '/operations', `show=${tab}`]),
    ...dialogs.map((dialog) => [`the dialog ${dialog}`, '/orders/LMB-ORD-2026-0041', `do=${dialog}`]),
  ])('has a section about %s', (_, path = '', search = '') => {
    const [, section] = helpFor(path, search).split('#');
    expect(sections).toContain(section);
  });

  test('has a section of its own for each dialog and tab', () => {
    const own = [
      ...tabs.slice(1).map((tab) => `/operations?show=${tab}`),
      ...dialogs.map((name) => `/orders?do=${name}`),
    ];
    expect(own.filter((each) => HELP[each] === undefined)).toEqual([]);
  });

  test('is found where a page has no section', () => {
    expect(helpFor('/nowhere', '')).toBe('/help');
  });
});

describe('help in the console', { tags: 'long' }, () => {
  const operator = useOperator();

  test('opens the guide at the section of the page, and leads to the glossary', async () => {
    const { page, problems } = operator();
    const heading = (name: string) => page.getByRole('heading', { name, exact: true });
    await operator().open('/operations?show=dead');
    await operator().seen('There are no dead letters.');
    await page.keyboard.press('Shift+?');
    await heading('Dead letters').waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/help#dead-letters');
    await expect.poll(async () => (await heading('Dead letters').boundingBox())?.y).toBeLessThan(200);
    expect(await barriers(page)).toEqual([]);

    await page.getByRole('link', { name: 'Help', exact: true }).click();
    await page.getByRole('main').getByRole('link', { name: 'glossary' }).first().click();
    await heading('Glossary').waitFor();
    expect(await barriers(page)).toEqual([]);
    // Whoever is signed in stays so: the page was not loaded anew.
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(problems).toEqual([]);
  });

  test('shows every picture of the guide', async () => {
    const { page } = operator();
    await operator().open('/help');
    await page.getByRole('heading', { name: 'The board', exact: true }).waitFor();
    // As text, since the tests are not type-checked against a browser.
    const missing = await page.evaluate(`(async () => {
      const pictures = [...document.querySelectorAll('.guide img')];
      for (const picture of pictures) picture.loading = 'eager';
      await Promise.allSettled(pictures.map((picture) => picture.decode()));
      return pictures.filter(({ naturalWidth }) => naturalWidth === 0).map(({ alt }) => alt);
    })()`);
    expect(missing).toEqual([]);
  });
});

/** @returns the first group of every match in a file. */
function matches(file: string, pattern: RegExp): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, found = '']) => found);
}
