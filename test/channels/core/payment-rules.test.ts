import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../../functions/channels/core/findings.ts';
import type {
  ChannelOrderSnapshot,
  SnapshotResult,
} from '../../../functions/channels/core/order-snapshot.ts';
import { PAYMENT_STATES, type PaymentRule, ruleFor } from '../../../functions/channels/payment-rules.ts';
import { snapshotOf as shopifySnapshot } from '../../../functions/channels/shopify/inbound/snapshot.ts';
import { camelCased } from '../../../functions/channels/square/client/rest.ts';
import { SquareOrder } from '../../../functions/channels/square/inbound/payload.ts';
import { snapshotOf as squareSnapshot } from '../../../functions/channels/square/inbound/snapshot.ts';
import { WooOrder } from '../../../functions/channels/woocommerce/inbound/payload.ts';
import { snapshotOf as wooSnapshot } from '../../../functions/channels/woocommerce/inbound/snapshot.ts';
import { MERCHANT } from '../../../testing/square.ts';
import { CREATED, json, message, SHOP } from '../shopify/support.ts';
import { money, SKUS, sample } from '../square/support.ts';
import { STORE, wooOrder } from '../woocommerce/support.ts';

/** When goods leave, by the state of the payment and the way of paying, in every shop. */
function taken(result: SnapshotResult): ChannelOrderSnapshot {
  if ('problem' in result) throw new Error(result.problem.detail);
  return result.snapshot;
}

function shopify(financial_status: string, gateway = 'shopify_payments') {
  const read = message(
    'orders/create',
    json(CREATED, { financial_status, payment_gateway_names: [gateway] }),
  );
  if (!('order' in read)) throw new Error('no order');
  return taken(shopifySnapshot(read.order, SHOP));
}

function square(due: number, tenders: readonly object[]) {
  const order = SquareOrder.parse(camelCased(sample({ net_amount_due_money: money(due), tenders })));
  return taken(squareSnapshot({ square: order, payment: null, merchant: MERCHANT, skus: SKUS }));
}
const tender = (status: string, amount = 6448, type = 'CARD') => ({
  ...{ id: 't', type, amount_money: money(amount) },
  ...(type === 'CARD' && { card_details: { status } }),
});

function woo(status: string, payment_method: string, payment_method_title = payment_method) {
  const order = WooOrder.parse(wooOrder({ status, payment_method, payment_method_title }));
  return taken(wooSnapshot({ store: STORE, order, refunds: [] }));
}

const waits = (snapshot: ChannelOrderSnapshot, rules: readonly PaymentRule[] = []) =>
  findingsOf(snapshot, rules).some(({ code }) => code === 'payment_awaited');

describe('without a rule', () => {
  test.each([
    ['Shopify, authorized', shopify('authorized'), 'AUTHORIZED', false],
    ['Shopify, pending', shopify('pending'), 'PENDING', true],
    ['Shopify, cash on delivery', shopify('pending', 'Cash on Delivery (COD)'), 'PENDING', false],
    ['Shopify, partially paid', shopify('partially_paid'), 'PARTIALLY_PAID', true],
    ['Shopify, expired', shopify('expired'), 'EXPIRED', true],
    ['Shopify, voided', shopify('voided'), 'VOIDED', true],
    ['Shopify, partially refunded', shopify('partially_refunded'), 'PARTIALLY_REFUNDED', false],
    ['Shopify, refunded', shopify('refunded'), 'REFUNDED', false],
    ['Square, paid', square(0, [tender('CAPTURED')]), 'PAID', false],
    ['Square, authorized', square(6448, [tender('AUTHORIZED')]), 'AUTHORIZED', false],
    ['Square, authorized in part', square(6448, [tender('AUTHORIZED', 100)]), 'PARTIALLY_PAID', true],
    ['Square, voided', square(6448, [tender('VOIDED')]), 'VOIDED', true],
    ['Square, partly paid', square(1000, [tender('CAPTURED', 5448)]), 'PARTIALLY_PAID', true],
    ['Square, open', square(6448, []), 'PENDING', true],
    ['WooCommerce, bank transfer', woo('on-hold', 'bacs', 'Direct bank transfer'), 'PENDING', true],
    ['WooCommerce, cash on delivery', woo('processing', 'cod', 'Cash on delivery'), 'PAID', false],
    ['WooCommerce, failed', woo('failed', 'stripe'), 'VOIDED', true],
  ] as const)('%s', (_, snapshot, state, isAwaited) => {
    expect(snapshot.payment.state).toBe(state);
    expect(waits(snapshot)).toBe(isAwaited);
  });
});

describe('a rule', () => {
  test.each(PAYMENT_STATES)('for the state %s decides in both ways', (state) => {
    const payment = { state, gateways: ['any'] };
    for (const action of ['SHIP', 'HOLD'] as const) {
      expect(ruleFor(payment, [{ state, action }])?.action).toBe(action);
      expect(ruleFor(payment, [{ gateway: 'other', state, action }])).toBeUndefined();
    }
  });

  test('for one way of paying is for that one alone, in any case, and the first one that fits decides', () => {
    const rules: PaymentRule[] = [
      { gateway: 'bank deposit', state: 'PENDING', action: 'SHIP' },
      { state: 'AUTHORIZED', action: 'HOLD' },
      { gateway: 'Bank Deposit', action: 'HOLD' },
    ];
    expect(waits(shopify('pending', 'Bank Deposit'), rules)).toBe(false);
    expect(waits(shopify('voided', 'Bank Deposit'), rules)).toBe(true);
    expect(waits(shopify('pending'), rules)).toBe(true);
    expect(waits(shopify('authorized'), rules)).toBe(true);
    expect(waits(square(6448, [tender('AUTHORIZED')]), rules)).toBe(true);
    expect(waits(square(0, [tender('CAPTURED')]), rules)).toBe(false);
    expect(waits(woo('on-hold', 'bacs', 'Bank deposit'), rules)).toBe(false);
  });

  test('lets goods of a refunded order go where a person said so', () => {
    const isHeld = (rules: readonly PaymentRule[]) =>
      findingsOf(shopify('refunded'), rules).some(({ code }) => code === 'refunded');
    expect([isHeld([]), isHeld([{ state: 'REFUNDED', action: 'SHIP' }])]).toEqual([true, false]);
  });
});
