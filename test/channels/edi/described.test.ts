import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useApi } from '../../../testing/api.ts';
import type { Json } from '../../../testing/client.ts';
import { longOrder, PLAIN_ORDER, payloadText, sketch, V01 } from './x12/support.ts';

/** The cases that the README of the samples describes and holds no file of, sent to a running loop. */
const loop = useApi();
let control = 7000;

const api = async (path: string) => (await loop().send<Json>('GET', path)).body;

async function send(text: string) {
  const body = Buffer.from(text, 'latin1');
  const headers = { 'x-edi-signature': createHmac('sha256', 'local-edi-secret').update(body).digest('hex') };
  return loop().http.send('POST', '/webhooks/edi', { body, headers });
}

/** Gives an interchange numbers of its own, in place of those that it was written with. */
function numbered(text: string, interchange: string, group: string): string {
  control += 1;
  return text
    .replaceAll(interchange, String(control).padStart(9, '0'))
    .replace(new RegExp(`(?<=[*+\\x1d])${group}(?=[*+'~\\x1c\\x1d])`, 'g'), String(control));
}

const sketched = (body: readonly string[], options?: Parameters<typeof sketch>[2]) =>
  numbered(sketch('850', body, options), '000002001', '2001');

const sample = (change: (text: string) => string) => numbered(change(payloadText(V01)), '000001021', '1021');

const ordersOf = async (purchaseOrder: string) =>
  (await api(`/v1/orders?purchaseOrderNumber=${purchaseOrder}`)).items;

const ACCEPTED = /AK9\*A/;

describe('what is right is booked', () => {
  test('v04: in separators that no text is written with', async () => {
    const separators = { element: '\x1d', component: '\x1f', terminator: '\x1c' };
    const order = ['BEG*00*SA*PO-V04**20260401', 'PO1*1*5*EA*2.50**VN*SKU-1', 'CTT*1*5'];
    expect((await send(sketched(order, { separators }))).text).toMatch(/AK9.A.1.1.1/);
    expect(await ordersOf('PO-V04')).toHaveLength(1);
  });

  test('v06: divided among three places, an order for each under one purchase order, in + : and an apostrophe', async () => {
    const separators = { element: '+', component: ':', terminator: "'" };
    const order = [
      'BEG*00*SA*PO-V06**20260401',
      'CUR*BY*USD',
      'N1*BY*HARBOR MARKETS INC*92*0001',
      ...['PO1*1*30*EA*2.50**VN*SKU-1', 'SDQ*EA*92*0011*5*0012*10*0013*15'],
      ...['PO1*2*6*EA*4.00**VN*SKU-2', 'SDQ*EA*92*0011*2*0013*4'],
      'CTT*2*36',
    ];
    expect((await send(sketched(order, { separators }))).text).toMatch(/AK9.A.1.1.1/);
    const orders = await ordersOf('PO-V06');
    expect(orders).toHaveLength(3);
    const shares = await Promise.all(
      orders.map(async ({ orderId }: { orderId: string }) => {
        const { externalId, total, lines } = await api(`/v1/orders/${orderId}`);
        return [
          externalId,
          total,
          ...lines.map(({ sku, ordered }: { sku: string; ordered: number }) => `${ordered} ${sku}`),
        ];
      }),
    );
    expect(shares.sort()).toEqual([
      ['PO-V06 0011', '20.50', '5 SKU-1', '2 SKU-2'],
      ['PO-V06 0012', '25.00', '10 SKU-1'],
      ['PO-V06 0013', '53.50', '15 SKU-1', '4 SKU-2'],
    ]);
  });

  test('v09: a purchase order that is sent again under new numbers makes no second order', async () => {
    const order = ['BEG*00*SA*PO-V09**20260401', ...PLAIN_ORDER.slice(1)];
    expect((await send(sketched(order))).text).toMatch(ACCEPTED);
    expect((await send(sketched(order))).text).toMatch(ACCEPTED);
    expect(await ordersOf('PO-V09')).toHaveLength(1);
  });

  test('v11: a thousand lines, taken whole', async () => {
    expect((await send(numbered(longOrder(1000), '000002001', '2001'))).text).toMatch(/AK9\*A\*1\*1\*1/);
    const [{ orderId }] = await ordersOf('PO-LONG');
    const { lines, total } = await api(`/v1/orders/${orderId}`);
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toMatchObject({ lineNumber: 1000, sku: 'SKU-1000', ordered: 24, unitsPerCase: 12 });
    expect(total).toBe('57600.00');
  }, 60_000);
});

describe('what is wrong is named, and nothing is booked', () => {
  test.each([
    [
      'b03: group numbers that differ',
      (text: string) => text.replace('GE*1*1021', 'GE*1*1022'),
      /AK9\*R\*1\*1\*0\*4~/,
    ],
    ['b06: cut off', (text: string) => text.slice(0, 900), /TA1\*[^~]*\*R\*023~/],
    [
      'b07: a date that is none',
      (text: string) => text.replace('DTM*002*20260323', 'DTM*002*20261323'),
      /AK3\*DTM\*\d+\*\*8~\s*AK4\*2\*373\*8\*20261323~[\s\S]*AK5\*R\*5/,
    ],
    [
      'b10: a wrong count of sets',
      (text: string) => text.replace('GE*1*1021', 'GE*2*1021'),
      /AK9\*R\*2\*1\*0\*5~/,
    ],
    [
      'b13: a purpose that there is not',
      (text: string) => text.replace('BEG*00*', 'BEG*99*'),
      /AK3\*BEG\*2\*\*8~\s*AK4\*1\*353\*7\*99~/,
    ],
    [
      'b15: a letter for a number',
      (text: string) => text.replace('PO1*1*24*', 'PO1*1*2X4*'),
      /AK3\*PO1\*\d+\*PO1\*8~\s*AK4\*2\*330\*6\*/,
    ],
    [
      'b19: for somebody else',
      (text: string) => text.replace('*01*614141000      *', '*01*999999999      *'),
      /TA1\*[^~]*\*R\*00[89]~/,
    ],
    [
      'b21: two sets of one number',
      (text: string) => {
        const [, set = ''] = /(ST\*850[\s\S]*SE\*\d+\*0001~\s*)/.exec(text) ?? [];
        return text.replace(set, set + set.replace('WRONG', '')).replace('GE*1*', 'GE*2*');
      },
      /AK5\*R\*(?:7|23)~/,
    ],
  ])('%s', async (name, change, answer) => {
    const own = `WRONG-${name.slice(0, 3)}`;
    const taken = await send(sample((text) => change(text).replaceAll('4500187265', own)));
    expect(taken.status).toBe(200);
    expect(taken.text).toMatch(answer);
    expect(await ordersOf(own)).toHaveLength(name.startsWith('b21') ? 1 : 0);
  });

  test('b19: from nobody that we trade with', async () => {
    const order = sample((text) => text.replaceAll('6145550100', '1112223334'));
    expect(await send(order)).toMatchObject({
      status: 200,
      text: expect.stringMatching(/TA1\*[^~]*\*R\*00[67]~/),
    });
  });
});
