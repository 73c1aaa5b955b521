import { buildConsole } from '../local/console-build.ts';
import { chromiumPath, launchChromium } from '../testing/chromium.ts';
import { emit, progress } from './support/emit.ts';
import { startLoop } from './support/loop.ts';

const PAGES = [
  '/',
  '/orders/LMB-ORD-2026-1042',
  '/inventory/LMB-BRS-001',
  '/overview',
  '/intake',
  '/finance',
  '/operations',
];
/** Lighthouse's default: a phone with a quarter of this machine's processor. */
const SLOWER = 4;
const PHONE = { width: 412, height: 823 };
/** Milliseconds that a page is observed after it is idle. */
const WATCHED = 1_500;

interface Seen {
  /** Largest Contentful Paint in milliseconds. */
  readonly painted: number;
  /** Cumulative Layout Shift. */
  readonly shifted: number;
  /** Total Blocking Time: milliseconds beyond fifty of each long task. */
  readonly blocked: number;
}

/**
 * The metrics of Lighthouse's performance audit, measured in the browser: each page loaded without cache, at a phone's
 * size and with the processor slowed down to a quarter. Prints a notice and ends where no Chromium is installed.
 */
export async function pages(): Promise<void> {
  if (chromiumPath() === null) {
    progress('pages: no Chromium is installed, and CHROMIUM_PATH names none');
    return;
  }
  await buildConsole();
  const loop = await startLoop({ seed: true });
  const browser = await launchChromium();
  try {
    for (const path of PAGES) {
      const page = await browser.newPage({ viewport: PHONE });
      const problems: string[] = [];
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
      await page.goto(loop.url + path, { waitUntil: 'networkidle' });
      await page.waitForTimeout(WATCHED);
      const seen = await page.evaluate<Seen>(LOOK);
      const report = (figure: string, value: number, unit: string) =>
        emit({ name: `pages: ${figure}`, value, unit, path });
      report('largest contentful paint', seen.painted, 'ms');
      report('layout shift', seen.shifted, 'score');
      report('blocked', seen.blocked, 'ms');
      report('errors', problems.length, 'errors');
      for (const problem of problems) progress(`${path}: ${problem}`);
      await page.close();
    }
  } finally {
    await browser.close();
    await loop.stop();
  }
}

/** Evaluated in the page: reads the buffered performance entries; a type without entries never calls back. */
const LOOK = `(async () => {
  const noted = (type) => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type, buffered: true });
    setTimeout(() => resolve([]), 500);
  });
  const [paints, shifts, tasks] = await Promise.all(
    ['largest-contentful-paint', 'layout-shift', 'longtask'].map(noted),
  );
  const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
  return {
    painted: paints.at(-1)?.startTime ?? 0,
    shifted: sum(shifts.filter((each) => !each.hadRecentInput).map((each) => each.value)),
    blocked: sum(tasks.map((each) => Math.max(0, each.duration - 50))),
  };
})()`;
