import { expect, test } from 'vitest';
import type { OrderProjection } from '../../functions/reporting/overview/order-projection.ts';
import { ordersIn, stateDurations } from '../../functions/reporting/overview/state-durations.ts';

const projection = (stays: OrderProjection['stays']) => ({ stays }) as OrderProjection;

test('a state is told when it is left, with the seconds of that stay alone', () => {
  const first = projection({ RECEIVED: { stays: 1, seconds: 5 } });
  const back = projection({ RECEIVED: { stays: 2, seconds: 12 }, ALLOCATED: { stays: 1, seconds: 60 } });
  expect(stateDurations(null, first)).toEqual([{ state: 'RECEIVED', seconds: 5 }]);
  expect(stateDurations(first, back)).toEqual([
    { state: 'RECEIVED', seconds: 7 },
    { state: 'ALLOCATED', seconds: 60 },
  ]);
  expect(stateDurations(back, back)).toEqual([]);
});

test('orders of a state are counted over channels, currencies and parts of the rows', () => {
  const row = { kind: 'STATE', state: 'SHIPPED', channel: 'EDI', currency: 'USD' } as const;
  const other = { kind: 'DAY', date: '2026-03-10', channel: 'EDI', currency: 'USD' } as const;
  const counts = ordersIn([
    { row, numbers: { orders: 3n } },
    { row: { ...row, currency: 'EUR' }, numbers: { orders: 2n } },
    { row: other, numbers: { orders: 9n } },
  ]);
  expect([...counts]).toEqual([['SHIPPED', 5]]);
});
