import { expect, test } from 'vitest';
import { AGENT_ACTIONS } from '../../contract/agents.ts';
import { OrderRequest } from '../../contract/requests.ts';
import { SubscriptionRequest } from '../../contract/subscriptions.ts';

test.each([
  ['https://hooks.example/orders', true],
  ['', false],
  ['no address', false],
  ['http://[', false],
  ['ftp://hooks.example', false],
  ['https://ada:secret@hooks.example', false],
])('events are posted to %j: %s', (url, isTaken) => {
  expect(SubscriptionRequest.safeParse({ url, types: ['*'] }).success).toBe(isTaken);
});

test.each([
  [`${'a'.repeat(64)}@shop.example`, true],
  [`${'a'.repeat(65)}@shop.example`, false],
  [`ada@${`${'a'.repeat(60)}.`.repeat(5)}example`, false],
  ['', true],
])('a customer is reached at %j: %s', (email, isTaken) => {
  const order = {
    currency: 'USD',
    customer: { name: 'Ada', email },
    lines: [{ sku: 'A', quantity: 1, unitPrice: '1.00' }],
  };
  expect(OrderRequest.safeParse(order).success).toBe(isTaken);
});

test('an agent mistakes a country and a year no more than a person', () => {
  const amended = (terms: object) =>
    AGENT_ACTIONS.amend_order.safeParse({ orderId: 'LMB-ORD-2026-0001', ...terms }).error?.issues[0]?.path;
  const shipTo = { name: 'Ada', address1: 'Elm 1', city: 'Bern', postalCode: '3000', country: 'ZZ' };
  expect(amended({ shipTo })).toEqual(['shipTo', 'country']);
  const deliveryWindow = { start: '2024-03-10', end: '2024-03-14' };
  expect(amended({ deliveryWindow })).toEqual(['deliveryWindow', 'end']);
  expect(amended({ note: 'Ring twice' })).toBeUndefined();
});
