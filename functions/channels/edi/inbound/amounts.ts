import { toCurrencyDigits } from '../../../../domain/money.ts';
import type { AllowanceOrCharge, DocumentLine, PurchaseOrderDocument } from '../x12/index.ts';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, ZERO } from '../x12/order/decimal.ts';

/** An allowance or charge, and what it comes to; null where no amount follows from what is said. */
export interface ReckonedAllowance extends Pick<AllowanceOrCharge, 'ordinal' | 'kind'> {
  readonly amount: string | null;
}

/** What the allowances and charges of a line come to. */
export function allowancesOfLine(line: DocumentLine, currency: string): readonly ReckonedAllowance[] {
  const quantity = (unit: string | null): string | null => {
    if (unit === null || unit === line.ordered.unit) return line.ordered.quantity;
    return unit === 'EA' && line.eaches !== null ? String(line.eaches.quantity) : null;
  };
  return reckoned(line.allowances, line.amount, currency, quantity);
}

/** What the allowances and charges of the whole order come to; net is what the lines cost less their own allowances. */
export function allowancesOfOrder(
  document: PurchaseOrderDocument,
  currency: string,
): readonly ReckonedAllowance[] {
  const lines = document.lines.flatMap((line) => allowancesOfLine(line, currency));
  const net = lines.reduce<string | null>(taken, document.linesAmount);
  return reckoned(document.allowances, document.linesAmount, currency, () => null, net);
}

function reckoned(
  allowances: readonly AllowanceOrCharge[],
  gross: string | null,
  currency: string,
  quantityOf: (unit: string | null) => string | null,
  before: string | null = gross,
): readonly ReckonedAllowance[] {
  let net = before;
  return allowances.map((one) => {
    const { ordinal, kind, percent, percentOf, rate } = one;
    const base = percentOf === 'NET' ? net : gross;
    const said =
      one.amount ??
      (percent === undefined
        ? times(rate, one.quantity ?? quantityOf(one.unit ?? null))
        : times(base, percent, 2));
    const amount = said === null ? null : toCurrencyDigits(said, currency);
    const result = { ordinal, kind, amount };
    net = taken(net, result);
    return result;
  });
}

/** What is left to pay after an allowance, which further ones may be a percentage of. */
function taken(net: string | null, { kind, amount }: ReckonedAllowance): string | null {
  const left = decimal(net);
  const off = decimal(amount);
  if (left === null || off === null) return null;
  return kind === 'ALLOWANCE' ? formatDecimal(add(left, { ...off, digits: -off.digits })) : net;
}

/** The product of two numbers, with so many decimals more; null when either is not known. */
function times(
  one: string | null | undefined,
  other: string | null | undefined,
  decimals = 0,
): string | null {
  const [left, right] = [decimal(one), decimal(other)];
  if (left === null || right === null) return null;
  const product = multiply(left, right);
  return formatDecimal({ ...product, scale: product.scale + decimals });
}

function decimal(text: string | null | undefined): Decimal | null {
  return text === null || text === undefined ? null : (parseDecimal(text) ?? ZERO);
}
