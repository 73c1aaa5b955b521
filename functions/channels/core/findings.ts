import { ChannelDetail } from '../../../domain/order/channel-data.ts';
import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { HoldReason } from '../../../domain/order/terms.ts';
import { type PaymentRule, ruleFor } from '../payment-rules.ts';
import { isDeliverable } from './address.ts';
import { manyLines } from './clean.ts';
import type { ChannelOrderSnapshot } from './order-snapshot.ts';
import type { ProblemCode } from './problem.ts';

/**
 * Something about a channel's order that a person has to know. It is raised once, when it begins to stand: by a hold, by
 * quarantining the message, or by both. When it no longer stands its hold is released.
 */
export interface Finding {
  readonly code: ProblemCode;
  /** For people to read; the note of the hold, and what the finding is known by. */
  readonly detail: string;
  /** Null where the goods need not wait. */
  readonly hold: HoldReason | null;
  readonly isForOperator: boolean;
}

/** Marks the details of an order that say what was raised; the channel said nothing of them. */
const RAISED = 'RAISED';
const LABELS = { held_by_channel: 'Held by the channel', any: 'To be looked at' } as const;

/** Marks the details of an order that a return said, which is an order of its own in the channel. */
const RETURNED = 'RETURNED';

/** @returns how an order keeps what a return gave back. */
export function returnDetail(value: string): ChannelDetail {
  return { kind: 'CHARGE', label: 'Refund', value, code: RETURNED };
}

/** @returns what returns said of an order; the channel's order of the sale does not say it again. */
export function returnsKept(order: Order): readonly ChannelDetail[] {
  return detailsKept(order).filter(({ code }) => code === RETURNED);
}

/** @returns what stands for people on an order, and was raised by the last message of its channel. */
export function raisedBefore({ channelData = [] }: Order): ReadonlySet<string> {
  return new Set(channelData.filter(({ code }) => code === RAISED).map(({ value }) => value));
}

/** @returns what its channel holds an order for, by messages of their own. */
function heldByChannel(order: Order | undefined): readonly Finding[] {
  return (order?.channelData ?? [])
    .filter(({ code, label }) => code === RAISED && label === LABELS.held_by_channel)
    .map(({ value }) => finding('held_by_channel', value, 'OTHER'));
}

/** @returns what is kept on an order: what its channel says, and what of it stands for people. */
export function detailsOf(
  { channelData }: ChannelOrderSnapshot,
  findings: readonly Finding[],
): readonly ChannelDetail[] {
  return [...channelData, ...findings.map(raisedDetail)];
}

/** @returns what is kept on an order, to be written again; kinds that only a newer version knows cannot be. */
export function detailsKept({ channelData = [] }: Order): readonly ChannelDetail[] {
  return channelData.flatMap((each) => {
    const known = ChannelDetail.safeParse(each);
    return known.success ? [known.data] : [];
  });
}

/** @returns how an order keeps that a finding was raised. */
export function raisedDetail({ code, detail }: Finding): ChannelDetail {
  const label = code === 'held_by_channel' ? LABELS.held_by_channel : LABELS.any;
  return { kind: 'OTHER', label, value: detail, code: RAISED };
}

/** @returns a finding; `detail` is cleaned for people to read. */
export function finding(
  code: ProblemCode,
  detail: string,
  hold: HoldReason | null,
  isForOperator = false,
): Finding {
  return { code, detail: manyLines(detail) ?? code, hold, isForOperator };
}

/**
 * What a channel's order has to be looked at for.
 *
 * @param rules of the connection, for when goods leave
 * @param known the order where it is known here: what the channel leaves out stays as it is
 */
export function findingsOf(
  snapshot: ChannelOrderSnapshot,
  rules: readonly PaymentRule[],
  known?: Order,
): readonly Finding[] {
  const { system, delivery, shipTo = known?.shipTo, lines, concerns, payment, holds } = snapshot;
  const held =
    holds?.map(({ reason, note }) =>
      finding('held_by_channel', note ?? `${system} holds the goods back.`, reason),
    ) ?? heldByChannel(known);
  const found: Finding[] = [...held];
  const add = (...[code, detail, hold]: [ProblemCode, string, HoldReason]) =>
    found.push(finding(code, detail, hold));
  const rule = ruleFor(payment, rules)?.action;
  if (rule === undefined ? payment.isAwaited : rule === 'HOLD') {
    add('payment_awaited', `${system} reports the payment as ${payment.detail}.`, 'AWAITING_PAYMENT');
  }
  if (payment.isRefunded && rule !== 'SHIP')
    add('refunded', `${system} has refunded the whole order.`, 'OTHER');
  const needsShipping = lines.some((line) => line.current > 0 && line.requiresShipping);
  // An order of vouchers and downloads alone waits for its channel to hand them over, and for no shipment.
  if (!needsShipping && (known === undefined || isUnshipped(known.state))) {
    add('nothing_to_ship', 'There is nothing to ship: no line of the order needs shipping.', 'OTHER');
  }
  if (needsShipping && delivery === 'SHIPPED' && !isDeliverable(shipTo)) {
    const detail = `${system} gives no complete shipping address for goods that have to be shipped.`;
    add('address_incomplete', detail, 'INCORRECT_ADDRESS');
  }
  if (needsShipping && delivery === 'UNKNOWN') {
    const detail = `${system} names no fulfillment of the order: where its goods go is not known.`;
    add('address_incomplete', detail, 'INCORRECT_ADDRESS');
  }
  if (snapshot.isFulfillmentGivenUp) {
    const detail = `${system} has given up the fulfillment of the order, and not the order: see whether its goods still go.`;
    add('fulfillment_unfinished', detail, 'OTHER');
  }
  if (concerns.length > 0) add('not_mappable', concerns.join('\n'), 'OTHER');
  return found;
}
