import type { Invoice, Payment } from '../../../../contract/invoices.ts';
import { minus, toCurrencyDigits } from '../../../../domain/money.ts';
import { agreedDiscount, openBefore } from '../../../finance/invoices.ts';
import type { Adjustment, Remittance, RemittedItem } from '../x12/index.ts';
import { add, compare, formatDecimal, parseDecimal, ZERO } from '../x12/order/decimal.ts';
import type { EdiContext, SetOutcome } from './edi-context.ts';
import type { Sender } from './translate-order.ts';

type RemittanceDependencies = Pick<EdiContext, 'answers' | 'invoices'>;

/**
 * Notes on our invoices what a partner's 820 says was paid of them. An advice that names what the partner was not sent, or
 * pays other than what is open, waits for a person besides. Doing it again notes nothing twice.
 *
 * @param messageId names the payment where the partner gives it no number
 */
export async function processRemittance(
  { answers, invoices }: RemittanceDependencies,
  { identity, isTest = false }: Sender,
  remittance: Remittance,
  messageId: string,
): Promise<SetOutcome> {
  if (isTest) return quarantined(['a test: nobody was invoiced for test orders']);
  const differences: string[] = [...unbalanced(remittance), ...remittance.adjustments.map(adjusted)];
  const orderIds = new Set<string>();
  for (const [index, item] of remittance.items.entries()) {
    const invoice = await invoiceOf({ answers, invoices }, identity, item.number);
    if (invoice === null) {
      differences.push(`${item.number || 'a payment'} is no invoice that the partner was sent`);
      continue;
    }
    orderIds.add(invoice.orderId);
    const { currency, invoiceId } = invoice;
    if (remittance.currency !== null && remittance.currency !== currency) {
      differences.push(`${invoiceId} is in ${currency}, the payment in ${remittance.currency}`);
      continue;
    }
    const payment = paymentOf(
      remittance,
      item,
      currency,
      `${remittance.reference ?? messageId} ${index + 1}`,
    );
    await invoices.notePayment(invoiceId, payment);
    differences.push(...differencesOf(invoice, item, payment));
  }
  if (remittance.items.length === 0) differences.push('it names no invoice (RMR)');
  if (differences.length > 0) return { ...quarantined(differences), about: [...orderIds] };
  return { kind: 'booked', orderIds: [...orderIds] };
}

/** Our invoice or credit note of a number, if the partner was sent it. */
async function invoiceOf(
  { answers, invoices }: RemittanceDependencies,
  identity: string,
  number: string,
): Promise<Invoice | null> {
  const sent = number === '' ? null : await answers.numbers.find(identity, `810-${number}`);
  return sent === null ? null : invoices.find(number);
}

function paymentOf(
  { reference, paidOn }: Remittance,
  { paid, discount, adjustments }: RemittedItem,
  currency: string,
  paymentId: string,
): Payment {
  const amount = (value: string) => toCurrencyDigits(value, currency);
  return {
    paymentId,
    ...(reference !== null && { reference }),
    ...(paidOn !== null && { paidOn }),
    amount: amount(paid ?? '0'),
    ...(discount !== null && !isZero(discount) && { discount: amount(discount) }),
    ...(adjustments.length > 0 && {
      adjustments: adjustments.map((each) => ({ reason: each.reason, amount: amount(each.amount) })),
    }),
  };
}

/** Why somebody has to look at what was paid of an invoice; nothing where what is open was paid. */
function differencesOf(invoice: Invoice, item: RemittedItem, payment: Payment): readonly string[] {
  const { invoiceId, currency, payments = [] } = invoice;
  const earlier = payments.find(({ paymentId }) => paymentId === payment.paymentId);
  if (earlier !== undefined && earlier.amount !== payment.amount) {
    return [`${invoiceId}: ${payment.reference} was noted before, with ${earlier.amount}`];
  }
  const discount = agreedDiscount(invoice, payment);
  const open = minus(openBefore(invoice, payment.paymentId), discount, currency);
  const reasons = [
    ...(open === payment.amount ? [] : [`${payment.amount} ${currency} paid of ${open} that was open`]),
    ...(payment.discount === undefined || payment.discount === discount
      ? []
      : [`discount of ${payment.discount} taken that was not agreed`]),
    ...item.adjustments.map(adjusted),
  ];
  return reasons.length === 0 ? [] : [`${invoiceId}: ${reasons.join(', ')}`];
}

/** BPR02 against what RMR and ADX come to. */
function unbalanced({ total, items, adjustments }: Remittance): readonly string[] {
  const sum = [...items.map(({ paid }) => paid), ...adjustments.map(({ amount }) => amount)]
    .map((value) => parseDecimal(value ?? '0') ?? ZERO)
    .reduce(add, ZERO);
  const stated = total === null ? null : parseDecimal(total);
  if (stated === null || compare(stated, sum) === 0) return [];
  return [`the payment is ${total}, its parts add up to ${formatDecimal(sum)}`];
}

function adjusted({ reason, amount }: Adjustment): string {
  return `adjusted by ${amount} (ADX02 ${reason})`;
}

function isZero(value: string): boolean {
  return compare(parseDecimal(value) ?? ZERO, ZERO) === 0;
}

function quarantined(reasons: readonly string[]) {
  const reason = `payment: ${reasons.join('; ')}`.slice(0, 2000);
  return { kind: 'quarantined', topic: '820', reason } as const;
}
