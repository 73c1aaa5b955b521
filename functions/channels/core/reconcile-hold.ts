import type { CommandOf } from '../../../domain/order/commands.ts';
import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import type { HoldReason } from '../../../domain/order/terms.ts';
import { detailsKept, finding, raisedDetail } from './findings.ts';
import { type Instruction, ignore, type KnownOrder, quarantine, run, type ShopOutcome } from './outcome.ts';

/** What a channel says of one reason for which it holds goods back, by a message of its own. */
export interface ChannelHold {
  /** By what the reason is known, in words for people: `Shopify holds fulfillment order 12`. */
  readonly subject: string;
  readonly isHeld: boolean;
  readonly reason: HoldReason;
  /** What the channel says besides. */
  readonly note?: string | undefined;
}

/** @returns the note of the hold, which begins with what it is known by. */
export function holdNote({ subject, note }: ChannelHold): string {
  return note === undefined ? `${subject}.` : `${subject}: ${note}`;
}

/**
 * Decides what becomes of an order that its channel holds back, or holds back no more: it is held here for the same
 * reason, and released when the channel releases it. A repeat changes nothing.
 */
export function reconcileHold(hold: ChannelHold, { order }: KnownOrder): ShopOutcome {
  const { orderId, state, voided } = order;
  const isMeant = (text: string | undefined) =>
    text !== undefined && (text.startsWith(`${hold.subject}:`) || text === `${hold.subject}.`);
  const details = detailsKept(order);
  const others = details.filter(({ value }) => !isMeant(value));
  const isRaised = others.length < details.length;
  if (voided || state === 'CANCELLED') return ignore(`${orderId} is cancelled here`);
  if (!hold.isHeld) {
    const releases = order.holds
      .filter(({ note }) => isMeant(note))
      .map(({ holdId }): Instruction => ({ type: 'ReleaseHold', holdId }));
    const forgotten: Instruction[] = isRaised ? [{ type: 'RecordChannelData', channelData: others }] : [];
    if (releases.length + forgotten.length === 0) return ignore('the order is not held for it');
    return run([...forgotten, ...releases]);
  }
  if (isRaised) return ignore('the order is held for it already');
  const { code, detail } = finding('held_by_channel', holdNote(hold), hold.reason);
  if (!isUnshipped(state)) {
    return quarantine(code, `${detail} ${orderId} is ${state}.`);
  }
  const place: CommandOf<'PlaceHold'> = { type: 'PlaceHold', reason: hold.reason, note: detail };
  const raised = raisedDetail({ code, detail, hold: hold.reason, isForOperator: false });
  return run([place, { type: 'RecordChannelData', channelData: [...others, raised] }]);
}
