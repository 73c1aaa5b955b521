import { describe, expect, it } from 'vitest';
import { stepResult, type WindowTerms } from '../../functions/fulfillment/workflow.ts';

const DAY = 86_400;
const NEVER = 365 * DAY;
const deliveryWindow = { start: '2026-03-10', end: '2026-03-14' };

/** Seconds until the workflow looks at the window again, with two days before its end as the time of risk. */
function seconds(now: string, terms: Partial<WindowTerms> = {}): number {
  const order: WindowTerms = { orderId: 'X', state: 'FULFILLMENT_QUEUED', deliveryWindow, ...terms };
  return stepResult(order, now, 2).windowTimeoutSeconds;
}

describe('the time until the delivery window has to be looked at', () => {
  it.each<[string, string, Partial<WindowTerms>, number]>([
    ['it comes to be at risk', '2026-03-11T00:00:00.000Z', {}, DAY],
    ['it comes to be at risk, to the next whole second', '2026-03-11T23:59:58.001Z', {}, 2],
    ['it is at risk, which is to be recorded', '2026-03-12T00:00:00.000Z', {}, 1],
    ['it is at risk, which is to be recorded on its last day', '2026-03-14T23:59:59.999Z', {}, 1],
    [
      'it is missed, once the risk is recorded',
      '2026-03-12T00:00:00.000Z',
      { deliveryWindowStatus: 'AT_RISK' },
      3 * DAY,
    ],
    [
      'it is missed, which is to be recorded',
      '2026-03-15T00:00:00.000Z',
      { deliveryWindowStatus: 'AT_RISK' },
      1,
    ],
    ['it was missed before anybody looked', '2026-04-01T00:00:00.000Z', {}, 1],
    ['it is missed, for goods on their way', '2026-03-11T00:00:00.000Z', { state: 'SHIPPED' }, 4 * DAY],
    ['never: the miss is recorded', '2026-03-20T00:00:00.000Z', { deliveryWindowStatus: 'MISSED' }, NEVER],
    ['never: there is none', '2026-03-20T00:00:00.000Z', { deliveryWindow: undefined }, NEVER],
    ['never: the goods are there', '2026-03-20T00:00:00.000Z', { state: 'DELIVERED' }, NEVER],
    ['a year, as long as an execution lasts', '2020-01-01T00:00:00.000Z', {}, NEVER],
  ])('until %s', (_, now, terms, expected) => {
    expect(seconds(now, terms)).toBe(expected);
  });
});
