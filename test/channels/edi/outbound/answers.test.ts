import { describe, expect, test, vi } from 'vitest';
import { soon } from '../../../../testing/until.ts';
import { segments, usePartners } from './partners.ts';

const { api, send, about, queued } = usePartners();

const PARTNER = 'harbor-markets';
let control = 0;

/** Sends one set of the partner's own segments, each on a line. */
async function sendSet(id: string, group: string, body: string): Promise<string> {
  control += 1;
  const number = String(200_100_000 + control);
  const own = body
    .split('\n')
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '');
  const lines = [
    `ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*${number}*0*P*>`,
    `GS*${group}*6145550100*614141000*20260401*1200*1*X*004010`,
    ...[`ST*${id}*0001`, ...own, `SE*${own.length + 2}*0001`, 'GE*1*1', `IEA*1*${number}`],
  ];
  return send(lines.map((line) => `${line}~`).join('\n'));
}

const order = (purchaseOrder: string, header: string, lines: string) =>
  sendSet(
    '850',
    'PO',
    `BEG*00*SA*${purchaseOrder}**20260401\n${header}\n${lines}\nCTT*${lines.match(/PO1/g)?.length}`,
  );

const change = (purchaseOrder: string, body: string, purpose = '04') =>
  sendSet('860', 'PC', `BCH*${purpose}*SA*${purchaseOrder}**3*20260401*****20260402\n${body}`);

const PLACE = 'N1*ST*DC 12*92*0012\nN3*2200 DOCK ST\nN4*TACOMA*WA*98421*US';
const STORES = `N1*ST*STORE A*92*0001\nN3*1 A ST\nN4*RENO*NV*89501
  N1*ST*STORE B*92*0002\nN3*2 B ST\nN4*ELKO*NV*89801`;

const sent = (purchaseOrder: string, kind: string, count: number) =>
  vi.waitFor(async () => {
    const found = await about(PARTNER, purchaseOrder, kind);
    expect(found.map(({ content }) => content)).toHaveLength(count);
    for (const each of found) expect(each.objections).toEqual([]);
    return found.map(({ content }) => content);
  }, soon);

const ordersOf = async (purchaseOrder: string) =>
  (await api('GET', `/v1/orders?purchaseOrderNumber=${purchaseOrder}`)).items as { orderId: string }[];

describe('a purchase order that is divided', () => {
  test('is acknowledged once, by SDQ, under the numbers of its orders', async () => {
    const lines = `PO1*1*30*EA*5**VN*NF-TS24\nSDQ*EA*92*0001*10*0002*20\nPO1*2*5*EA*2**VN*NF-SS1K\nSDQ*EA*92*0002*5`;
    await order('ONE-855', STORES, lines);
    const [content = ''] = await sent('ONE-855', '855', 1);
    expect(segments(content, 'PO1').map((each) => each.slice(1, 4))).toEqual([
      ['1', '30', 'EA'],
      ['2', '5', 'EA'],
    ]);
    expect(segments(content, 'ACK').map((each) => each.slice(1, 4))).toEqual([
      ['IA', '30', 'EA'],
      ['IA', '5', 'EA'],
    ]);
    expect(segments(content, 'SDQ')).toEqual([['SDQ', 'EA', '92', '0001', '10', '0002', '20']]);
    const orders = await ordersOf('ONE-855');
    expect(segments(content, 'REF').map((each) => each[2])).toEqual(
      orders.map(({ orderId }) => orderId).toSorted(),
    );
    for (const { orderId } of orders) {
      const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
      const ofOrder = items.filter(({ kind }: { kind: string }) => kind === '855');
      expect(ofOrder).toMatchObject([{ status: 'SENT' }]);
    }
  });

  test('tells with each line where it goes, where lines have places of their own', async () => {
    await order(
      'ONE-855-N1',
      PLACE,
      `PO1*1*10*EA*5**VN*NF-TS24\n${STORES.split('\n').slice(0, 3).join('\n')}\nPO1*2*5*EA*2**VN*NF-SS1K`,
    );
    const [content = ''] = await sent('ONE-855-N1', '855', 1);
    const ids = content.split('~').map((segment) => segment.trim().slice(0, 5));
    expect(ids.filter((id) => /^(?:PO1|N1)/.test(id))).toEqual(['PO1*1', 'N1*ST', 'PO1*2', 'N1*ST']);
  });
});

describe('a change of a purchase order that is divided', () => {
  const unitsOf = async (purchaseOrder: string) => {
    const orders = await Promise.all(
      (await ordersOf(purchaseOrder)).map(({ orderId }) => api('GET', `/v1/orders/${orderId}`)),
    );
    const each = orders.map(({ shipTo, lines }) => [
      shipTo.name,
      lines.map((line: Record<'channelLineId' | 'ordered' | 'cancelled' | 'unitPrice', string>) =>
        [line.channelLineId, line.ordered, line.cancelled, line.unitPrice].join(),
      ),
    ]);
    return Object.fromEntries(each);
  };

  test('reaches the order that has the line, and all that have it where it is the same for all', async () => {
    const lines = `PO1*1*30*EA*5**VN*NF-TS24\nSDQ*EA*92*0001*10*0002*20\nPO1*2*5*EA*2**VN*NF-SS1K\nSDQ*EA*92*0002*5
      PO1*3*4*EA*2**VN*NF-SS1K\nSDQ*EA*92*0001*2*0002*2`;
    await order('SHARE-CHANGE', STORES, lines);
    await sent('SHARE-CHANGE', '855', 1);
    const first = 'POC*1*PC*30**EA*6**VN*NF-TS24\nPOC*2*QI*8**EA*2**VN*NF-SS1K\nPOC*3*DI*4**EA*2**VN*NF-SS1K';
    await change('SHARE-CHANGE', `${first}\nCTT*3`);
    expect(await unitsOf('SHARE-CHANGE')).toEqual({
      'STORE A': ['1,10,0,6', '3,2,2,2'],
      'STORE B': ['1,20,0,6', '2,8,0,2', '3,2,2,2'],
    });
  });

  test('by SDQ gives each place its share of the new total, and takes it from those left out', async () => {
    const lines = `PO1*1*30*EA*5**VN*NF-TS24\nSDQ*EA*92*0001*10*0002*20\nPO1*2*5*EA*2**VN*NF-SS1K\nSDQ*EA*92*0002*5
      PO1*3*4*EA*2**VN*NF-SS1K\nSDQ*EA*92*0001*2*0002*2`;
    await order('SHARE-SDQ', STORES, lines);
    await sent('SHARE-SDQ', '855', 1);
    await change(
      'SHARE-SDQ',
      `POC*1*QI*35**EA*5**VN*NF-TS24\nSDQ*EA*92*0001*5*0002*30\nPOC*2*QI*7**EA*2**VN*NF-SS1K\nSDQ*EA*92*0001*2*0002*5
      POC*3*QC*4**EA*2**VN*NF-SS1K\nSDQ*EA*92*0002*4\nCTT*3`,
    );
    expect(await unitsOf('SHARE-SDQ')).toEqual({
      'STORE A': ['1,5,0,5', '3,2,2,2', '2,2,0,2'],
      'STORE B': ['1,30,0,5', '2,5,0,2', '3,4,0,2'],
    });
  });

  test('by SDQ is quarantined where a place is new, or the shares are not the total', async () => {
    await order('SHARE-NEW', STORES, 'PO1*1*30*EA*5**VN*NF-TS24\nSDQ*EA*92*0001*10*0002*20');
    await change('SHARE-NEW', 'POC*1*QI*40**EA*5**VN*NF-TS24\nSDQ*EA*92*0001*30*0003*10\nCTT*1');
    await change('SHARE-NEW', 'POC*1*QI*40**EA*5**VN*NF-TS24\nSDQ*EA*92*0001*10*0002*20\nCTT*1');
    expect(await unitsOf('SHARE-NEW')).toEqual({ 'STORE A': ['1,10,0,5'], 'STORE B': ['1,20,0,5'] });
    await order('SHARE-ONE', PLACE, 'PO1*1*30*EA*5**VN*NF-TS24');
    await change('SHARE-ONE', 'POC*1*QI*40**EA*5**VN*NF-TS24\nSDQ*EA*92*0012*30*0004*10\nCTT*1');
    expect(await unitsOf('SHARE-ONE')).toEqual({ 'DC 12': ['1,30,0,5'] });
    const { items } = await api('GET', '/v1/inbound-messages?state=QUARANTINED&channel=EDI');
    expect(items.map(({ reason }: { reason: string }) => reason)).toEqual(
      expect.arrayContaining([
        'SDQ 0003: line 1 is to go to a place that the purchase order did not name',
        'SDQ 0004: line 1 is to go to a place that the purchase order did not name',
        'the quantities by destination do not add up to the quantity ordered',
      ]),
    );
  });

  test('is quarantined whole where it leaves open which place is meant', async () => {
    await order('SHARE-OPEN', STORES, 'PO1*1*30*EA*5**VN*NF-TS24\nSDQ*EA*92*0001*10*0002*20');
    await change('SHARE-OPEN', 'POC*1*QI*40**EA*5**VN*NF-TS24\nCTT*1');
    await change('SHARE-OPEN', 'N1*ST*ELSEWHERE*92*0099\nN3*9 X ST\nN4*RENO*NV*89501\nCTT*0');
    expect(await unitsOf('SHARE-OPEN')).toEqual({ 'STORE A': ['1,10,0,5'], 'STORE B': ['1,20,0,5'] });
    const { items } = await api('GET', '/v1/inbound-messages?state=QUARANTINED&channel=EDI');
    const reasons = items.map(({ reason }: { reason: string }) => reason);
    expect(reasons).toEqual(
      expect.arrayContaining([
        'SDQ: which places get more or less of line 1',
        'N1 ST: which of the places of the order is to be another',
      ]),
    );
  });
});

describe('what stock does not cover, of a partner that takes no backorders', () => {
  test('is refused by the 855, all of it too', async () => {
    await order('NONE-LEFT', `CSH*N\n${PLACE}`, 'PO1*1*10*EA*5**VN*NOBODY-HAS-IT');
    const [content = ''] = await sent('NONE-LEFT', '855', 1);
    expect(segments(content, 'BAK')[0]?.slice(1, 4)).toEqual(['00', 'RD', 'NONE-LEFT']);
    expect(segments(content, 'ACK').map((each) => each.slice(1, 4))).toEqual([['IR', '10', 'EA']]);
  });
});

describe('the days that a partner asks for', () => {
  test('are promised for what is reserved', async () => {
    await order(
      'DAY-SHIP',
      `DTM*010*20990410\n${PLACE}`,
      'PO1*1*10*EA*5**VN*NF-TS24\nPO1*2*9*EA*5**VN*NOBODY-HAS-IT',
    );
    await order('DAY-ARRIVE', `DTM*002*20990412\n${PLACE}`, 'PO1*1*10*EA*5**VN*NF-TS24');
    const [ships = ''] = await sent('DAY-SHIP', '855', 1);
    expect(segments(ships, 'ACK').map((each) => each.slice(1))).toEqual([
      ['IA', '10', 'EA', '068', '20990410'],
      ['IB', '9', 'EA'],
    ]);
    const [arrives = ''] = await sent('DAY-ARRIVE', '855', 1);
    expect(segments(arrives, 'ACK').map((each) => each.slice(1))).toEqual([
      ['IA', '10', 'EA', '067', '20990412'],
    ]);
    expect(segments(arrives, 'DTM')).toEqual([['DTM', '067', '20990412']]);
  });
});

describe('a change', () => {
  const LINES = 'PO1*1*10*EA*5**VN*NF-TS24\nPO1*2*6*EA*2**VN*NF-SS1K';

  test('is answered once by an 865, with what became of each line', async () => {
    await order('CHANGED', PLACE, LINES);
    await sent('CHANGED', '855', 1);
    await change(
      'CHANGED',
      'POC*1*QI*20**EA*5**VN*NF-TS24\nPOC*2*DI*6**EA*2**VN*NF-SS1K\nPOC*3*AI*4**EA*7**VN*NOBODY-HAS-IT\nCTT*3',
    );
    const [content = ''] = await sent('CHANGED', '865', 1);
    expect(segments(content, 'BCA')[0]?.slice(0, 6)).toEqual(['BCA', '04', 'AC', 'CHANGED', '', '3']);
    expect(segments(content, 'BCA')[0]?.[11]).toBe('20260402');
    expect(segments(content, 'POC').map((each) => each.slice(1, 5))).toEqual([
      ['1', 'CA', '20', '20'],
      ['2', 'DI', '6', '0'],
      ['3', 'AI', '4', '4'],
    ]);
    expect(segments(content, 'ACK').map((each) => each.slice(1, 4))).toEqual([
      ['IA', '20', 'EA'],
      ['ID', '6', 'EA'],
      ['IB', '4', 'EA'],
    ]);
    expect(await about(PARTNER, 'CHANGED', '855')).toHaveLength(1);
  });

  test('that cancels everything is answered', async () => {
    await order('CANCELLED', PLACE, LINES);
    await sent('CANCELLED', '855', 1);
    await change('CANCELLED', '', '01');
    const [content = ''] = await sent('CANCELLED', '865', 1);
    expect(segments(content, 'BCA')[0]?.slice(1, 4)).toEqual(['01', 'AT', 'CANCELLED']);
  });

  test('is answered by a new 855 where the partner wants that', async () => {
    const { settings, name, kind } = await api('GET', `/v1/connections/${PARTNER}`);
    const wanting = (form: object) =>
      api('PUT', `/v1/connections/${PARTNER}`, { kind, name, settings: { ...settings, ...form } });
    await wanting({ changeAcknowledgment: '855' });
    await order('CHANGED-855', PLACE, LINES);
    await sent('CHANGED-855', '855', 1);
    await change('CHANGED-855', 'POC*1*QI*20**EA*5**VN*NF-TS24\nCTT*1');
    const contents = await sent('CHANGED-855', '855', 2);
    const replacement = contents.find((each) => segments(each, 'BAK')[0]?.[1] === '05') ?? '';
    expect(segments(replacement, 'ACK').map((each) => each.slice(1, 3))).toEqual([
      ['IQ', '20'],
      ['IA', '6'],
    ]);
    expect(await about(PARTNER, 'CHANGED-855', '865')).toEqual([]);
    await wanting({});
  });
});

describe('a ship notice', () => {
  test('tells of cartons what the warehouse reported, under its labels', async () => {
    await order('CARTONS', PLACE, 'PO1*1*10*EA*5**VN*NF-TS24\nPO1*2*6*EA*2**VN*NF-SS1K');
    const [{ orderId } = { orderId: '' }] = await ordersOf('CARTONS');
    await queued(orderId);
    const label = '000614141999999993';
    const packages = [
      {
        sscc: label,
        lines: [
          { lineNumber: 1, quantity: 10 },
          { lineNumber: 2, quantity: 1 },
        ],
      },
      { lines: [{ lineNumber: 2, quantity: 5 }] },
    ];
    const shipment = { carrier: 'UPS', trackingNumber: '1Z-CARTONS', packages };
    const short = {
      ...shipment,
      lines: [
        { lineNumber: 1, quantity: 9 },
        { lineNumber: 2, quantity: 6 },
      ],
    };
    expect(await api('POST', `/v1/orders/${orderId}/shipments`, short)).toMatchObject({
      code: 'validation_failed',
    });
    await api('POST', `/v1/orders/${orderId}/shipments`, shipment);
    const [content = ''] = await sent('CARTONS', '856', 1);
    expect(
      segments(content, 'HL')
        .map((each) => each[3])
        .join(''),
    ).toBe('SOPIIPI');
    expect(segments(content, 'BSN')[0]?.[5]).toBe('0001');
    expect(segments(content, 'MAN')[0]).toEqual(['MAN', 'GM', `00${label}`]);
    expect(segments(content, 'SN1').map((each) => each[2])).toEqual(['10', '1', '5']);
    expect(segments(content, 'LIN').every((each) => each.includes('LT'))).toBe(true);
    const { shipments } = await api('GET', `/v1/orders/${orderId}`);
    expect(shipments).toMatchObject([{ packages: 2, packageContents: packages }]);
  });
});

describe('what an operator dismisses', () => {
  const dismissed = async (reason: string) => {
    const { items } = await api('GET', '/v1/inbound-messages?state=QUARANTINED&channel=EDI');
    const found = items.find((each: { reason: string }) => each.reason.includes(reason));
    return api('POST', `/v1/inbound-messages/${found.messageId}/dismissal`, { reason: 'not agreed' });
  };

  test('is refused to the partner: an order by an 855', async () => {
    await order('NOT-AGREED', PLACE, 'PO1*1*1.5*EA*5**VN*NF-TS24');
    expect(await dismissed('quantity not whole')).toMatchObject({ state: 'DISMISSED' });
    const [content = ''] = await sent('NOT-AGREED', '855', 1);
    expect(segments(content, 'BAK')[0]?.slice(1, 5)).toEqual(['00', 'RJ', 'NOT-AGREED', '20260401']);
  });

  test('a change by an 865, which the order shows', async () => {
    await order('CHANGE-REFUSED', PLACE, 'PO1*1*10*EA*5**VN*NF-TS24');
    await change('CHANGE-REFUSED', 'ITD*01*3*****60\nCTT*0');
    await dismissed('other payment terms');
    const [content = ''] = await sent('CHANGE-REFUSED', '865', 1);
    expect(segments(content, 'BCA')[0]?.slice(1, 6)).toEqual(['04', 'RJ', 'CHANGE-REFUSED', '', '3']);
    const [{ orderId } = { orderId: '' }] = await ordersOf('CHANGE-REFUSED');
    const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
    expect(items).toContainEqual(expect.objectContaining({ kind: '865', status: 'SENT' }));
  });

  test('stays open while the refusal would break the rules of the partner, and takes no number', async () => {
    const { kind, name, settings } = await api('GET', '/v1/connections/harbor-markets');
    const withRules = (rules: readonly object[]) =>
      api('PUT', '/v1/connections/harbor-markets', { kind, name, settings: { ...settings, rules } });
    // Every code that we answer an order with but the one that refuses it.
    await withRules([{ set: '855', segment: 'BAK', elements: [2], codes: ['AC', 'AD', 'AE', 'AK', 'AT'] }]);
    await order('NOT-BY-THE-RULES', PLACE, 'PO1*1*2.5*EA*5**VN*NF-TS24');
    expect(await dismissed('quantity not whole')).toMatchObject({
      status: 409,
      code: 'answer_blocked',
      detail: expect.stringMatching(/^BAK02 RJ .*\(rule 1 of 855\)$/),
    });
    expect(await about(PARTNER, 'NOT-BY-THE-RULES', '855')).toEqual([]);
    await withRules([]);
    expect(await dismissed('quantity not whole')).toMatchObject({ state: 'DISMISSED' });
    const [content = ''] = await sent('NOT-BY-THE-RULES', '855', 1);
    expect(segments(content, 'BAK')[0]?.slice(1, 4)).toEqual(['00', 'RJ', 'NOT-BY-THE-RULES']);
  });

  test('is not refused where the order stands, or none was asked for', async () => {
    await order('STANDS', PLACE, 'PO1*1*10*EA*5**VN*NF-TS24');
    await sent('STANDS', '855', 1);
    await order('STANDS', PLACE, 'PO1*1*11*EA*5**VN*NF-TS24');
    await dismissed('purchase order STANDS is known');
    await sendSet(
      '850',
      'PO',
      `BEG*00*IN*ONLY-INFORMED**20260401\n${PLACE}\nPO1*1*1*EA*5**VN*NF-TS24\nCTT*1`,
    );
    await dismissed('BEG02 IN');
    await sent('STANDS', '855', 1);
    expect(await about(PARTNER, 'ONLY-INFORMED', '855')).toEqual([]);
  });
});

test('a purchase order that names no place to ship to is held until somebody gives it one', async () => {
  await order('NO-PLACE', 'N1*BY*HARBOR*92*0001', 'PO1*1*10*EA*5**VN*NF-TS24');
  const [{ orderId }] = (await ordersOf('NO-PLACE')) as [{ orderId: string }];
  const { holds } = await api('GET', `/v1/orders/${orderId}`);
  expect(holds).toMatchObject([{ note: 'N1 ST: the order names no place to ship to' }]);
});

test('an order by weight is quarantined, and says which quantity cannot be counted', async () => {
  await order('BY-WEIGHT', PLACE, 'PO1*7*25.5*LB*1**VN*NF-TS24');
  const { items } = await api('GET', '/v1/inbound-messages?state=QUARANTINED&channel=EDI');
  expect(items.map(({ reason }: { reason: string }) => reason)).toContain(
    'PO102: line 7: its quantity of 25.5 LB cannot be expressed in single units',
  );
});
