/** `npm run screenshots`: the console's main pages in both colour schemes, of a loop with demonstration traffic, for the README. */
import { launchChromium } from './tools/chromium.ts';

const URL_OF_LOOP = process.env.ORDER_LOOP_URL ?? 'http://127.0.0.1:4000';
const FOLDER = new URL('../docs/screenshots/', import.meta.url).pathname;
const PAGES = {
  board: '/',
  order: '/orders/LMB-ORD-2026-1042',
  inventory: '/inventory',
  overview: '/overview',
  intake: '/intake',
};

const browser = await launchChromium();
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(URL_OF_LOOP + path, { waitUntil: 'networkidle' }).catch(() => {});
    await page.getByRole('main').waitFor();
    await page.screenshot({ path: `${FOLDER}${name}-${colorScheme}.png` });
    console.log(`${name} ${colorScheme}`);
  }
}
const phone = await browser.newPage({ viewport: { width: 390, height: 800 } });
await phone.goto(URL_OF_LOOP, { waitUntil: 'networkidle' }).catch(() => {});
await phone.screenshot({ path: `${FOLDER}board-phone.png` });
await browser.close();
