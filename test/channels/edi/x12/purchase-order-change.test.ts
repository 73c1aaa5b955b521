import { describe, expect, it } from 'vitest';
import { toEaches } from '../../../../functions/channels/edi/x12/order/quantity.ts';
import { readPurchaseOrderChange } from '../../../../functions/channels/edi/x12/purchase-order-change.ts';
import { interchangeOf, payload, setOf, sketch } from './support.ts';

const C01 = 'valid/c01_860_004010_change_of_v01.edi';

describe('c01: change 1 of purchase order 4500187265', () => {
  const change = readPurchaseOrderChange(setOf(payload(C01)));

  it('names the order, the change and the new date', () => {
    expect(change).toMatchObject({
      kind: 'PURCHASE_ORDER_CHANGE',
      purchaseOrderNumber: '4500187265',
      purpose: { code: '04', kind: 'CHANGE' },
      changeSequence: '1',
      orderDate: '2026-03-12',
      changeDate: '2026-03-14',
      dates: { DELIVERY: '2026-03-25' },
      shipTo: { role: 'ST', id: '0012' },
    });
  });

  it('raises line 1 to 36, deletes line 2, adds line 4', () => {
    const lines = change.lines.map((line) => [
      ...[line.assignedId, line.change.kind, line.ordered.quantity, line.leftToReceive, line.item?.value],
    ]);
    expect(lines).toEqual([
      ['1', 'CHANGE', '36', '12', 'NF-TS24'],
      ['2', 'DELETE', '0', '0', 'NF-CC08'],
      ['4', 'ADD', '5', '5', 'NF-OL500'],
    ]);
  });

  it('tells that the packs are not in the message; with the pack of the order they can be told', () => {
    expect(change.problems.map((problem) => [problem.code, problem.lineNumber])).toEqual([
      ['pack_missing', 1],
      ['pack_missing', 3],
    ]);
    const [first] = change.lines;
    if (first === undefined) throw new Error('expected lines');
    const pack = { pack: 12, innerPack: null };
    expect(toEaches(first.ordered, pack, 'USD')).toEqual({
      eaches: { quantity: 432, unitPrice: '2.4', unitPriceExact: true },
      amount: '1036.8',
      problems: [],
    });
  });
});

it('reads the same change from the third group of v05', () => {
  const sets = interchangeOf(payload('valid/v05_multigroup_850x3_860.edi')).groups[2]?.sets ?? [];
  expect(sets.map(readPurchaseOrderChange)).toEqual([readPurchaseOrderChange(setOf(payload(C01)))]);
});

it.each([
  ['QD', 'CHANGE'],
  ['PC', 'CHANGE'],
  ['CT', 'DATES'],
  ['RZ', 'REPLACE'],
  ['NC', 'NONE'],
  ['ZZ', 'OTHER'],
])('line change %s is %s', (code, kind) => {
  const body = ['BCH*04*SA*PO-1**2*20260401', `POC*1*${code}*5*5*EA*2**VN*A`];
  const change = readPurchaseOrderChange(setOf(sketch('860', body)));
  expect(change.lines[0]?.change).toEqual({ code, kind });
  expect(change.problems).toEqual([]);
});

it('a cancellation needs no lines', () => {
  const change = readPurchaseOrderChange(setOf(sketch('860', ['BCH*01*SA*PO-1***20260401'])));
  expect(change).toMatchObject({
    purpose: { kind: 'CANCELLATION' },
    lines: [],
    problems: [],
    changeSequence: null,
  });
});
