import { type ChannelUpdate, unreadableUpdate } from '../../core/channel-update.ts';
import { ignore, type KnownOrder, quarantine, type ShopOutcome } from '../../core/outcome.ts';
import { problem } from '../../core/problem.ts';
import { reconcileOrder } from '../../core/reconcile-order.ts';
import { reconcileReturn } from '../../core/reconcile-return.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import type { SquareAccount } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import type { SquarePayment } from './message.ts';
import { SquareOrder } from './payload.ts';
import { isReturnAlone, type ReturnOfSale, returnsOf } from './returns.ts';
import { type Fetched, snapshotOf } from './snapshot.ts';
import { versionText } from './version.ts';

/** Which order of which account is asked for, and by what. */
export interface Question {
  readonly merchant: string;
  readonly orderId: string;
  readonly payment: SquarePayment | null;
  /** Whether the money of the return is known to be back, before the order says so. @default false */
  readonly isPaidBack?: boolean;
  /** What has left of it is no stock of ours any more. */
  readonly isHistory: boolean;
  /** When goods leave, by the connection. */
  readonly rules: readonly PaymentRule[];
}

/** What one order of Square says: of itself, and of the sales that goods came back of. */
export interface SquareUpdates {
  /** Null where the order sells nothing. */
  readonly own: ChannelUpdate | null;
  /** One for each sale; it holds no full state of that sale. */
  readonly returns: readonly ChannelUpdate[];
}

/**
 * Fetches an order that Square named, with the SKUs of its items.
 *
 * @returns what it says, ready to be processed; null when Square knows no such order
 * @throws Busy when Square cannot be reached; the message is sent again
 */
export async function fetchUpdates(
  account: SquareAccount,
  question: Question,
): Promise<SquareUpdates | null> {
  const given = await account.retrieveOrder(question.orderId);
  return given === null ? null : updatesOf(given, account, question);
}

/**
 * @param given the order as Square gave it, its fields named in camel case
 * @returns what it says, ready to be processed
 * @throws Busy when Square cannot be asked for the SKUs of its items
 */
export async function updatesOf(
  given: unknown,
  account: Pick<SquareAccount, 'skusOf'>,
  { merchant, orderId, payment, isPaidBack, isHistory, rules }: Question,
): Promise<SquareUpdates> {
  const order = { channel: 'SQUARE', source: merchant, externalId: orderId };
  const parsed = SquareOrder.safeParse(given);
  if (!parsed.success) {
    const { problem: unread } = problem('malformed_payload', describeIssues(parsed.error.issues));
    return { own: unreadableUpdate(order, null, unread), returns: [] };
  }
  const square = parsed.data;
  const returns = returnsOf(square, { isPaidBack: isPaidBack === true, isHistory }).map((each) =>
    returnUpdate(each, merchant),
  );
  if (isReturnAlone(square)) return { own: null, returns };
  const items = square.lineItems.map((line) => line.catalogObjectId).filter((id) => typeof id === 'string');
  const skus = items.length === 0 ? new Map<string, string>() : await account.skusOf([...new Set(items)]);
  return {
    own: {
      order,
      version: versionText(square.version),
      translate: (known) => translate({ square, payment, merchant, skus, isHistory }, known, rules),
    },
    returns,
  };
}

/** What a return says of the sale that it is of. */
function returnUpdate({ saleId, ...refund }: ReturnOfSale, merchant: string): ChannelUpdate {
  const { refundId } = refund;
  const order = { channel: 'SQUARE', source: merchant, externalId: saleId ?? refundId };
  return {
    order,
    version: null,
    translate: (known) =>
      saleId === null || known === null
        ? quarantine('return_unexpected', `Square's return ${refundId} is of no sale that is known here`)
        : reconcileReturn(refund, known, 'Square'),
  };
}

/** What an order of Square asks for, given what is known of it. */
export function translate(
  fetched: Fetched,
  known: KnownOrder | null,
  rules: readonly PaymentRule[] = [],
): ShopOutcome {
  if (fetched.square.state === 'DRAFT') return ignore('a draft is no sale yet');
  const result = snapshotOf(fetched);
  return 'problem' in result
    ? { kind: 'quarantine', problem: result.problem }
    : reconcileOrder(result.snapshot, known, rules);
}
