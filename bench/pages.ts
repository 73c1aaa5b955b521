import { buildConsole } from '../local/console-build.ts';
import { chromiumPath, launchChromium } from '../testing/chromium.ts';
import { emit, tell } from './support/emit.ts';
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
/** What Lighthouse simulates by default: a telephone with a quarter of this machine's processor. */
const SLOWER = 4;
const PHONE = { width: 412, height: 823 };
/** Milliseconds that a page is watched after it has come to rest. */
const WATCHED = 1_500;

interface Seen {
  /** Milliseconds until the largest piece of the page was painted. */
  readonly painted: number;
  /** How much moved that nobody touched, as Cumulative Layout Shift counts it. */
  readonly shifted: number;
  /** Milliseconds beyond fifty of each task that held the page up. */
  readonly blocked: number;
}

/**
 * The measures of Lighthouse's performance audit, taken by the browser itself: each page loaded afresh, at a
 * telephone's size and with a processor slowed down to a quarter. Tells so and ends where no Chromium is installed.
 */
export async function pages(): Promise<void> {
  if (chromiumPath() === null) {
    tell('pages: no Chromium is installed, and CHROMIUM_PATH names none');
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
      report('largest paint', seen.painted, 'ms');
      report('layout shift', seen.shifted, 'score');
      report('blocked', seen.blocked, 'ms');
      report('errors', problems.length, 'errors');
      for (const problem of problems) tell(`${path}: ${problem}`);
      await page.close();
    }
  } finally {
    await browser.close();
    await loop.stop();
  }
}

/** Asks the browser for what it has noted since the page began; nothing is told of a type of which nothing was noted. */
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
