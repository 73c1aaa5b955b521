/**
 * `npm run cost [-- --orders 10 --lines 2]` runs orders through the whole loop, counts everything that AWS bills by
 * quantity, and prints the cost of a million such orders at the prices of `scripts/cost/prices.json`, and of a deployment
 * without orders.
 */

import { sum } from '../domain/money.ts';
import { readOptions, wholeNumber } from '../local/options.ts';
import { countAtRest } from './cost/at-rest.ts';
import { type Counted, countLoop } from './cost/count.ts';
import { charge, type Price } from './cost/price.ts';
import table from './cost/prices.json' with { type: 'json' };

const MILLION = 1_000_000;

const { values } = readOptions(import.meta.filename, {
  orders: { type: 'string', default: '10' },
  lines: { type: 'string', default: '2' },
});
const orders = wholeNumber(import.meta.filename, 'orders', values.orders, 1, 200);
const lines = wholeNumber(import.meta.filename, 'lines', values.lines, 1, 200);
const prices: Readonly<Record<keyof Counted, Price>> = table.prices;
const monthly: Readonly<Record<string, Price>> = table.monthly;
const {
  traces,
  keyRequests,
  customMetrics,
}: Readonly<Record<'traces' | 'keyRequests' | 'customMetrics', Price>> = table.optional;

/** Percentage of invocations beyond one a second that Lambda records (https://docs.aws.amazon.com/xray/latest/devguide/xray-services-lambda.html). */
const RECORDED_OF_A_HUNDRED = 5;

console.error(`${orders} orders of ${lines} lines, from received to closed, with all consumers …`);
const counted = await countLoop(orders, lines);
console.log(`A million orders of ${lines} lines, ${table.region}, prices of ${table.asOf}:`);
print(
  (Object.keys(prices) as (keyof Counted)[]).map((what) => {
    const each = counted[what] / orders;
    const { service, unit } = prices[what];
    const many = each.toFixed(each < 10 ? 2 : 0).padStart(7);
    return {
      dollars: charge(prices[what], Math.round(each * MILLION)),
      what: `${service.padEnd(15)} ${many} ${unit} an order`,
    };
  }),
);

const tracesOfMillion = Math.round((counted.traces / orders) * MILLION);
const recorded = Math.round((tracesOfMillion * RECORDED_OF_A_HUNDRED) / 100);
const many = (counted.traces / orders).toFixed(0);
console.log(`\nTraces in addition, ${many} an order (tracing: false leaves them out):`);
printTable([
  {
    dollars: charge(traces, recorded),
    what: 'in a burst, where five in a hundred are recorded',
  },
  {
    dollars: charge(traces, tracesOfMillion),
    what: 'at most, where no function runs more than once a second, and every one is recorded',
  },
]);

const { resources, queueRequests, keyRequests: uses, customMetrics: metrics } = await countAtRest();
console.log('\nA month without an order, without storage:');
print([
  ...Object.entries(monthly).map(([type, price]) => {
    const many = resources.get(type) ?? 0;
    return {
      dollars: charge(price, many),
      what: `${price.service.padEnd(15)} ${String(many).padStart(7)} ${price.unit}`,
    };
  }),
  {
    dollars: charge(prices.queueRequests, queueRequests),
    what: `${prices.queueRequests.service.padEnd(15)} ${queueRequests} requests to empty queues`,
  },
]);

console.log('\nThe checkpoint of each day in addition, in a month (checkpoints: off writes none):');
const DAYS = 30;
const scanned = Math.ceil((counted.scanUnits / orders) * MILLION) * DAYS;
printTable([
  {
    dollars: charge(prices.readUnits, scanned),
    what: `for each million orders in the table, ${(counted.scanUnits / orders).toFixed(2)} read units an order and day`,
  },
]);

console.log('\nCustom metrics in addition, in a month:');
printTable([
  {
    dollars: charge(customMetrics, metrics),
    what: `${metrics} at most, where each is emitted in every hour; one that is not costs nothing in that hour`,
  },
]);

console.log('\nA customer-managed key in addition, in a month (encryptionKey):');
printTable([
  { dollars: charge(table.monthly['AWS::KMS::Key'], 1), what: 'the key' },
  {
    dollars: charge(keyRequests, uses),
    what: `${uses} requests, where a function of each kind is always busy`,
  },
]);

interface Row {
  readonly dollars: string;
  readonly what: string;
}

function printTable(rows: readonly Row[]): void {
  for (const { dollars, what } of rows) console.log(`${dollars.padStart(10)} $  ${what}`);
}

function print(rows: readonly Row[]): void {
  printTable(rows);
  const total = sum(
    rows.map(({ dollars }) => dollars),
    'USD',
  );
  console.log(`${total.padStart(10)} $  together`);
}
