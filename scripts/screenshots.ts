/** `npm run screenshots`: takes the console's main pages in both colour schemes, from a loop with demo traffic, for the README. */
import { join } from 'node:path';
import { readOptions } from '../local/options.ts';
import { launchChromium } from '../testing/chromium.ts';

const URL_OF_LOOP = process.env.ORDER_LOOP_URL ?? 'http://127.0.0.1:4000';
const FOLDER = join(import.meta.dirname, '..', 'docs', 'screenshots');
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
const browser = await launchChromium();
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(URL_OF_LOOP + path, { waitUntil: 'networkidle' }).catch(() => {});
    await page.getByRole('main').waitFor();
    await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png` });
    console.log(`${name} ${colorScheme}`);
  }
}
const phone = await browser.newPage({ viewport: { width: 360, height: 740 } });
await phone.goto(`${URL_OF_LOOP}${PAGES.board}`, { waitUntil: 'networkidle' }).catch(() => {});
await phone.screenshot({ path: `${FOLDER}/board-phone.png` });
await phone.goto(`${URL_OF_LOOP}${PAGES.order}`, { waitUntil: 'networkidle' }).catch(() => {});
await phone.screenshot({ path: `${FOLDER}/order-phone.png` });
await browser.close();
