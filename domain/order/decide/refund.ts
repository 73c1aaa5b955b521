import { dateOf } from '../../calendar.ts';
import { accept, type Decision } from '../../decider.ts';
import { minorUnits, sum, toCurrencyDigits } from '../../money.ts';
import { isInvoiced } from '../bill.ts';
import type { CommandOf } from '../commands.ts';
import type { OrderEvent } from '../events.ts';
import { illegal } from '../lifecycle.ts';
import type { Order } from '../order.ts';
import type { Facts } from './context.ts';

/** No shop gives money back as often for one order. */
const MAX_REFUNDS = 200;

/**
 * Credits money that went back for shipping or for goods that stay with the customer, once for each refund of the
 * channel; only what is invoiced by us is credited.
 */
export function creditRefund(
  order: Order,
  { refundId, shipping, allowance, tax }: CommandOf<'CreditRefund'>,
  facts: Facts,
): Decision<OrderEvent> {
  const { orderId, orderType, currency, customer, purchaseOrderNumber, creditedRefunds = [] } = order;
  if (creditedRefunds.includes(refundId)) return accept();
  if (!isInvoiced(order))
    return illegal(
      order.state,
      'CreditRefund',
      `no invoice of ${orderId}, which is ${orderType}, can be credited`,
    );
  if (creditedRefunds.length >= MAX_REFUNDS)
    return illegal(order.state, 'CreditRefund', `${orderId} has ${MAX_REFUNDS} refunds already`);
  const total = sum([shipping, allowance, tax], currency);
  if (minorUnits(total, currency) === 0n) return accept();
  const inDigits = (amount: string) => toCurrencyDigits(amount, currency);
  return accept({
    type: 'RefundCredited',
    data: {
      refundId,
      creditNoteId: `${orderId}-F${creditedRefunds.length + 1}`,
      creditDate: dateOf(facts.now),
      ...{ currency, customer, purchaseOrderNumber, lines: [] },
      discount: inDigits('0'),
      shipping: inDigits(shipping),
      allowance: inDigits(allowance),
      tax: inDigits(tax),
      total,
    },
  });
}
