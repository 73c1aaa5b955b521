import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import type { HoldReason } from '../../../domain/order/terms.ts';
import { detailsKept, finding, raisedDetail } from './findings.ts';
import { type Instruction, ignore, type KnownOrder, quarantine, run, type ShopOutcome } from './outcome.ts';

/** One reason for which a channel holds goods back, by a message of its own. */
export interface ChannelHold {
  /** By what the reason is known, in words for people: `Shopify holds fulfillment order 12 (hold 34)`. */
  readonly subject: string;
  readonly reason: HoldReason;
  /** What the channel says besides. */
  readonly note?: string | undefined;
}

/** All for which a channel holds back one thing: what it lists no more was released. */
export interface ChannelHolds {
  /** The thing, which begins the subject of each hold: `Shopify holds fulfillment order 12`. */
  readonly scope: string;
  readonly holds: readonly ChannelHold[];
}

/** @returns the note of the hold, which begins with what it is known by. */
export function holdNote({ subject, note }: ChannelHold): string {
  return note === undefined ? `${subject}.` : `${subject}: ${note}`;
}

/**
 * Decides what becomes of an order of which its channel holds something back: each hold of the channel is one here, with its
 * reason, and is released when the channel releases it. A repeat changes nothing.
 */
export function reconcileHolds({ scope, holds }: ChannelHolds, { order }: KnownOrder): ShopOutcome {
  const { orderId, state, voided } = order;
  if (voided || state === 'CANCELLED') return ignore(`${orderId} is cancelled here`);
  const isMeant = (text: string | undefined) =>
    text !== undefined && MARKS.some((mark) => text.startsWith(`${scope}${mark}`));
  const isOf = (hold: ChannelHold, text: string) =>
    text.startsWith(`${hold.subject}:`) || text === `${hold.subject}.`;
  const isListed = (text: string) => holds.some((hold) => isOf(hold, text));
  const details = detailsKept(order);
  const kept = details.filter(({ value }) => !isMeant(value) || isListed(value));
  // One that was released here stays so, and is released there.
  const fresh = holds.filter((hold) => !details.some(({ value }) => isOf(hold, value)));
  const releases = order.holds
    .filter(({ note }) => note !== undefined && isMeant(note) && !isListed(note))
    .map(({ holdId }): Instruction => ({ type: 'ReleaseHold', holdId }));
  const found = fresh.map((hold) => finding('held_by_channel', holdNote(hold), hold.reason));
  const [first] = found;
  if (first !== undefined && !isUnshipped(state)) {
    return quarantine(first.code, `${first.detail} ${orderId} is ${state}.`);
  }
  const channelData = [...kept, ...found.map(raisedDetail)];
  const isRecorded = found.length === 0 && kept.length === details.length;
  if (isRecorded && releases.length === 0) {
    return ignore(holds.length > 0 ? 'the order is held for it already' : 'the order is not held for it');
  }
  return run([
    ...found.map(
      ({ detail, hold }): Instruction => ({ type: 'PlaceHold', reason: hold ?? 'OTHER', note: detail }),
    ),
    ...(isRecorded ? [] : [{ type: 'RecordChannelData', channelData } as const]),
    ...releases,
  ]);
}

/** What follows the scope in the note of a hold: its reason, its end, or which hold it is. */
const MARKS = [':', '.', ' ('];
