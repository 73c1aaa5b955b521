import { describe, expect, it } from 'vitest';
import { type Given, given, lot } from '../specification.ts';

const cancel = { type: 'CancelOrder', reason: 'changed their mind' } as const;

/** Three lines on one lot each, cancelled by one line a step: two steps are left. */
function halfCancelled(): Given {
  return given([lot('BRS', 'A', 9)], 1)
    .received({ lines: [{ quantity: 3 }, { quantity: 3 }, { quantity: 3 }] })
    .done({ type: 'CompleteAllocation' }, { type: 'CompleteAllocation' }, { type: 'CompleteAllocation' })
    .done(cancel);
}

describe('a cancellation in steps', () => {
  it('is not forgotten over the cancellation of a line', () => {
    const order = halfCancelled();
    order
      .when({ ...cancel, lines: [{ lineNumber: 3, quantity: 1 }] })
      .refused('illegal_transition', /is being cancelled/);
  });

  it('continues when it is asked for again', () => {
    const order = halfCancelled().done(cancel);
    order.when(cancel).happened('OrderCancelled');
    expect(order.lot('BRS', 'A')).toMatchObject({ available: 9, reserved: 0 });
  });
});
