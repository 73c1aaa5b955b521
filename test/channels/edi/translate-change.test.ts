import { describe, expect, test } from 'vitest';
import { after } from '../../../domain/order/decide/context.ts';
import { decide } from '../../../domain/order/decide/decide.ts';
import type { Order } from '../../../domain/order/order.ts';
import { translateChange } from '../../../functions/channels/edi/inbound/translate-change.ts';
import { translateOrder } from '../../../functions/channels/edi/inbound/translate-order.ts';
import { readPurchaseOrder, readPurchaseOrderChange } from '../../../functions/channels/edi/x12/index.ts';
import { setOf, sketch } from './x12/support.ts';

const FACTS = {
  orderId: 'LMB-ORD-2026-0001',
  now: '2026-04-01T00:00:00.000Z',
  stock: new Map(),
  mostReservations: 25,
};
const BASE = [
  ...[
    'BEG*00*SA*CHG-1**20260401',
    'REF*DP*041',
    'ITD*01*3*****30',
    'SAC*A*F800***500*******02',
    'DTM*002*20270601',
  ],
  ...['N1*BY*HARBOR*92*0001', 'N1*ST*HARBOR DC 12*92*0012', 'N3*2200 DOCK ST', 'N4*TACOMA*WA*98421*US'],
  ...['PO1*1*100*EA*5**VN*FLT-A', 'PO1*2*50*EA*4**VN*FLT-B', 'CTT*2*150'],
];

function ordered(body: readonly string[] = BASE): Order {
  const [document] = readPurchaseOrder(setOf(sketch('850', body)));
  if (document === undefined) throw new Error('no document');
  const translated = translateOrder(document, { name: 'Harbor', identity: '08 1', isaId: '1' }, 'digest');
  if ('problems' in translated) throw new Error(translated.problems.join('; '));
  const decision = decide(translated.command, null, FACTS);
  if ('rejection' in decision) throw new Error(decision.rejection.detail);
  return after(null, decision.events, FACTS);
}

function changed(segments: readonly string[], order = ordered()) {
  const body = ['BCH*04*SA*CHG-1**1*20260401*****20260402', ...segments];
  const change = translateChange(readPurchaseOrderChange(setOf(sketch('860', body))), order);
  if ('problems' in change) return change;
  if (change.command === null) return { ...change, next: order };
  const decision = decide(change.command, order, FACTS);
  if ('rejection' in decision) throw new Error(decision.rejection.detail);
  return { ...change, next: after(order, decision.events, FACTS) };
}

describe('an 860 is carried out whole', () => {
  test('header: place, day and references', () => {
    const change = changed([
      ...['REF*DP*042', 'DTM*002*20270605', 'N9*L1*NOTE', 'MSG*CALL AHEAD'],
      ...['N1*ST*HARBOR DC 44*92*0044', 'N3*77 NEW PIER', 'N4*OAKLAND*CA*94607*US'],
    ]);
    if (!('next' in change)) throw new Error(change.problems.join('; '));
    expect(change.next).toMatchObject({
      shipTo: { name: 'HARBOR DC 44', address1: '77 NEW PIER', city: 'OAKLAND' },
      deliveryWindow: { start: '2027-06-05', end: '2027-06-05' },
    });
    const said = (change.next.channelData ?? []).map(({ label, value }) => `${label}: ${value}`);
    expect(said).toEqual(expect.arrayContaining(['Department number: 042', 'Note L1: NOTE, CALL AHEAD']));
    expect(said.filter((each) => /Department|Ship to/.test(each))).toHaveLength(2);
    expect(changed(['REF*DP*042', 'DTM*002*20270605'], change.next)).toMatchObject({ command: null });
  });

  test('a product is replaced by another, and a repeat asks for nothing more', () => {
    const change = changed(['POC*1*RZ*80*80*EA*5.5**VN*FLT-NEW', 'CTT*1']);
    if (!('next' in change)) throw new Error(change.problems.join('; '));
    expect(change.next.lines.map(({ sku, ordered: units, cancelled }) => [sku, units, cancelled])).toEqual([
      ['FLT-A', 100, 100],
      ['FLT-B', 50, 0],
      ['FLT-NEW', 80, 0],
    ]);
    expect(changed(['POC*1*RZ*80*80*EA*5.5**VN*FLT-NEW', 'CTT*1'], change.next)).toMatchObject({
      command: null,
    });
  });

  test('after an allowance by percentage, the order is held', () => {
    const order = ordered(BASE.with(3, 'SAC*A*F800****3*5*****02'));
    expect(order.total).toBe('665.00');
    expect(changed(['POC*1*QI*120*20*EA*5**VN*FLT-A', 'CTT*1'], order)).toMatchObject({
      heldFor: [expect.stringContaining('SAC')],
    });
  });
});

describe('an 860 is quarantined whole', () => {
  const GOOD = 'POC*2*QI*60*10*EA*4**VN*FLT-B';

  test.each([
    ['a quantity that is to be more, and is less', 'POC*1*QI*80*20*EA*5**VN*FLT-A', /POC02 QI/],
    ['a quantity that is to be less, and is more', 'POC*1*QD*120*20*EA*5**VN*FLT-A', /POC02 QD/],
    ['a price change with another quantity', 'POC*1*PC*90*90*EA*6**VN*FLT-A', /POC02 PC/],
    ['another product under the number of a line', 'POC*1*QI*120*20*EA*5**VN*FLT-NEW', /POC08/],
    ['a line that is there already', 'POC*1*AI*5*5*EA*1**VN*FLT-NEW', /POC01/],
    ['a line that is not there', 'POC*9*QI*5*5*EA*1**VN*FLT-NEW', /POC01/],
    ['other payment terms', 'ITD*01*3*****60', /ITD/],
    ['a discount for early payment', 'ITD*01*3*2**10**30', /ITD/],
    ['another allowance', 'SAC*A*F800***900*******02', /SAC/],
    ['another currency', 'CUR*BY*EUR', /CUR02/],
    ['something without a rule', 'DIS*CSH*PC*2*1*5', /DIS01/],
    ['a place that nobody knows', 'N1*ST**92*0099', /0099/],
  ])('for %s', (_, segment, reason) => {
    const isLine = segment.startsWith('POC');
    const change = changed(isLine ? [GOOD, segment, 'CTT*2'] : [segment, GOOD, 'CTT*1']);
    expect(change).toEqual({ problems: expect.arrayContaining([expect.stringMatching(reason)]) });
  });

  test('for days of some of its lines', () => {
    expect(changed(['POC*1*CT*100*0*EA*5**VN*FLT-A', 'DTM*002*20270701', 'CTT*1'])).toEqual({
      problems: [expect.stringMatching(/^DTM/)],
    });
  });
});

test('what an 860 repeats changes nothing', () => {
  const same = [
    'REF*DP*041',
    'ITD*01*3*****30',
    'SAC*A*F800***500*******02',
    'N1*ST*HARBOR DC 12*92*0012',
    'POC*1*NC*100*0*EA*5**VN*FLT-A',
  ];
  expect(changed([...same, 'CTT*1'])).toMatchObject({ command: { type: 'RecordChannelData' }, heldFor: [] });
});
