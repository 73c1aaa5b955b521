import { sum } from '../../../domain/money.ts';
import type { CommandOf } from '../../../domain/order/commands.ts';
import { isUnshipped } from '../../../domain/order/lifecycle.ts';
import { isGoods, type Order } from '../../../domain/order/order.ts';
import { joined } from './clean.ts';
import { detailsKept, returnDetail, returnsKept } from './findings.ts';
import type { SnapshotRefund } from './order-snapshot.ts';
import {
  cancellationsOf,
  ignore,
  type KnownOrder,
  quarantine,
  type ShopOutcome,
  settled,
  type Units,
} from './outcome.ts';
import type { Problem } from './problem.ts';
import { holdFor, returnable, returnsOf, together } from './reconcile-refund.ts';

/** A return that a channel keeps apart from the order whose goods came back. */
export interface ChannelReturn extends SnapshotRefund {
  /** The channel's own id of the return; what was done for it is known by this. */
  readonly refundId: string;
  /** What came back of goods that are no stock of ours is nothing to anybody here. */
  readonly isHistory: boolean;
}

/**
 * Decides what a return changes: units that have left come back into stock, units that have not are cancelled, and an
 * order of which all money went back waits for a person. What was done for the same return before is not done again.
 *
 * @param system the channel's name, for people to read
 */
export function reconcileReturn(
  refund: ChannelReturn,
  { order, byReturn, returnedHere }: KnownOrder,
  system: string,
): ShopOutcome {
  const { refundId, lines, note, isHistory } = refund;
  const { orderId, state, voided } = order;
  if (voided || state === 'CANCELLED') return ignore(`${orderId} is cancelled here`);
  const cancelled: Units[] = [];
  const returned: Units[] = [];
  const problems: Problem[] = [];
  const unexpected = (detail: string) => problems.push({ code: 'return_unexpected', detail });
  for (const [channelLineId, quantity] of unitsByLine(lines)) {
    const line = order.lines.find((each) => each.channelLineId === channelLineId);
    if (line === undefined) {
      return quarantine('unknown_line', `${orderId} has no line for ${system}'s line ${channelLineId}`);
    }
    const { lineNumber } = line;
    const units = quantity - (byReturn?.get(refundId)?.get(lineNumber) ?? 0);
    if (units <= 0) continue;
    const where = `of line ${lineNumber} of ${orderId}`;
    const byHand = returnedHere?.get(lineNumber) ?? 0;
    if (byHand > 0) {
      unexpected(
        `${units} ${where} came back, and ${byHand} were recorded here: see whether they are the same`,
      );
      continue;
    }
    const back = isGoods(line) ? Math.min(units, returnable(line)) : 0;
    const unshipped = isUnshipped(state) ? line.ordered - line.cancelled - line.shipped : 0;
    const kept = Math.min(units - back, unshipped);
    if (back > 0) returned.push({ lineNumber, quantity: back });
    if (kept > 0) cancelled.push({ lineNumber, quantity: kept });
    const others = units - back - kept;
    if (others > 0 && line.requiresShipping && !isHistory) {
      unexpected(
        `${units} ${where} came back, and ${back + kept} have left our stock or are still here: add the others to it by hand`,
      );
    }
  }
  return settled(
    [
      ...holdFor(refund, order, system),
      ...cancellationsOf(order, cancelled, `Refunded in ${system}`, { note, channelReturnId: refundId }),
      ...returnsOf(order, returned, refundId),
      ...recordOf(refund, order, system),
    ],
    together(problems),
    'the refund moves no goods, or the order shows it already',
  );
}

function unitsByLine(lines: SnapshotRefund['lines']): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { channelLineId, quantity } of lines) {
    units.set(channelLineId, (units.get(channelLineId) ?? 0) + quantity);
  }
  return units;
}

/** Keeps the money and the reason, once for each return, whatever its note says later. */
function recordOf(
  { refundId, amounts, note }: ChannelReturn,
  order: Order,
  system: string,
): readonly CommandOf<'RecordChannelData'>[] {
  const { currency } = order;
  const name = `return ${refundId} of ${system}`;
  if (returnsKept(order).some(({ value }) => value.endsWith(`, ${name}`))) return [];
  const detail = returnDetail(joined([`${sum(amounts, currency)} ${currency}`, note, name], ', '));
  return [{ type: 'RecordChannelData', channelData: [...detailsKept(order), detail] }];
}
