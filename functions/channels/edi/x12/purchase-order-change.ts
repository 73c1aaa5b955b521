import { blocksOf, flat } from './order/blocks.ts';
import { controlTotalProblems, readHeader } from './order/common.ts';
import type { LineChangeKind, OrderProblem, PurchaseOrderChangeDocument } from './order/document.ts';
import { decimal, isoDate, optional } from './order/header.ts';
import { type LineLayout, readLine } from './order/lines.ts';
import { element, type Segment, type TransactionSet } from './types.ts';

const POC: LineLayout = { quantity: 3, unit: 5, unitPrice: 6, priceBasis: 7, products: 8 };
const POC_CHANGE = 2;
const POC_LEFT_TO_RECEIVE = 4;
const BCH_SEQUENCE = 5;
const BCH_ORDER_DATE = 6;
const BCH_CHANGE_DATE = 11;

const CHANGES: Record<string, LineChangeKind> = {
  AI: 'ADD',
  DI: 'DELETE',
  QI: 'QUANTITY_INCREASE',
  QD: 'QUANTITY_DECREASE',
  PC: 'PRICE',
  PQ: 'PRICE_AND_QUANTITY',
  CA: 'CHANGE',
  RZ: 'REPLACE',
  NC: 'NONE',
};

/** Changes whose lines need not repeat quantity and price: what stays, and what goes. */
const WITHOUT_QUANTITY: ReadonlySet<LineChangeKind> = new Set(['DELETE', 'NONE']);

/**
 * What an 860 changes. `ordered.quantity` of a line is its new total (POC03), not the difference. An 860 rarely
 * repeats PO4, so a line by the case often has the problem `pack_missing`; with the pack of the order that it
 * changes, `toEaches` answers. Expects a set that validation accepted.
 */
export function readPurchaseOrderChange(set: TransactionSet): PurchaseOrderChangeDocument {
  const opening = set.segments.find((segment) => segment.id === 'BCH') ?? { id: 'BCH', elements: [] };
  const body = set.segments.filter((segment) => !['ST', 'BCH', 'SE'].includes(segment.id));
  const blocks = blocksOf(body, 'POC');
  const problems: OrderProblem[] = [];
  const header = readHeader(opening, BCH_ORDER_DATE, blocks, problems);
  const lines = blocks.lines.map((line, index) => {
    const poc = flat(line)[0] as Segment;
    const code = element(poc, POC_CHANGE);
    const kind = CHANGES[code] ?? 'OTHER';
    const found: OrderProblem[] = [];
    const read = readLine(line, index + 1, POC, header.currency, found);
    problems.push(...found.filter((problem) => !WITHOUT_QUANTITY.has(kind) || !concernsAmount(problem)));
    return { ...read, change: { code, kind }, leftToReceive: decimal(poc, POC_LEFT_TO_RECEIVE) };
  });
  problems.push(...controlTotalProblems(blocks.summary, lines));
  return {
    kind: 'PURCHASE_ORDER_CHANGE',
    ...header,
    changeSequence: optional(opening, BCH_SEQUENCE),
    changeDate: isoDate(optional(opening, BCH_CHANGE_DATE)),
    lines,
    problems,
  };
}

function concernsAmount(problem: OrderProblem): boolean {
  return /^(?:quantity|unit|pack|price)_/.test(problem.code);
}
