import type { OverviewResponse } from '../../contract/overview.ts';
import { addDays, daysBetween } from '../../domain/calendar.ts';
import { ORDER_STATES } from '../../domain/order/lifecycle.ts';
import { Channel } from '../../domain/order/terms.ts';
import { isOfState } from './board-view.ts';
import type { Counted } from './overview/counts.ts';
import type { OverviewRows } from './overview/rows.ts';
import { type CountedAs, moneyOf, rateOf, total } from './overview/sums.ts';

/** SKUs that are named, those that most units wait for first. */
const MAX_SKUS = 100;
/** Days that an order has waited for its backorder, from and up to; the last has no end. */
const AGES = [
  { fromDays: 0, toDays: 2 },
  { fromDays: 3, toDays: 6 },
  { fromDays: 7, toDays: 29 },
  { fromDays: 30, toDays: null },
] as const;

/** The days that an overview is of, both included, in UTC. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** @param now the present instant in UTC */
export async function overviewView(
  rows: OverviewRows,
  { from, to }: Period,
  now: string,
): Promise<OverviewResponse> {
  const today = now.slice(0, 10);
  const [states, days, backorders] = await Promise.all([
    rows.read('STATE'),
    rows.read('DAY', from, to < today ? today : to),
    rows.read('BACKORDER'),
  ]);
  const ofAllDays = days.filter(isOfDay);
  const ofStates = states.filter(isOfState);
  const ofDays = ofAllDays.filter(({ row }) => row.date <= to);
  const dates = Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index));
  return {
    from,
    to,
    states: ORDER_STATES.map((state) => stateView(ofStates, state, now)),
    period: periodView(ofDays),
    channels: Channel.options.map((channel) => ({
      channel,
      ...periodView(ofDays.filter(({ row }) => row.channel === channel)),
    })),
    days: dates.map((date) => {
      const own = ofDays.filter(({ row }) => row.date === date);
      const became = ORDER_STATES.map((state) => ({ state, orders: total(own, `in_${state}`) }));
      return {
        date,
        ...periodView(own),
        states: became.filter(({ orders }) => orders > 0),
        atEnd: atEndOf(date, ofStates, ofAllDays),
      };
    }),
    timeInState: ORDER_STATES.map((state) => {
      const stays = total(ofDays, `stays_${state}`);
      return { state, stays, averageSeconds: average(total(ofDays, `seconds_${state}`), stays) };
    }),
    backorders: backordersView(backorders.filter(isOfBackorder), today),
  };
}

function stateView(rows: readonly CountedAs<'STATE'>[], state: (typeof ORDER_STATES)[number], now: string) {
  const own = rows.filter(({ row }) => row.state === state);
  const orders = total(own, 'orders');
  const age = orders * Math.round(Date.parse(now) / 1000) - total(own, 'since');
  return {
    state,
    orders,
    value: moneyOf(own),
    averageAgeSeconds: average(age, orders),
    channels: Channel.options.flatMap((channel) => {
      const ofChannel = own.filter(({ row }) => row.channel === channel);
      const count = total(ofChannel, 'orders');
      return count === 0 ? [] : [{ channel, orders: count, value: moneyOf(ofChannel) }];
    }),
  };
}

/** Where orders were when a day ended: where they are now, less how they have moved since. */
function atEndOf(date: string, now: readonly CountedAs<'STATE'>[], days: readonly CountedAs<'DAY'>[]) {
  const later = days.filter(({ row }) => row.date > date);
  return ORDER_STATES.map((state) => {
    const own = now.filter(({ row }) => row.state === state);
    return { state, orders: total(own, 'orders') - total(later, `net_${state}`) };
  }).filter(({ orders }) => orders > 0);
}

function periodView(rows: readonly CountedAs<'DAY'>[]): OverviewResponse['period'] {
  const number = (name: string) => total(rows, name);
  const [unitsOrdered, unitsWaited] = [number('unitsOrdered'), number('unitsWaited')];
  const [inWindow, early, late] = [
    number('delivered_IN_WINDOW'),
    number('delivered_EARLY'),
    number('delivered_LATE'),
  ];
  return {
    orders: number('orders'),
    value: moneyOf(rows),
    closed: number('closed'),
    cancelled: number('cancelled'),
    fillRate: { unitsOrdered, unitsWaited, rate: rateOf(unitsOrdered - unitsWaited, unitsOrdered) },
    deliveryWindows: { inWindow, early, late, rate: rateOf(inWindow, inWindow + early + late) },
  };
}

function backordersView(rows: readonly CountedAs<'BACKORDER'>[], today: string) {
  const waiting = rows.filter(({ numbers }) => (numbers.units ?? 0n) > 0n);
  const skus = [...Map.groupBy(waiting, ({ row }) => row.sku)].map(([sku, own]) => ({
    sku,
    units: total(own, 'units'),
    oldestReceivedOn: own.reduce((oldest, { row }) => (row.date < oldest ? row.date : oldest), today),
    ages: AGES.map(({ fromDays, toDays }) => ({
      fromDays,
      toDays,
      units: total(
        own.filter(({ row }) => {
          const age = Math.max(0, daysBetween(row.date, today));
          return age >= fromDays && (toDays === null || age <= toDays);
        }),
        'units',
      ),
    })),
  }));
  skus.sort((one, other) => other.units - one.units || (one.sku < other.sku ? -1 : 1));
  return { units: total(waiting, 'units'), skuCount: skus.length, skus: skus.slice(0, MAX_SKUS) };
}

function average(sum: number, count: number): number | null {
  return count <= 0 ? null : Math.max(0, Math.round(sum / count));
}

function isOfDay(counted: Counted): counted is CountedAs<'DAY'> {
  return counted.row.kind === 'DAY';
}

function isOfBackorder(counted: Counted): counted is CountedAs<'BACKORDER'> {
  return counted.row.kind === 'BACKORDER';
}
