import * as z from 'zod';
import { dateOf } from '../../../domain/calendar.ts';
import { minorUnits } from '../../../domain/money.ts';
import { CHANNELS } from '../../../domain/order/channels.ts';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type { OrderProjection } from './order-projection.ts';

const StateName = z.enum(ORDER_STATES);
const ChannelName = z.enum(CHANNELS);

/** What a row of numbers is about. */
export type Row =
  | {
      readonly kind: 'STATE';
      readonly state: OrderProjection['state'];
      readonly channel: OrderProjection['channel'];
      readonly currency: string;
    }
  | {
      readonly kind: 'DAY';
      readonly date: string;
      readonly channel: OrderProjection['channel'];
      readonly currency: string;
    }
  | { readonly kind: 'BACKORDER'; readonly date: string; readonly sku: string };

/** Numbers by their name. Money is in the currency's smallest unit, `since` in epoch seconds. */
export type Numbers = Readonly<Record<string, bigint>>;

export interface Counted {
  readonly row: Row;
  readonly numbers: Numbers;
}

/**
 * What one order adds to the rows: the overview is the sum over all orders of this, whatever order it is summed in.
 * Days are those on which orders were received; only `net_…` is of the days on which orders moved.
 */
export function countsOf(projection: OrderProjection | null): readonly Counted[] {
  if (projection === null || projection.voided) return [];
  const { state, channel, currency, punctuality } = projection;
  const date = dateOf(projection.receivedAt);
  const value = minorUnits(projection.total, currency);
  const stays = Object.entries(projection.stays).flatMap(([left, stay]): [string, bigint][] => [
    [`stays_${left}`, BigInt(stay.stays)],
    [`seconds_${left}`, BigInt(stay.seconds)],
  ]);
  const since = BigInt(Math.round(Date.parse(projection.since) / 1000));
  return [
    { row: { kind: 'STATE', state, channel, currency }, numbers: { orders: 1n, value, since } },
    {
      row: { kind: 'DAY', date, channel, currency },
      numbers: {
        orders: 1n,
        value,
        [`in_${state}`]: 1n,
        ...(state === 'CLOSED' && { closed: 1n }),
        ...(state === 'CANCELLED' && { cancelled: 1n }),
        unitsOrdered: BigInt(projection.unitsOrdered),
        unitsWaited: BigInt(Math.min(projection.unitsWaited, projection.unitsOrdered)),
        ...(punctuality !== undefined && { [`delivered_${punctuality}`]: 1n }),
        ...Object.fromEntries(stays),
      },
    },
    ...Object.entries(projection.moves ?? {}).map(
      ([day, nets]): Counted => ({
        row: { kind: 'DAY', date: day, channel, currency },
        numbers: Object.fromEntries(
          Object.entries(nets).map(([moved, net]) => [`net_${moved}`, BigInt(net)]),
        ),
      }),
    ),
    ...projection.backorders.map(
      ({ sku, units }): Counted => ({
        row: { kind: 'BACKORDER', date, sku },
        numbers: { units: BigInt(units) },
      }),
    ),
  ];
}

/** What has to be added to the rows, so that they count an order as it is now and no longer as it was. */
export function changeOf(before: readonly Counted[], after: readonly Counted[]): readonly Counted[] {
  const rows = new Map<string, { row: Row; numbers: Record<string, bigint> }>();
  const add = ({ row, numbers }: Counted, sign: 1n | -1n) => {
    const sum = rows.get(rowName(row)) ?? { row, numbers: {} };
    for (const [name, number] of Object.entries(numbers)) {
      sum.numbers[name] = (sum.numbers[name] ?? 0n) + sign * number;
    }
    rows.set(rowName(row), sum);
  };
  for (const counted of before) add(counted, -1n);
  for (const counted of after) add(counted, 1n);
  return [...rows.values()].flatMap(({ row, numbers }) => {
    const moved = Object.entries(numbers).filter(([, number]) => number !== 0n);
    return moved.length === 0 ? [] : [{ row, numbers: Object.fromEntries(moved) }];
  });
}

/** The row as one text that no other row has: a SKU may hold any separator and stands last. */
export function rowName(row: Row): string {
  switch (row.kind) {
    case 'STATE':
      return `STATE#${row.state}#${row.channel}#${row.currency}`;
    case 'DAY':
      return `DAY#${row.date}#${row.channel}#${row.currency}`;
    case 'BACKORDER':
      return `BACKORDER#${row.date}#${row.sku}`;
  }
}

/** @throws ZodError for a name that `rowName` did not write */
export function rowOf(name: string): Row {
  const [kind = '', first = '', second = '', third = ''] = name.split('#');
  if (kind === 'STATE') {
    return {
      kind,
      state: StateName.parse(first),
      channel: ChannelName.parse(second),
      currency: third,
    };
  }
  if (kind === 'DAY') return { kind, date: first, channel: ChannelName.parse(second), currency: third };
  return { kind: 'BACKORDER', date: first, sku: name.slice(`BACKORDER#${first}#`.length) };
}
