import { describe, expect, it } from 'vitest';
import { allocated } from '../../../domain/order/order.ts';
import { given, lot } from '../specification.ts';

const added = (...lines: readonly object[]) =>
  ({
    type: 'AmendOrder',
    addedLines: lines.map((line) => ({ sku: 'NEW', quantity: 6, unitPrice: '10.00', ...line })),
  }) as never;

describe('an amendment that adds lines', () => {
  it('reserves for them in the same step, and the total grows by them', () => {
    const outcome = given([lot('BRS', 'A', 10), lot('NEW', 'N', 4)])
      .received({ lines: [{ quantity: 5 }] })
      .when(added({ tax: '1.50', channelLineId: '7' }));
    expect(outcome.events.map(({ type }) => type)).toContain('OrderBackordered');
    expect(outcome.event('OrderAmended').total).toEqual({ before: '100.00', after: '161.50' });
    expect(outcome.line(2)).toMatchObject({ lineNumber: 2, channelLineId: '7', ordered: 6, backordered: 2 });
    expect(allocated(outcome.line(2))).toBe(4);
    expect(outcome.lot('NEW', 'N')).toMatchObject({ available: 0, reserved: 4 });
    expect(outcome.order.state).toBe('ALLOCATED');
  });

  it('refuses a split case, a discount beyond the price, and decimals that the currency lacks', () => {
    const order = () => given().received({ orderType: 'B2B', lines: [{ quantity: 12, unitsPerCase: 12 }] });
    order()
      .when(added({ unitsPerCase: 4 }))
      .refused('case_pack', /4/);
    order()
      .when(added({ discount: '60.01' }))
      .refused('validation_failed', /60\.01 is more than the line/);
    order()
      .when(added({ tax: '0.001' }))
      .refused('validation_failed', /more decimals/);
  });

  it('is refused once the order is queued', () => {
    given([lot('BRS', 'A', 10)])
      .received({ lines: [{ quantity: 5 }] })
      .done({ type: 'QueueFulfillment' })
      .when(added({}))
      .refused('illegal_transition');
  });
});

describe('an amendment that cancels lines', () => {
  const two = () =>
    given([lot('BRS', 'A', 10), lot('BRT', 'B', 10)]).received({
      lines: [{ quantity: 5 }, { sku: 'BRT', quantity: 7 }],
    });
  const cancelled = (...cancelledLines: readonly number[]) =>
    ({ type: 'AmendOrder', cancelledLines }) as never;

  it('gives back exactly what they held', () => {
    const outcome = two().when(cancelled(2));
    outcome.happened('LinesCancelled');
    expect(outcome.lot('BRT', 'B')).toMatchObject({ available: 10, reserved: 0 });
    expect(outcome.line(2).cancelled).toBe(7);
    expect(allocated(outcome.line(1))).toBe(5);
  });

  it('cancels the order when nothing is left of it', () => {
    const outcome = two().when(cancelled(1, 2));
    outcome.happened('OrderCancelled');
    expect(outcome.order.state).toBe('CANCELLED');
  });

  it('does it together with other changes, whole or not at all', () => {
    const change = (quantity: number) =>
      ({ type: 'AmendOrder', lines: [{ lineNumber: 1, quantity }], cancelledLines: [2] }) as never;
    const outcome = two().when(change(8));
    expect(outcome.events.map(({ type }) => type)).toEqual([
      'OrderAmended',
      'LinesCancelled',
      'AllocationChanged',
    ]);
    expect(allocated(outcome.line(1))).toBe(8);
    two()
      .when({ type: 'AmendOrder', lines: [{ lineNumber: 1, quantity: 8 }], cancelledLines: [1] } as never)
      .refused('validation_failed', /named twice/);
    two()
      .when(cancelled(3))
      .refused('validation_failed', /no line 3/);
  });

  it('a line that was cancelled before changes nothing more', () => {
    two().done(cancelled(2)).when(cancelled(2)).happened();
  });
});
