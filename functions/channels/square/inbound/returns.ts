import { oneLine } from '../../core/clean.ts';
import type { ChannelReturn } from '../../core/reconcile-return.ts';
import { currencyOf, decimal } from './amounts.ts';
import type { SquareOrder, SquareReturn } from './payload.ts';
import { wholeQuantity } from './quantities.ts';

/** A return with Square's id of the order that the goods were sold by; null for a refund without a sale. */
export interface ReturnOfSale extends ChannelReturn {
  readonly saleId: string | null;
}

/** @returns whether an order of Square sells nothing: a refund made it. An exchange sells something, too. */
export function isReturnAlone({ returns, lineItems }: SquareOrder): boolean {
  return returns.length > 0 && lineItems.length === 0;
}

/**
 * The returns of an order of Square, one for each sale. A refund that is still pending may be rejected, and is none yet.
 *
 * @param isPaidBack whether the money is known to be back, before the order says so
 */
export function returnsOf(
  order: SquareOrder,
  { isPaidBack, isHistory }: { readonly isPaidBack: boolean; readonly isHistory: boolean },
): readonly ReturnOfSale[] {
  const isDone =
    isPaidBack ||
    order.state === 'COMPLETED' ||
    order.refunds.some(({ status }) => status === 'APPROVED' || status === 'COMPLETED');
  if (!isDone || order.state === 'CANCELED') return [];
  return order.returns.map((each) => ({
    saleId: each.sourceOrderId ?? null,
    refundId: order.id,
    createdAt: order.createdAt ?? null,
    note: oneLine(order.refunds.find(({ reason }) => reason !== null)?.reason, 200),
    lines: goodsOf(each),
    amounts: [moneyOf(each, order)],
    shipping: [],
    kept: [],
    taxes: [],
    isHistory,
  }));
}

function goodsOf({ returnLineItems }: SquareReturn): ChannelReturn['lines'] {
  return returnLineItems.flatMap(({ sourceLineItemUid, quantity }) =>
    sourceLineItemUid == null
      ? []
      : [
          {
            channelLineId: sourceLineItemUid,
            // A sale of units that are not whole is not here either, and the return finds no such line.
            quantity: Math.ceil(wholeQuantity(quantity) ?? Number(quantity)),
            goods: 'CANCELLED_OR_RETURNED' as const,
            lineAfter: null,
          },
        ],
  );
}

/** What went back for one sale; the order has only the sum of all its returns. */
function moneyOf({ returnLineItems }: SquareReturn, order: SquareOrder): string {
  const ofLines = returnLineItems.reduce((total, { totalMoney }) => total + totalMoney.amount, 0n);
  const ofAll = order.returnAmounts?.totalMoney.amount ?? ofLines;
  return decimal(order.returns.length === 1 ? ofAll : ofLines, currencyOf(order));
}
