import { minorUnits, minus, share } from '../../../../domain/money.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { type Line, lineOf, type Order } from '../../../../domain/order/order.ts';
import type { InvoicedAllowance } from '../x12/index.ts';
import { assignedId, identifiersOf, orderedOn, type Partner, partiesOf, saidOf } from './common.ts';
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
  const adjustment = (
    isAdded: boolean,
    fallback: string,
    amount: string,
    of: Pick<Order | Line, 'channelData'>,
  ) =>
    isMoney(amount)
      ? divided(of, isAdded ? 'C' : 'A', fallback, amount, currency).map(
          (each): InvoicedAllowance => ({
            ...each,
            indicator: isAdded === (sign === 'POSITIVE') ? 'C' : 'A',
          }),
        )
      : [];
  const taxes = [bill.tax, ...bill.lines.map(({ tax }) => tax)].filter(isMoney);
  return {
    purchaseOrderNumber: order.purchaseOrderNumber ?? '',
    purchaseOrderDate: orderedOn(order),
    currency,
    releaseNumber: order.releaseNumber ?? null,
    ordersReferences: saidOf(order, 'REF'),
    terms: saidOf(order, 'ITD'),
    parties: partiesOf(order),
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
          allowances: adjustment(false, DISCOUNT, discount, line),
          references: saidOf(line, 'REF'),
        },
      ];
    }),
    total: signed(bill.total),
    taxes: taxes.map((amount) => ({ typeCode: 'TX', amount: signed(amount) })),
    allowances: [
      ...adjustment(false, DISCOUNT, bill.discount, order),
      ...adjustment(true, FREIGHT, bill.shipping, order),
    ],
  };
}

/**
 * An amount under the codes by which the purchase order asked for it, each with its share; under a code of ours where
 * it asked for none.
 */
function divided(
  { channelData = [] }: Pick<Order | Line, 'channelData'>,
  indicator: 'A' | 'C',
  fallback: string,
  amount: string,
  currency: string,
): readonly Omit<InvoicedAllowance, 'indicator'>[] {
  const asked = channelData.flatMap(({ amount: own, raw }) => {
    const [id, kind, code, ...rest] = raw?.[0] ?? [];
    if (own === undefined || id !== 'SAC' || kind !== indicator || minorUnits(own, currency) <= 0n) return [];
    return [{ code: code || fallback, weight: minorUnits(own, currency), description: rest[12] || null }];
  });
  if (asked.length === 0) return [{ code: fallback, amount }];
  const whole = asked.reduce((total, { weight }) => total + weight, 0n);
  let before = 0n;
  const parts = asked.map(({ code, weight, description }) => {
    const part = minus(
      share(amount, before + weight, whole, currency),
      share(amount, before, whole, currency),
      currency,
    );
    before += weight;
    return { code, amount: part, description };
  });
  return parts.filter((part) => minorUnits(part.amount, currency) !== 0n);
}
