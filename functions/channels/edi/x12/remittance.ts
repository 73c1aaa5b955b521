import { type AccountEntry, SetAccount } from './account/set-account.ts';
import { decimalOf, isoDate } from './order/header.ts';
import { element, type Segment, type TransactionSet } from './types.ts';

/** A deduction, or an addition where it is positive, with the code of its reason (element 426). */
export interface Adjustment {
  readonly reason: string;
  readonly amount: string;
}

/** What a partner pays of one document of ours. Amounts are plain decimals; null where none is given. */
export interface RemittedItem {
  /** Our number: of an invoice, or of a credit note that is deducted. */
  readonly number: string;
  readonly paid: string | null;
  readonly invoiced: string | null;
  readonly discount: string | null;
  readonly adjustments: readonly Adjustment[];
}

/** An 820. */
export interface Remittance {
  /** The number of the check or transfer. */
  readonly reference: string | null;
  readonly paidOn: string | null;
  readonly total: string | null;
  readonly currency: string | null;
  readonly items: readonly RemittedItem[];
  /** Adjustments that belong to no document. */
  readonly adjustments: readonly Adjustment[];
  readonly account: readonly AccountEntry[];
}

type Draft = Omit<RemittedItem, 'adjustments'> & { readonly adjustments: Adjustment[] };

/** Reads a partner's 820. Expects a set that passed validation. */
export function readRemittance(set: TransactionSet): Remittance {
  const account = new SetAccount(set);
  const take = (segment: Segment | undefined, position: number, to: string) =>
    account.take(segment, position, to);
  const first = (id: string) => set.segments.find((segment) => segment.id === id);
  const payment = first('BPR');
  const items: Draft[] = [];
  const adjustments: Adjustment[] = [];
  for (const segment of set.segments) {
    const amountAt = (position: number, to: string) => decimalOf(take(segment, position, to));
    if (segment.id === 'RMR') {
      take(segment, 1, 'kind of document');
      const own = adjustment(element(segment, 7), amountAt(8, 'adjustment'));
      take(segment, 7, 'reason of the adjustment');
      items.push({
        number: take(segment, 2, 'invoice') ?? '',
        paid: amountAt(4, 'amount paid'),
        invoiced: amountAt(5, 'amount of the invoice'),
        discount: amountAt(6, 'discount taken'),
        adjustments: own,
      });
    } else if (segment.id === 'ADX') {
      const own = adjustment(take(segment, 2, 'reason of the adjustment'), amountAt(1, 'adjustment'));
      (items.at(-1)?.adjustments ?? adjustments).push(...own);
    } else if (segment.id === 'ENT') account.ignore(segment, 'which of its companies pays');
  }
  const remittance = {
    reference: take(first('TRN'), 2, 'payment'),
    paidOn: isoDate(take(payment, 16, 'day of the payment')),
    total: decimalOf(take(payment, 2, 'amount of the payment')),
    currency: take(first('CUR'), 2, 'currency'),
  };
  for (const segment of set.segments) account.ignore(segment, 'read by whoever sees the message');
  return { ...remittance, items, adjustments, account: account.entries() };
}

function adjustment(reason: string | null, amount: string | null): Adjustment[] {
  return amount === null ? [] : [{ reason: reason ?? '', amount }];
}
