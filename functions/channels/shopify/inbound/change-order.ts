import { unreachable } from '../../../../domain/decider.ts';
import type { CommandOf } from '../../../../domain/order/commands.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { isDeliverable } from '../../core/address.ts';
import { cancelOrder, cancelUnits } from '../../core/cancellation.ts';
import { manyLines } from '../../core/clean.ts';
import {
  fetchOrder,
  ignore,
  inBatches,
  type KnownOrder,
  type ShopOutcome,
  settled,
  type Units,
} from '../../core/outcome.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { type Differences, differencesOf } from './differences.ts';
import { ADDRESS_NOTE, AWAITING_PAYMENT_NOTE, isPaid, paymentHold } from './holds.ts';
import { learnShipments } from './learned-shipments.ts';
import type { ShopifyOrder } from './payload.ts';
import { cancellationOf, translateOrder } from './translate.ts';

/**
 * Brings a known order in line with a full order of Shopify, whatever topic brought it. Both are compared as they
 * are now, so a repeat, or a message that another one has overtaken, changes nothing.
 */
export function changeOrder(shopify: ShopifyOrder, known: KnownOrder, shop: string): ShopOutcome {
  const { order } = known;
  if (order.voided) return ignore('the order was taken out here on purpose');
  const cancellation = cancellationOf(shopify);
  // Shopify never takes a cancellation back, so it counts even when it comes late.
  if (cancellation !== null && shopify.cancelled_at) return cancelOrder(order, cancellation);
  if (known.channelVersion !== null) {
    if (!shopify.updated_at) return fetchOrder('the state of the order has no date, and may be an older one');
    if (shopify.updated_at < known.channelVersion)
      return ignore('a newer state of the order has been taken in');
  }
  const translation = translateOrder(shopify, shop);
  if ('problem' in translation) return { kind: 'quarantine', problem: translation.problem };
  const learned = learnShipments(shopify, order);
  if (learned !== null) return learned;
  const differences = differencesOf(shopify, order, translation.receive);
  switch (order.state) {
    case 'RECEIVED':
    case 'ALLOCATED':
      return changeOpenOrder(shopify, order, differences);
    case 'FULFILLMENT_QUEUED':
      return changeQueuedOrder(shopify, order, differences);
    case 'SHIPPED':
    case 'DELIVERED':
    case 'CLOSED':
      return settled(
        paymentReleases(shopify, order),
        shippedProblem(order, differences.fewer),
        'the order has shipped, and nothing of that changes',
      );
    case 'CANCELLED':
      return ignore('the order is cancelled here');
    default:
      return unreachable(order.state);
  }
}

/** Nothing has been handed to the warehouse: the order follows the shop. */
function changeOpenOrder(shopify: ShopifyOrder, order: Order, differences: Differences): ShopOutcome {
  const { fewer, more, terms, beyond } = differences;
  const { commands: cancellations, endsOrder } = cancelUnits(order, fewer, 'Shopify');
  if (endsOrder) return settled(cancellations, null, '');
  const amendments: CommandOf<'AmendOrder'>[] = inBatches(more, () => 1).map((lines) => ({
    type: 'AmendOrder',
    lines,
  }));
  if (Object.keys(terms).length > 0) amendments.unshift({ type: 'AmendOrder', ...terms });
  const aside = beyond.length === 0 ? null : problem('too_late_to_amend', beyond.join(' ')).problem;
  return settled(
    // First what keeps the goods here, last what lets them go.
    [
      ...newHolds(shopify, order, aside),
      ...cancellations,
      ...amendments,
      ...paymentReleases(shopify, order),
      ...addressReleases(order, terms.shipTo ?? order.shipTo),
    ],
    aside,
    'the order is as Shopify says already',
  );
}

/** The warehouse has the order: units can still be cancelled, all else needs a person, who finds the goods held. */
function changeQueuedOrder(shopify: ShopifyOrder, order: Order, differences: Differences): ShopOutcome {
  const {
    commands: cancellations,
    endsOrder,
    beyond: shipped,
  } = cancelUnits(order, differences.fewer, 'Shopify');
  if (endsOrder) return settled(cancellations, null, '');
  const changed = [
    ...Object.keys(differences.terms),
    ...differences.more.map((units) => `${units.quantity} units in line ${units.lineNumber}`),
  ];
  const sentences = [
    ...(changed.length > 0 ? [`Shopify changed what is queued already: ${changed.join(', ')}.`] : []),
    ...differences.beyond,
  ];
  const tooLate = sentences.length === 0 ? null : problem('too_late_to_amend', sentences.join(' ')).problem;
  // Another date or purchase order number does not make the parcel a wrong one.
  const isWrongParcel = differences.terms.shipTo ?? differences.more[0] ?? differences.beyond[0];
  return settled(
    [
      ...newHolds(shopify, order, isWrongParcel === undefined ? null : tooLate, differences.terms.shipTo),
      ...cancellations,
      ...paymentReleases(shopify, order),
    ],
    tooLate ?? shippedProblem(order, shipped),
    'the order is as Shopify says already',
  );
}

/** Keeps the goods here while the order is not what the customer wants, or is no longer paid. */
function newHolds(
  shopify: ShopifyOrder,
  order: Order,
  wrong: Problem | null,
  shipTo?: object,
): readonly CommandOf<'PlaceHold'>[] {
  const holds: CommandOf<'PlaceHold'>[] = [];
  const isLost = shopify.financial_status === 'voided' || shopify.financial_status === 'expired';
  const payment = isLost ? paymentHold(shopify, shopify.payment_terms != null) : null;
  if (payment !== null) holds.push({ type: 'PlaceHold', ...payment });
  if (wrong !== null) {
    const reason = shipTo === undefined ? 'OTHER' : 'INCORRECT_ADDRESS';
    holds.push({ type: 'PlaceHold', reason, note: manyLines(wrong.detail) });
  }
  return holds.filter(
    ({ reason, note }) => !order.holds.some((held) => held.reason === reason && held.note === note),
  );
}

/** Lifts the holds that wait for a payment which has come; those that people placed stay. */
function paymentReleases(shopify: ShopifyOrder, order: Order): readonly CommandOf<'ReleaseHold'>[] {
  if (!isPaid(shopify)) return [];
  return order.holds
    .filter(({ reason, note }) => reason === 'AWAITING_PAYMENT' && note?.startsWith(AWAITING_PAYMENT_NOTE))
    .map(({ holdId }) => ({ type: 'ReleaseHold', holdId }));
}

/** Lifts the holds that wait for an address which has come. */
function addressReleases(order: Order, shipTo: Order['shipTo']): readonly CommandOf<'ReleaseHold'>[] {
  if (!isDeliverable(shipTo)) return [];
  return order.holds
    .filter(({ reason, note }) => reason === 'INCORRECT_ADDRESS' && note === ADDRESS_NOTE)
    .map(({ holdId }) => ({ type: 'ReleaseHold', holdId }));
}

/** Vouchers and fees never left, so taking them back needs nobody here. */
function shippedProblem(order: Order, units: readonly Units[]): Problem | null {
  const goods = units.filter(({ lineNumber }) => order.lines[lineNumber - 1]?.requiresShipping);
  if (goods.length === 0) return null;
  const list = goods.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
  return problem('cancelled_after_shipping', `Shopify removed units that have shipped: ${list}`).problem;
}
