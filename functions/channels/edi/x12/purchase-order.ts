import { blocksOf } from './order/blocks.ts';
import { controlTotalProblems, readHeader } from './order/common.ts';
import { formatDecimal } from './order/decimal.ts';
import { distribute } from './order/distribution.ts';
import type { OrderProblem, PurchaseOrderDocument } from './order/document.ts';
import { all, decimal, optional } from './order/header.ts';
import { type LineLayout, readLine, sum } from './order/lines.ts';
import { element, type Segment, type TransactionSet } from './types.ts';

const PO1: LineLayout = { quantity: 2, unit: 3, unitPrice: 4, priceBasis: 5, products: 6 };
const BEG_ORDER_DATE = 5;
const BEG_CONTRACT = 6;

/**
 * What an 850 orders: one document, or one for each destination where SDQ divides the lines. Expects a set that
 * validation accepted (verdict A or E); what a set accepted with errors leaves out shows as problems.
 */
export function readPurchaseOrder(set: TransactionSet): readonly PurchaseOrderDocument[] {
  const opening = set.segments.find((segment) => segment.id === 'BEG') ?? { id: 'BEG', elements: [] };
  const body = set.segments.filter((segment) => !['ST', 'BEG', 'SE'].includes(segment.id));
  const blocks = blocksOf(body, 'PO1');
  const problems: OrderProblem[] = [];
  const header = readHeader(opening, BEG_ORDER_DATE, blocks, problems);
  const lines = blocks.lines.map((line, index) => readLine(line, index + 1, PO1, header.currency, problems));
  if (lines.length === 0) problems.push({ code: 'no_lines', message: 'the order has no lines' });
  problems.push(...controlTotalProblems(blocks.summary, lines));
  const known = lines.every((line) => line.amount !== null);
  const order: PurchaseOrderDocument = {
    kind: 'PURCHASE_ORDER',
    ...header,
    contractNumber: optional(opening, BEG_CONTRACT),
    lines,
    linesAmount: known ? formatDecimal(sum(lines.map((line) => line.amount as string))) : null,
    statedTotal: statedTotal(blocks.summary),
    problems,
    split: null,
  };
  return distribute(order, blocks.lines);
}

/** AMT*TT behind CTT: the total that the partner computed. */
function statedTotal(summary: readonly Segment[]): string | null {
  return decimal(
    all(summary, 'AMT').find((amt) => element(amt, 1) === 'TT'),
    2,
  );
}
