import { expect, test } from 'vitest';
import { SubscriptionRequest } from '../../contract/subscriptions.ts';
import { parseDecimal } from '../../functions/channels/edi/x12/order/decimal.ts';

// Counted by `npm run patterns`; here are the readers whose patterns were rewritten for it.
test.each([
  ['24', '24'],
  ['.5', '.5'],
  ['-3.075', '-3.075'],
  ['7.', '7'],
  ['.', null],
  ['', null],
  ['1.2.3', null],
])('%s is the decimal %s', (text, equal) => {
  expect(parseDecimal(text)).toEqual(equal === null ? null : parseDecimal(equal));
  expect(parseDecimal(text) === null).toBe(equal === null);
});

test.each([
  [`whsec_${'A'.repeat(32)}`, true],
  [`whsec_${'A'.repeat(30)}==`, false],
  [`whsec_${'A'.repeat(34)}==`, true],
  [`whsec_${'='.repeat(25_000)}`, false],
  [`whsec_${'A='.repeat(20)}`, false],
])('a secret of %#', (secret, isTaken) => {
  const given = SubscriptionRequest.shape.secret.safeParse(secret);
  expect(given.success).toBe(isTaken);
});
