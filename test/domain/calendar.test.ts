import { expect, it } from 'vitest';
import { addDays, dateOf, daysBetween } from '../../domain/calendar.ts';

it('takes the date of an instant in UTC', () => {
  expect(dateOf('2026-03-10T23:59:59.999Z')).toBe('2026-03-10');
  expect(dateOf('2026-03-11T00:00:00.000Z')).toBe('2026-03-11');
});

it.each([
  ['2026-02-28', 1, '2026-03-01'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-03-01', -1, '2026-02-28'],
  ['2026-03-29', 1, '2026-03-30'],
  ['2026-03-10', 30, '2026-04-09'],
  ['2026-03-10', 0, '2026-03-10'],
])('%s and %i days is %s', (date, days, expected) => {
  expect(addDays(date, days)).toBe(expected);
  expect(daysBetween(date, expected)).toBe(days);
});
