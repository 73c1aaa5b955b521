/**
 * `npm run cost [-- --orders 20 --lines 2]` takes orders through the whole loop, counts everything that AWS bills by
 * its number, and prints what a million such orders cost at the prices of `scripts/cost/prices.json`.
 */
import { parseArgs } from 'node:util';
import { sum } from '../domain/money.ts';
import { type Counted, countLoop } from './cost/count.ts';
import { charge, type Price } from './cost/price.ts';
import table from './cost/prices.json' with { type: 'json' };

const MILLION = 1_000_000;

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '20' }, lines: { type: 'string', default: '2' } },
});
const orders = Number(values.orders);
const lines = Number(values.lines);
if (![orders, lines].every((each) => Number.isInteger(each) && each > 0 && each <= 200)) {
  console.error('npm run cost [-- --orders 1 to 200] [--lines 1 to 200]');
  process.exit(1);
}
console.error(`${orders} orders of ${lines} lines, from received to closed, with all consumers …`);
const counted = await countLoop(orders, lines);

const prices: Readonly<Record<keyof Counted, Price>> = table.prices;
const rows = (Object.keys(prices) as (keyof Counted)[]).map((what) => {
  const units = Math.round((counted[what] / orders) * MILLION);
  return { what, each: counted[what] / orders, dollars: charge(prices[what], units) };
});
console.log(`A million orders of ${lines} lines, ${table.region}, prices of ${table.asOf}:`);
for (const { what, each, dollars } of rows) {
  const { service, unit } = prices[what];
  console.log(
    `${dollars.padStart(10)} $  ${service.padEnd(15)} ${each.toFixed(each < 10 ? 2 : 0).padStart(7)} ${unit} an order`,
  );
}
const total = sum(
  rows.map(({ dollars }) => dollars),
  'USD',
);
console.log(`${total.padStart(10)} $  together`);
