import { describe, expect, it } from 'vitest';
import { LotNumber } from '../../../domain/text.ts';
import { given, lot, ORDER_ID } from '../specification.ts';

/** Returns one unit of each of two lots, whose numbers are given, to be inspected. */
function inspected(...lots: readonly [string, string]): readonly string[] {
  return given(lots.map((lotNumber) => lot('BRS', lotNumber, 1)))
    .received({ lines: [{ quantity: 2 }] })
    .done(
      { type: 'QueueFulfillment' },
      { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' },
      { type: 'ConfirmDelivery', shipmentId: `${ORDER_ID}-S1`, deliveredAt: '2026-03-04T10:00:00Z' },
    )
    .when({ type: 'ReceiveReturn', lines: [{ lineNumber: 1, quantity: 2, disposition: 'QUARANTINE' }] })
    .event('ReturnReceived')
    .lines.map((line) => line.intoLot ?? '');
}

describe('the lot that goods wait in for inspection', () => {
  it('is named after the lot that they are of, and the return', () => {
    const [first, second] = inspected('A', 'B');
    expect(first).toMatch(new RegExp(`^A ${ORDER_ID}-R\\d+$`));
    expect(second).toMatch(new RegExp(`^B ${ORDER_ID}-R\\d+$`));
  });

  it.each([
    ['of 128 characters', 'x'.repeat(127)],
    ['of 128 emoji', '📦'.repeat(127)],
    ['with a blank where it is cut', `${'x '.repeat(63)}x`],
  ])('has a number that a lot may have, also for lots %s that differ at the end', (_, start) => {
    const names = inspected(`${start}1`, `${start}2`);
    for (const name of names) expect(LotNumber.parse(name)).toBe(name);
    expect(new Set(names).size).toBe(2);
  });
});
