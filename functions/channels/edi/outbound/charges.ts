import { minorUnits } from '../../../../domain/money.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { lineOf, type Order } from '../../../../domain/order/order.ts';
import type { InvoicedAllowance } from '../x12/index.ts';
import { assignedId, identifiersOf, orderedOn, type Partner, shipTo } from './common.ts';
import { inOrderedUnit, pricePerOrderedUnit } from './ordered-unit.ts';

/** Whether what is charged is written above zero, or below. */
export type Sign = NonNullable<Partner['settings']['creditNotes']>;

type Bill = Pick<
  OrderEventOf<'InvoiceRequested' | 'CreditRequested'>['data'],
  'currency' | 'lines' | 'discount' | 'shipping' | 'tax' | 'total'
>;

const DISCOUNT = 'C310';
const FREIGHT = 'D240';

/**
 * What an invoice and a credit note say alike: the order, its lines in the units that were ordered, allowances, taxes and
 * total. Below zero an allowance is written as a charge and the other way round, since SAC01 alone says which way an
 * amount goes.
 */
export function chargesOf(order: Order, bill: Bill, sign: Sign = 'POSITIVE') {
  const { currency } = bill;
  const signed = (amount: string) => (sign === 'NEGATIVE' ? `-${amount}` : amount);
  const isMoney = (amount: string) => minorUnits(amount, currency) !== 0n;
  const adjustment = (isAdded: boolean, code: string, amount: string): readonly InvoicedAllowance[] =>
    isMoney(amount) ? [{ indicator: isAdded === (sign === 'POSITIVE') ? 'C' : 'A', code, amount }] : [];
  const taxes = [bill.tax, ...bill.lines.map(({ tax }) => tax)].filter(isMoney);
  return {
    purchaseOrderNumber: order.purchaseOrderNumber ?? '',
    purchaseOrderDate: orderedOn(order),
    currency,
    parties: shipTo(order),
    lines: bill.lines.flatMap(({ lineNumber, quantity: units, goods, discount }) => {
      const line = lineOf(order, lineNumber);
      if (line === undefined) return [];
      const { quantity, unit } = inOrderedUnit(line, units);
      return [
        {
          assignedId: assignedId(line),
          quantity: signed(quantity),
          unit,
          unitPrice: pricePerOrderedUnit(line, units, currency, goods),
          identifiers: identifiersOf(line),
          description: line.description ?? null,
          allowances: adjustment(false, DISCOUNT, discount),
        },
      ];
    }),
    total: signed(bill.total),
    taxes: taxes.map((amount) => ({ typeCode: 'TX', amount: signed(amount) })),
    allowances: [...adjustment(false, DISCOUNT, bill.discount), ...adjustment(true, FREIGHT, bill.shipping)],
  };
}
