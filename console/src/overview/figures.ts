import type { OverviewResponse } from '../../../contract/overview.ts';
import { CHANNELS, type ChannelKind } from '../../../domain/order/channels.ts';
import { isFinal } from '../../../domain/order/lifecycle.ts';
import { count, money, words } from '../format.ts';

const PALETTE = ['teal.7', 'indigo.6', 'pink.7', 'orange.7', 'grape.6', 'lime.8'];

/** The colour of each channel, the same in every chart. */
export const CHANNEL_COLORS = Object.fromEntries(
  CHANNELS.map((channel, index) => [channel, PALETTE[index % PALETTE.length]]),
) as Readonly<Record<ChannelKind, string>>;

/** The colour of each state, the same in every chart. */
const STATE_COLORS: Readonly<Record<string, string>> = {
  RECEIVED: 'gray.6',
  ALLOCATED: 'indigo.4',
  FULFILLMENT_QUEUED: 'indigo.7',
  SHIPPED: 'cyan.7',
  DELIVERED: 'teal.5',
  CLOSED: 'teal.8',
  CANCELLED: 'red.7',
};

/** @returns the chart series of states. */
export function stateSeries(states: readonly string[]) {
  return states.map((state) => ({
    name: state,
    label: words(state),
    color: STATE_COLORS[state] ?? 'gray.6',
  }));
}

/** Formats a duration in the largest unit that gives a small number. */
export function span(seconds: number | null): string {
  if (seconds === null) return '—';
  const [number, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 5_400
        ? [seconds / 60, 'minute']
        : seconds < 172_800
          ? [seconds / 3_600, 'hour']
          : [seconds / 86_400, 'day'];
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: 'long',
    maximumFractionDigits: (number as number) < 10 && unit !== 'second' ? 1 : 0,
  }).format(number as number);
}

/** Formats a share in whole percent. */
export function percent(rate: number | null): string {
  return rate === null ? '—' : new Intl.NumberFormat(undefined, { style: 'percent' }).format(rate);
}

/** Formats amounts of several currencies. */
export function amounts(value: OverviewResponse['period']['value']): string {
  return value.map(({ amount, currency }) => money(amount, currency)).join(' · ') || '—';
}

/** Formats a UTC day in short form. */
export function shortDay(date: string): string {
  return new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** @returns a sentence on the current states. */
export function whereWords({ states }: OverviewResponse): string {
  const open = states.filter(({ state }) => !isFinal(state));
  const orders = open.reduce((total, each) => total + each.orders, 0);
  const most = open.toSorted((one, other) => other.orders - one.orders)[0];
  if (orders === 0 || most === undefined) return 'No order is open.';
  return `${count(orders)} open, most of them (${count(most.orders)}) ${words(most.state).toLowerCase()}.`;
}

/** @returns a sentence that compares the open orders now with the first day drawn. */
export function backlogWords(days: OverviewResponse['days']): string {
  const openAt = (day: OverviewResponse['days'][number] | undefined) =>
    (day?.atEnd ?? []).reduce((sum, { state, orders }) => sum + (!isFinal(state) ? orders : 0), 0);
  const [before, now] = [openAt(days[0]), openAt(days.at(-1))];
  const moved = before === now ? 'as many as the' : now > before ? 'more than the' : 'fewer than the';
  const first = days[0] === undefined ? '' : ` on ${shortDay(days[0].date)}`;
  return `${count(now)} are open now, ${moved} ${count(before)}${first}.`;
}

/** @returns a sentence on the state in which orders stay longest. */
export function slowestWords({ timeInState }: OverviewResponse): string {
  const slowest = timeInState
    .filter(({ averageSeconds }) => averageSeconds !== null)
    .toSorted((one, other) => (other.averageSeconds ?? 0) - (one.averageSeconds ?? 0))[0];
  if (slowest === undefined) return 'No order has left a state yet.';
  return `Longest ${words(slowest.state).toLowerCase()}: ${span(slowest.averageSeconds)} on average.`;
}

/** @returns a sentence on the SKU with the most backordered units. */
export function waitingWords({ backorders }: OverviewResponse): string {
  const [first] = backorders.skus;
  if (first === undefined) return 'Nothing waits for stock.';
  const others = backorders.skuCount - 1;
  if (others === 0) return `${count(first.units)} units of ${first.sku} wait.`;
  return `${count(backorders.units)} units wait, ${count(first.units)} of them for ${first.sku}, the rest for ${count(others)} more.`;
}
