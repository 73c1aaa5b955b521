import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../../contract/connections.ts';
import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { translateOrder } from '../../../../functions/channels/edi/inbound/translate-order.ts';
import { acknowledgment } from '../../../../functions/channels/edi/outbound/acknowledgment.ts';
import { invoice } from '../../../../functions/channels/edi/outbound/invoice.ts';
import { shipNotice } from '../../../../functions/channels/edi/outbound/ship-notice.ts';
import { readPurchaseOrder } from '../../../../functions/channels/edi/x12/index.ts';
import { receiveOrder } from '../../../../functions/orders/receive-order.ts';
import { testLoop } from '../../../../testing/loop.ts';
import { useStore } from '../../../../testing/store.ts';
import { setOf, sketch } from '../x12/support.ts';
import { segments } from './partners.ts';

const store = useStore();
const PARTNER: Extract<Connection, { kind: 'EDI' }> = {
  ...{ connectionId: 'harbor', kind: 'EDI', name: 'Harbor', updatedAt: '2026-04-01T00:00:00.000Z' },
  settings: {
    ...{
      isaQualifier: '08',
      isaId: '6145550100',
      gsId: '6145550100',
      acknowledgment: '997',
      acceptErrors: false,
    },
    ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
  },
};
const STAMP = { now: '2026-04-02T10:00:00.000Z', controlNumber: 1 };

const ORDER = [
  ...['BEG*00*RL*ECHO-1*7*20260401', 'REF*DP*041', 'REF*IA*77120', 'FOB*CC'],
  ...[
    'SAC*A*F800***500*******02***PROMO',
    'SAC*C*D500***300*******06***HANDLING',
    'SAC*C*H750****3*1*****06',
  ],
  ...['ITD*01*3*2**10**30*****2% 10 NET 30', 'TD5*O*2*ABFS*M*ABF FREIGHT'],
  ...['N1*BY*HARBOR*92*0001', 'N1*ST*HARBOR DC 12*92*0012', 'N3*2200 DOCK ST', 'N4*TACOMA*WA*98421*US'],
  ...['PO1*1*10*EA*5**VN*A', 'REF*CO*WEB-7', 'SAC*A*C310***100*******02', 'CTT*1*10'],
];

/** The documents about an order of which everything has shipped, in two shipments. */
async function documents() {
  const loop = testLoop(await store.newTable());
  await loop.stock('A', 'L1', 10);
  const [document] = readPurchaseOrder(setOf(sketch('850', ORDER)));
  if (document === undefined) throw new Error('no document');
  const translated = translateOrder(
    document,
    { name: 'Harbor', identity: '08 6145550100', isaId: '6145550100' },
    'd',
  );
  if ('problems' in translated) throw new Error(translated.problems.join('; '));
  expect(translated.command.holds).toEqual([]);
  const origin = { actor: { type: 'channel', id: 'harbor' }, correlationId: 'test' } as const;
  const received = await receiveOrder(loop.ports, {
    ...{ orderId: 'LMB-ORD-2026-0001', command: translated.command, origin },
  });
  if (received.kind !== 'received') throw new Error(received.kind);
  const { orderId } = received.order;
  await loop.command(orderId, { type: 'QueueFulfillment' });
  for (const [quantity, carrier] of [
    [4, 'ABF Freight'],
    [6, 'Nobody Knows'],
  ] as const) {
    const lines = [{ lineNumber: 1, quantity }];
    await loop.command(orderId, { type: 'RecordShipment', carrier, trackingNumber: `T${quantity}`, lines });
  }
  const order = await loop.order(orderId);
  const bills = (await loop.history(orderId)).flatMap((event) =>
    event.type === 'InvoiceRequested' ? [event.data as OrderEventOf<'InvoiceRequested'>['data']] : [],
  );
  const sent = order.shipments.map((shipment, index) => ({
    notice: shipNotice(order, shipment, [], PARTNER, STAMP),
    invoice: invoice(order, shipment, bills[index] as (typeof bills)[number], PARTNER, STAMP),
  }));
  return { order, bills, acknowledged: acknowledgment([order], PARTNER, STAMP), sent };
}

describe('what the purchase order said is given back', () => {
  test('in the acknowledgment, the ship notice and the invoice', async () => {
    const { acknowledged, sent } = await documents();
    const [first] = sent;
    expect(segments(acknowledged, 'BAK')[0]?.[5]).toBe('7');
    expect(segments(first?.notice ?? '', 'PRF')[0]?.slice(0, 3)).toEqual(['PRF', 'ECHO-1', '7']);
    expect(segments(first?.invoice ?? '', 'BIG')[0]?.slice(4, 6)).toEqual(['ECHO-1', '7']);
    for (const text of [acknowledged, first?.notice ?? '', first?.invoice ?? '']) {
      expect(segments(text, 'REF')).toEqual(
        expect.arrayContaining([
          ['REF', 'DP', '041'],
          ['REF', 'CO', 'WEB-7'],
        ]),
      );
      expect(segments(text, 'N1')).toEqual([
        ['N1', 'ST', 'HARBOR DC 12', '92', '0012'],
        ['N1', 'BY', 'HARBOR', '92', '0001'],
      ]);
    }
    expect(segments(first?.invoice ?? '', 'ITD')).toEqual([ORDER[7]?.split('*')]);
    expect(segments(first?.notice ?? '', 'FOB')).toEqual([['FOB', 'CC']]);
  });

  test('a discount for early payment is a term of the order, and of each invoice', async () => {
    const { order, bills } = await documents();
    expect(order).toMatchObject({ paymentTerms: 'NET30', cashDiscount: { percent: '2', days: 10 } });
    expect(order.note).toBeUndefined();
    expect(bills).toHaveLength(2);
    for (const { total, invoiceDate, cashDiscount } of bills) {
      const until = new Date(Date.parse(invoiceDate) + 10 * 86_400_000).toISOString().slice(0, 10);
      expect(cashDiscount).toEqual({ percent: '2', until, amount: (Number(total) / 50).toFixed(2) });
    }
  });

  test('with the codes of allowances and charges, each invoice with its share, to the cent', async () => {
    const { order, sent } = await documents();
    // 50.00 of goods less 1.00 and 5.00, plus 3.00 and one percent of the goods.
    expect(order.total).toBe('47.50');
    const amounts = (code: string) =>
      sent.flatMap(({ invoice: text }) =>
        segments(text, 'SAC')
          .filter((each) => each[2] === code)
          .map((each) => Number(each[5])),
      );
    expect(amounts('F800')).toEqual([200, 300]);
    expect(amounts('C310')).toEqual([40, 60]);
    expect(amounts('D500').reduce((sum, each) => sum + each, 0)).toBe(300);
    expect(amounts('H750').reduce((sum, each) => sum + each, 0)).toBe(50);
  });

  test('and a carrier has the code that the order gives it, or none', async () => {
    const { sent } = await documents();
    expect(sent.map(({ notice }) => segments(notice, 'TD5')[0])).toEqual([
      ['TD5', 'B', '2', 'ABFS', 'M', 'ABF Freight'],
      ['TD5', 'B', '', '', '', 'Nobody Knows'],
    ]);
    expect(sent.map(({ invoice: text }) => segments(text, 'CAD')[0])).toEqual([
      ['CAD', 'M', '', '', 'ABFS', 'ABF Freight'],
      ['CAD', '', '', '', '', 'Nobody Knows'],
    ]);
  });
});
