import type { BoardResponse } from '../contract/responses.ts';
import { buildConsole } from '../local/console-build.ts';
import { chromiumPath, launchChromium } from '../testing/chromium.ts';
import { emit, progress } from './support/emit.ts';
import { measure } from './support/load.ts';
import { type BenchLoop, startLoop } from './support/loop.ts';
import { benchOrder, stocked } from './support/orders.ts';

/** Number of orders in the store. */
const ORDERS = 10_000;
/** One order in this many is on hold. */
const HELD = 1_000;
/** Number of cards that the browser scrolls down. */
const DOWN = 1_000;

/** Evaluated in the page: the position of the last rendered card of the column. */
const LAST_DRAWN =
  "Number([...document.querySelectorAll('[aria-label=Allocated] [data-index]')].at(-1)?.dataset.index)";

/**
 * The board with ten thousand orders: the time of the API, with and without filters, and the time of a browser until
 * cards are visible and until a thousand cards of a column have been scrolled.
 */
export async function board(milliseconds: number): Promise<void> {
  await buildConsole();
  const loop = await startLoop({ background: false });
  try {
    await fill(loop);
    const questions = {
      'the board': '/v1/board?limit=30',
      'the board of one channel': '/v1/board?limit=30&channel=MANUAL',
      'the board of held orders': '/v1/board?limit=30&attention=HELD',
      'the board of a customer': '/v1/board?limit=30&customer=Rare',
      'the board with a filter without an index': '/v1/board?limit=30&orderType=B2B',
      'a page of a column': '/v1/orders?state=ALLOCATED&limit=100',
      'an order by any number': '/v1/orders?number=PO-BENCH-77',
    };
    for (const [name, path] of Object.entries(questions)) {
      await measure({ concurrency: 1, most: 3 }, () => loop.done('GET', path));
      const { median, slowest } = await measure({ concurrency: 1, milliseconds }, () =>
        loop.done('GET', path),
      );
      emit({ name: `${name}: median`, value: median, unit: 'ms', orders: ORDERS });
      emit({ name: `${name}: slowest of a hundred`, value: slowest, unit: 'ms', orders: ORDERS });
    }
    await look(loop);
  } finally {
    await loop.stop();
  }
}

async function fill(loop: BenchLoop): Promise<void> {
  const skus = await stocked(loop, 'BOARD');
  progress(`board: creating ${ORDERS} orders`);
  await measure({ concurrency: 8, most: ORDERS }, async (index) => {
    // Every other order finds no stock and is backordered.
    const order = benchOrder(index % 2 === 0 ? skus : ['BOARD-SHORT'], {
      ...(index % HELD === 0 && { customer: { name: 'Rare' } }),
      ...(index === 77 && { orderType: 'B2B', purchaseOrderNumber: 'PO-BENCH-77' }),
    });
    const { orderId } = await loop.done<{ orderId: string }>('POST', '/v1/orders', order);
    if (index % HELD === 0) await loop.done('POST', `/v1/orders/${orderId}/holds`, { reason: 'OTHER' });
  });
  // The consumers are off, so the counts are rebuilt.
  const rebuild = () => loop.done<{ status: string }>('POST', '/v1/operations/overview/rebuild', {});
  while ((await rebuild()).status !== 'COMPLETE') progress('board: counting');
  const { columns } = await loop.done<BoardResponse>('GET', '/v1/board?limit=1');
  const counted = columns.reduce((total, { count }) => total + count, 0);
  if (counted !== ORDERS) throw new Error(`the board counts ${counted} orders`);
}

async function look(loop: BenchLoop): Promise<void> {
  if (chromiumPath() === null)
    return progress('board: no Chromium is installed, so the browser part is skipped');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const begun = performance.now();
    await page.goto(loop.url);
    await page.getByRole('article').first().waitFor();
    emit({
      name: 'the console: cards visible after',
      value: performance.now() - begun,
      unit: 'ms',
      orders: ORDERS,
    });
    const column = page.getByRole('region', { name: 'Allocated' });
    const cards = column.locator('.cards');
    const from = performance.now();
    for (let last = 0; last < DOWN; ) {
      await cards.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForFunction(`${LAST_DRAWN} > ${last}`, null, { timeout: 30_000 });
      last = Number(await page.evaluate(LAST_DRAWN));
    }
    emit({
      name: `the console: ${DOWN} cards down a column after`,
      value: performance.now() - from,
      unit: 'ms',
      orders: ORDERS,
    });
    emit({
      name: 'the console: cards rendered then',
      value: await page.getByRole('article').count(),
      unit: 'cards',
      orders: ORDERS,
    });
  } finally {
    await browser.close();
  }
}
