import { LINE_CHANGES } from './account/codes.ts';
import type { KeptDetail } from './account/kept-detail.ts';
import { SetAccount } from './account/set-account.ts';
import { blocksOf, flat } from './order/blocks.ts';
import { commonDates, controlTotalProblems, openProblems, readHeader } from './order/common.ts';
import { addsUp, distributionMismatch, readDistribution } from './order/distribution.ts';
import type { LineChangeKind, OrderProblem, PurchaseOrderChangeDocument } from './order/document.ts';
import { decimalOf, isoDate } from './order/header.ts';
import { keepRest } from './order/keep.ts';
import { type LineLayout, readLine } from './order/lines.ts';
import type { Segment, TransactionSet } from './types.ts';

const POC: LineLayout = { quantity: 3, unit: 5, unitPrice: 6, priceBasis: 7, products: 8 };
const POC_CHANGE = 2;
const POC_LEFT_TO_RECEIVE = 4;
const BCH_SEQUENCE = 5;
const BCH_ORDER_DATE = 6;
const BCH_CHANGE_DATE = 11;

/** Changes whose lines need not repeat quantity and price: what stays, and what goes. */
const WITHOUT_QUANTITY: ReadonlySet<LineChangeKind> = new Set(['DELETE', 'NONE', 'DATES']);

/**
 * What an 860 changes. `ordered.quantity` of a line is its new total (POC03), not the difference. An 860 rarely
 * repeats PO4, so a line by the case often has the problem `pack_missing`; with the pack of the order that it
 * changes, `toEaches` answers. Expects a set that validation accepted.
 */
export function readPurchaseOrderChange(set: TransactionSet): PurchaseOrderChangeDocument {
  const account = new SetAccount(set);
  const opening = set.segments.find((segment) => segment.id === 'BCH') ?? { id: 'BCH', elements: [] };
  const body = set.segments.filter((segment) => !['ST', 'BCH', 'SE'].includes(segment.id));
  const blocks = blocksOf(body, 'POC');
  const problems: OrderProblem[] = [];
  const changeSequence = account.take(opening, BCH_SEQUENCE, 'number of the change');
  const changeDate = isoDate(account.take(opening, BCH_CHANGE_DATE, 'date of the change'));
  const header = readHeader(account, opening, BCH_ORDER_DATE, blocks, problems);
  const lines = blocks.lines.map((line, index) => {
    const poc = flat(line)[0] as Segment;
    const code = account.take(poc, POC_CHANGE, 'change of the line') ?? '';
    const kind = LINE_CHANGES.get(code) ?? 'OTHER';
    const found: OrderProblem[] = [];
    const leftToReceive = decimalOf(account.take(poc, POC_LEFT_TO_RECEIVE, 'change of the line'));
    const read = readLine(account, line, index + 1, POC, header.currency, found);
    problems.push(...found.filter((problem) => !WITHOUT_QUANTITY.has(kind) || !concernsAmount(problem)));
    const distribution = readDistribution(account, flat(line));
    if (distribution.length > 0 && !WITHOUT_QUANTITY.has(kind) && !addsUp(read.ordered, distribution))
      problems.push(distributionMismatch(read.lineNumber));
    return { ...read, change: { code, kind }, leftToReceive, distribution };
  });
  problems.push(...controlTotalProblems(account, blocks.summary, lines));
  return {
    kind: 'PURCHASE_ORDER_CHANGE',
    ...header,
    dates: commonDates(header.dates, lines, problems),
    changeSequence,
    changeDate,
    lines,
    details: [
      changeDetail(opening, changeSequence, changeDate),
      ...header.details.filter(({ raw }) => raw?.[0]?.[0] !== opening.id),
      ...keepRest(account, [{ opener: null, segments: blocks.summary }], 'order'),
    ],
    problems: [...problems, ...openProblems(account)],
    account,
  };
}

/** Which change it was that the order had last; its answer repeats the number. */
function changeDetail(opening: Segment, sequence: string | null, date: string | null): KeptDetail {
  const value = [sequence ?? '', date ?? ''].filter((each) => each !== '').join(' of ');
  return {
    ...{ kind: 'TERMS', label: 'Purchase order change', code: opening.id, value },
    raw: [[opening.id, ...opening.elements]],
  };
}

function concernsAmount(problem: OrderProblem): boolean {
  return /^(?:quantity|unit|pack|price)_/.test(problem.code);
}
