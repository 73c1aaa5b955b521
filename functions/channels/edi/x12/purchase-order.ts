import { SetAccount } from './account/set-account.ts';
import { blocksOf } from './order/blocks.ts';
import { commonDates, controlTotalProblems, openProblems, readHeader } from './order/common.ts';
import { formatDecimal } from './order/decimal.ts';
import { distribute } from './order/distribution.ts';
import type { OrderProblem, PurchaseOrderDocument } from './order/document.ts';
import { decimalOf } from './order/header.ts';
import { keepRest } from './order/keep.ts';
import { type LineLayout, readLine, sum } from './order/lines.ts';
import { element, type Segment, type TransactionSet } from './types.ts';

const PO1: LineLayout = { quantity: 2, unit: 3, unitPrice: 4, priceBasis: 5, products: 6 };
const BEG_ORDER_DATE = 5;

/**
 * What an 850 orders: one document, or one for each destination where lines are divided. Expects a set that validation
 * accepted (verdict A or E); what a set accepted with errors leaves out shows as problems.
 */
export function readPurchaseOrder(set: TransactionSet): readonly PurchaseOrderDocument[] {
  const account = new SetAccount(set);
  const opening = set.segments.find((segment) => segment.id === 'BEG') ?? { id: 'BEG', elements: [] };
  const body = set.segments.filter((segment) => !['ST', 'BEG', 'SE'].includes(segment.id));
  const blocks = blocksOf(body, 'PO1');
  const problems: OrderProblem[] = [];
  const header = readHeader(account, opening, BEG_ORDER_DATE, blocks, problems);
  const lines = blocks.lines.map((line, index) =>
    readLine(account, line, index + 1, PO1, header.currency, problems),
  );
  if (lines.length === 0) problems.push({ code: 'no_lines', message: 'the order has no lines' });
  problems.push(...controlTotalProblems(account, blocks.summary, lines));
  const known = lines.every((line) => line.amount !== null);
  const order: PurchaseOrderDocument = {
    kind: 'PURCHASE_ORDER',
    ...header,
    dates: commonDates(header.dates, lines, problems),
    lines,
    linesAmount: known ? formatDecimal(sum(lines.map((line) => line.amount as string))) : null,
    statedTotal: statedTotal(account, blocks.summary),
    details: [...header.details, ...keepRest(account, [{ opener: null, segments: blocks.summary }], 'order')],
    problems,
    account,
    split: null,
  };
  const documents = distribute(account, order, blocks.lines);
  // Only now has everybody taken what they read.
  const open = openProblems(account);
  return documents.map((document) => ({ ...document, problems: [...document.problems, ...open] }));
}

/** AMT*TT behind CTT: the total that the partner computed. */
function statedTotal(account: SetAccount, summary: readonly Segment[]): string | null {
  const amt = summary.find((segment) => segment.id === 'AMT' && element(segment, 1) === 'TT');
  if (amt !== undefined) account.take(amt, 1, 'channel total');
  return decimalOf(account.take(amt, 2, 'channel total'));
}
