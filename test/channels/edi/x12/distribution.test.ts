import { describe, expect, it } from 'vitest';
import type { PurchaseOrderDocument } from '../../../../functions/channels/edi/x12/order/document.ts';
import { readPurchaseOrder } from '../../../../functions/channels/edi/x12/purchase-order.ts';
import { setOf, sketch } from './support.ts';

const BEG = 'BEG*00*SA*PO-1**20260401';
const codesOf = (order: PurchaseOrderDocument) => order.problems.map((problem) => problem.code);

describe('distribution among destinations (SDQ)', () => {
  const BODY = [
    ...[
      BEG,
      'CUR*BY*USD',
      'N1*BY*CHAIN*92*HQ',
      'N1*ST*STORE ONE*92*S1',
      'N3*1 MAIN',
      'N4*TACOMA*WA*98421*US',
    ],
    ...[
      'PO1*1*10*EA*2**VN*A',
      'SDQ*EA*92*S1*4*S2*6',
      'PO1*2*3*CA*12**VN*B',
      'PO4*6',
      'SDQ*CA*92*S2*3',
      'CTT*2*13',
    ],
  ];
  const documents = (...body: string[]) => readPurchaseOrder(setOf(sketch('850', body)));

  it('gives one document for each, under one number', () => {
    const orders = documents(...BODY);
    expect(orders.map((order) => [order.purchaseOrderNumber, order.split])).toEqual([
      ['PO-1', { part: 1, of: 2, location: 'S1' }],
      ['PO-1', { part: 2, of: 2, location: 'S2' }],
    ]);
    expect(
      orders.map((order) =>
        order.lines.map((line) => [line.lineNumber, line.item?.value, line.eaches?.quantity]),
      ),
    ).toEqual([
      [[1, 'A', 4]],
      [
        [1, 'A', 6],
        [2, 'B', 18],
      ],
    ]);
    expect(orders.map((order) => order.linesAmount)).toEqual(['8', '48']);
    expect(orders.flatMap(codesOf)).toEqual([]);
  });

  it('takes the address from the header where it is known, else only the number', () => {
    const [one, two] = documents(...BODY);
    expect(one?.shipTo).toMatchObject({ role: 'ST', name: 'STORE ONE', city: 'TACOMA' });
    expect(two?.shipTo).toMatchObject({
      role: 'ST',
      name: null,
      idQualifier: '92',
      id: 'S2',
      addressLines: [],
    });
  });

  it('sends lines without SDQ to the ship-to of the header, with what else goes there', () => {
    const orders = documents(...BODY.slice(0, -1), 'PO1*3*1*EA*5**VN*C', 'CTT*3*14');
    expect(
      orders.map((order) => [order.split?.location, order.lines.map((line) => line.item?.value)]),
    ).toEqual([
      ['S1', ['A', 'C']],
      ['S2', ['A', 'B']],
    ]);
  });

  it('divides by the ship-to of a line', () => {
    const orders = documents(
      ...[BEG, 'N1*ST*DC 12*92*0012', 'N3*2200 DOCK ST', 'N4*TACOMA*WA*98421*US'],
      ...['PO1*1*10*EA*2**VN*A', 'PO1*2*20*EA*2**VN*B', 'N1*ST*SITE 7*92*0777', 'N3*9 QUARRY RD'],
      ...['N4*BEND*OR*97701*US', 'PO1*3*5*EA*2**VN*C', 'CTT*3*35'],
    );
    expect(orders.map((order) => [order.shipTo?.city, order.lines.map((line) => line.lineNumber)])).toEqual([
      ['TACOMA', [1, 3]],
      ['BEND', [2]],
    ]);
    const kept = orders.map(({ details }) =>
      details.filter(({ code }) => code === 'ST').map(({ value }) => value),
    );
    expect(kept[1]).toEqual(['SITE 7 92 0777, 9 QUARRY RD, BEND OR 97701 US']);
    expect(orders.flatMap(codesOf)).toEqual([]);
  });

  it('goes to one place when each line names the same', () => {
    const lines = ['PO1*1*10*EA*2**VN*A', 'N1*ST**92*S1', 'PO1*2*20*EA*2**VN*B', 'N1*ST**92*S1'];
    expect(documents(BEG, ...lines, 'CTT*2*30')).toMatchObject([{ split: null, shipTo: { id: 'S1' } }]);
  });

  it('adds up a destination that comes twice', () => {
    const [only] = documents(BEG, 'PO1*1*10*EA*2**VN*A', 'SDQ*EA*92*S1*4', 'SDQ*EA*92*S1*6', 'CTT*1*10');
    expect(only?.lines[0]?.eaches?.quantity).toBe(10);
  });

  it('holds what does not add up, a part of a unit, and amounts of the whole order', () => {
    const orders = documents(
      ...[BEG, 'SAC*A*C310***500', 'PO1*1*10*EA*2**VN*A', 'SDQ*EA*92*S1*4*S2*5.5', 'CTT*1*10', 'AMT*TT*21'],
    );
    expect(new Set(orders.flatMap(codesOf))).toEqual(
      new Set(['distribution_mismatch', 'allowance_of_whole_order', 'total_mismatch', 'quantity_not_whole']),
    );
    expect(orders.map((order) => order.statedTotal)).toEqual([null, null]);
  });
});
