import { describe, expect, it } from 'vitest';
import type { PurchaseOrderDocument } from '../../../../functions/channels/edi/x12/order/document.ts';
import { readPurchaseOrder } from '../../../../functions/channels/edi/x12/purchase-order.ts';
import manifest from '../../../payloads/x12/manifest.json' with { type: 'json' };
import { interchangeOf, longOrder, payload, payloadText, setOf, sketch, V01 } from './support.ts';

/** The only document of the only set. */
function orderOf(body: Buffer | string): PurchaseOrderDocument {
  const [one, ...others] = readPurchaseOrder(setOf(body));
  if (one === undefined || others.length > 0)
    throw new Error(`expected one document, found ${others.length + 1}`);
  return one;
}

const BEG = 'BEG*00*SA*PO-1**20260401';
const orderWith = (...segments: string[]) => orderOf(sketch('850', [BEG, ...segments]));
const codesOf = (order: PurchaseOrderDocument) => order.problems.map((problem) => problem.code);

describe('valid samples', () => {
  for (const [file, facts] of Object.entries(manifest.valid)) {
    if (!('orders' in facts)) continue;
    it(`${file} says what was written into it`, () => {
      const sets = interchangeOf(payload(`valid/${file}`)).groups.flatMap((group) => group.sets);
      const orders = sets.filter((set) => set.id === '850').flatMap(readPurchaseOrder);
      const said = orders.map((order) => ({
        po_number: order.purchaseOrderNumber,
        line_count: order.lines.length,
        qty_sum: String(order.lines.reduce((sum, line) => sum + Number(line.ordered.quantity), 0)),
        total: order.linesAmount,
      }));
      expect(said).toEqual(
        facts.orders.map((order) => ({
          po_number: order.po_number,
          line_count: order.line_count,
          qty_sum: order.qty_sum,
          total: order.total,
        })),
      );
      expect(orders.flatMap(codesOf).filter((code) => /mismatch|date|identifier|number/.test(code))).toEqual(
        [],
      );
    });
  }

  it('v01: header, terms, windows, parties', () => {
    const order = orderOf(payload(V01));
    expect(order).toMatchObject({
      purpose: { code: '00', kind: 'ORIGINAL' },
      orderType: { code: 'SA', commitment: 'FIRM' },
      orderDate: '2026-03-12',
      currency: 'USD',
      terms: { kind: 'NET', netDays: 30, label: 'NET30', discountPercent: null },
      dates: {
        DELIVERY: '2026-03-23',
        DELIVERY_START: '2026-03-21',
        DELIVERY_END: '2026-03-27',
        SHIP_START: '2026-03-19',
      },
      notes: ['PALLETS MAX 60 IN HIGH. APPOINTMENT REQUIRED 24 HR AHEAD.'],
      statedTotal: '1549',
      linesAmount: '1549',
      problems: [],
      split: null,
    });
    expect(order.details.map(({ kind, label, value }) => [kind, label, value])).toEqual([
      ['REFERENCE', 'Department number', '041'],
      ['REFERENCE', 'Internal vendor number', '77120'],
      ['REFERENCE', 'Promotion or deal number', 'SPRING-RESET'],
      ['CONTACT', 'Buyer contact', 'DANA WHITFIELD TE 2065550171 EM DANA.WHITFIELD@HARBORMARKETS.EXAMPLE'],
      ['TERMS', 'Freight collect', 'CC OR NORTHFIELD DOCK'],
      ['TERMS', 'Payment terms 01', '3 30 NET 30'],
      ['DATE', 'Delivery requested', '2026-03-23'],
      ['DATE', 'Requested ship date', '2026-03-19'],
      ['DATE', 'Do not deliver after', '2026-03-27'],
      ['DATE', 'Do not deliver before', '2026-03-21'],
      ['ROUTING', 'Routing', 'ABFS M ABF FREIGHT'],
      ['NOTE', 'Note L1', 'DELIVERY NOTE, PALLETS MAX 60 IN HIGH. APPOINTMENT REQUIRED 24 HR AHEAD.'],
      ['PARTY', 'Buyer', 'HARBOR MARKETS INC 92 0001'],
      [
        ...['PARTY', 'Ship to'],
        'HARBOR MARKETS DC 12 92 0012, 2200 DOCK ST DOOR 14-22, TACOMA WA 98421 US, DC RECEIVING DESK TE 2535550142',
      ],
      ['PARTY', 'Bill to', 'HARBOR MARKETS A/P 92 9000, PO BOX 4410, SEATTLE WA 98194 US'],
    ]);
    expect(order.details[0]?.raw).toEqual([['REF', 'DP', '041']]);
    expect(order.parties.map((party) => [party.role, party.id])).toEqual([
      ['BY', '0001'],
      ['ST', '0012'],
      ['BT', '9000'],
    ]);
    expect(order.shipTo).toEqual({
      ...{ role: 'ST', name: 'HARBOR MARKETS DC 12', additionalNames: [], idQualifier: '92', id: '0012' },
      ...{
        addressLines: ['2200 DOCK ST', 'DOOR 14-22'],
        city: 'TACOMA',
        region: 'WA',
        postalCode: '98421',
        country: 'US',
      },
    });
  });

  it('v01: cases become single units by the pack, and prices follow', () => {
    const lines = orderOf(payload(V01)).lines;
    expect(
      lines.map((line) => [line.item?.value, line.ordered.quantity, line.ordered.unit, line.eaches]),
    ).toEqual([
      ['NF-TS24', '24', 'CA', { quantity: 288, unitPrice: '2.4', unitPriceExact: true }],
      ['NF-CC08', '10', 'CA', { quantity: 60, unitPrice: '6.916667', unitPriceExact: false }],
      ['NF-SS1K', '144', 'EA', { quantity: 144, unitPrice: '3.075', unitPriceExact: true }],
    ]);
    expect(lines.map((line) => line.amount)).toEqual(['691.2', '415', '442.8']);
    expect(lines[0]?.identifiers).toEqual([
      { qualifier: 'UP', value: '614141001019' },
      { qualifier: 'VN', value: 'NF-TS24' },
      { qualifier: 'SK', value: '100482' },
    ]);
    expect(lines[0]).toMatchObject({ assignedId: '1', description: 'ORGANIC TOMATO SAUCE 24 OZ' });
  });

  it('v02: allowance in cents, discount terms; pounds, an unknown pack and two ship days wait for a person', () => {
    const order = orderOf(payload('valid/v02_850_005010_pipe_lf.edi'));
    const [first] = order.lines;
    expect(first?.eaches).toEqual({ quantity: 720, unitPrice: '2.4', unitPriceExact: true });
    expect(first?.allowances).toEqual([{ ordinal: 0, kind: 'ALLOWANCE', amount: '86.4' }]);
    expect(order.terms?.label).toBe('2% 10 NET30');
    expect(order.dates.CANCEL_AFTER).toBe('2026-04-15');
    expect(order.statedTotal).toBe('1808.03');
    expect(order.problems.map((problem) => [problem.code, problem.lineNumber])).toEqual([
      ['unit_not_convertible', 2],
      ['pack_missing', 3],
      ['unresolved', undefined],
    ]);
    expect(order.problems.at(-1)?.message).toBe(
      'SCH01 36, SCH02 CA, SCH05 002, SCH06, SCH01 24 (segment 18): goods that go in parts, on days of their own',
    );
  });

  it('v03: a drop shipment to a person, in UTF-8, without currency or total', () => {
    const order = orderOf(payload('valid/v03_850_004010_dropship_crlf_utf8.edi'));
    expect(order).toMatchObject({
      orderType: { code: 'DS', commitment: 'FIRM' },
      currency: null,
      statedTotal: null,
      dates: { SHIP_START: '2026-04-02' },
      problems: [],
    });
    expect(order.shipTo).toMatchObject({
      name: 'JOSÉ NUÑEZ-BÄCKER',
      city: 'MONTRÉAL',
      region: 'QC',
      country: 'CA',
    });
    expect(order.lines[2]?.item).toEqual({ qualifier: 'BP', value: 'GIFT-NOTE' });
  });

  it('v07: the least that an order can be; the price is for a person to find', () => {
    const order = orderOf(payload('valid/v07_850_004010_minimal.edi'));
    expect(order.lines[0]).toMatchObject({
      assignedId: null,
      eaches: { quantity: 5, unitPrice: null },
      amount: null,
    });
    expect(codesOf(order)).toEqual(['price_missing']);
    expect(interchangeOf(payload('valid/v07_850_004010_minimal.edi')).header.usage).toBe('T');
  });

  it.each([
    ['valid/v08_850_same_po_resent_BEG07.edi', 'DUPLICATE'],
    ['valid/v10_850_cancel_BEG01.edi', 'CANCELLATION'],
  ])('%s: purpose %s', (file, kind) => {
    expect(orderOf(payload(file)).purpose.kind).toBe(kind);
  });

  it('b17: control totals that disagree hold the order', () => {
    const order = orderOf(payload('bad/b17_ctt_mismatch.edi'));
    expect(order.problems).toEqual([
      { code: 'line_count_mismatch', message: 'the document states 5 lines and has 3' },
    ]);
  });

  it('v11: 1,000 lines', () => {
    const order = orderOf(longOrder(1000));
    expect(order.lines).toHaveLength(1000);
    expect(order.lines.at(-1)).toMatchObject({
      lineNumber: 1000,
      item: { value: 'SKU-1000' },
      eaches: { quantity: 24 },
    });
    expect([order.linesAmount, order.problems]).toEqual(['57600', []]);
  });
});

describe('units of measure', () => {
  const line = (segment: string, ...more: string[]) => orderWith(segment, ...more);

  it.each([
    ['each', 'PO1*1*5*EA*2**VN*A', [], 5, '2'],
    ['unit', 'PO1*1*5*UN*2**VN*A', [], 5, '2'],
    ['dozen', 'PO1*1*2*DZ*6**VN*A', [], 24, '0.5'],
    ['case of 12', 'PO1*1*2*CA*6**VN*A', ['PO4*12'], 24, '0.5'],
    ['case of 4 packs of 6', 'PO1*1*2*CA*6**VN*A', [`PO4*4${'*'.repeat(13)}6`], 48, '0.25'],
    ['pallet of 40 cases of 12', 'PO1*1*1*PL*480**VN*A', [`PO4*40${'*'.repeat(13)}12`], 480, '1'],
    ['half a case that comes out whole', 'PO1*1*2.5*CA*6**VN*A', ['PO4*12'], 30, '0.5'],
    ['a whole number written with decimals', 'PO1*1*24.00*EA*2**VN*A', [], 24, '2'],
    ['price by the single unit, quantity by the case', 'PO1*1*2*CA*0.5*PE*VN*A', ['PO4*12'], 24, '0.5'],
    ['no charge', 'PO1*1*2*EA*9*NC*VN*A', [], 2, '0'],
    ['a catalog price, which is one by the unit ordered', 'PO1*1*2*CA*6*CA*VN*A', ['PO4*12'], 24, '0.5'],
    ['a price by the dozen', 'PO1*1*24*EA*6*PD*VN*A', [], 24, '0.5'],
    ['a price by the hundred', 'PO1*1*200*EA*6*HP*VN*A', [], 200, '0.06'],
    ['a contract price by the thousand', 'PO1*1*2*CA*6*TM*VN*A', ['PO4*12'], 24, '0.006'],
  ])('%s', (_, segment, more, quantity, unitPrice) => {
    const order = line(segment, ...more);
    expect(order.lines[0]?.eaches).toEqual({ quantity, unitPrice, unitPriceExact: true });
    expect(order.problems).toEqual([]);
  });

  it.each([
    ['a case without its pack', 'PO1*1*2*CA*6**VN*A', [], 'pack_missing'],
    ['a case with a pack of nothing', 'PO1*1*2*CA*6**VN*A', ['PO4*0'], 'pack_missing'],
    ['a pallet that tells only its cases', 'PO1*1*1*PL*480**VN*A', ['PO4*40'], 'pack_missing'],
    ['pounds', 'PO1*1*2*LB*6**VN*A', [], 'unit_not_convertible'],
    ['boxes', 'PO1*1*2*BX*6**VN*A', ['PO4*12'], 'unit_not_convertible'],
    ['no unit', 'PO1*1*2**6**VN*A', [], 'unit_missing'],
    ['no quantity', 'PO1*1**EA*6**VN*A', [], 'quantity_missing'],
    ['half a unit', 'PO1*1*2.5*EA*6**VN*A', [], 'quantity_not_whole'],
    ['a share of a case that is no whole unit', 'PO1*1*0.1*CA*6**VN*A', ['PO4*12'], 'quantity_not_whole'],
    ['nothing', 'PO1*1*0*EA*6**VN*A', [], 'quantity_not_positive'],
    ['less than nothing', 'PO1*1*-5*EA*6**VN*A', [], 'quantity_not_positive'],
    ['more than a million', 'PO1*1*1000001*EA*6**VN*A', [], 'quantity_too_large'],
    ['no price', 'PO1*1*2*EA***VN*A', [], 'price_missing'],
    ['a price below nothing', 'PO1*1*2*EA*-6**VN*A', [], 'price_invalid'],
    ['a price of seven decimals', 'PO1*1*2*EA*0.0000001**VN*A', [], 'price_too_precise'],
    ['a price of ten million', 'PO1*1*2*EA*10000000**VN*A', [], 'price_too_large'],
    ['a price by the pound', 'PO1*1*2*EA*6*PP*VN*A', [], 'price_basis_unsupported'],
    ['a suggested retail price', 'PO1*1*2*EA*6*SR*VN*A', [], 'price_basis_unsupported'],
    ['no product', 'PO1*1*2*EA*6', [], 'item_identifier_missing'],
  ])('%s is a problem by name', (_, segment, more, code) => {
    const order = line(segment, ...more);
    expect(order.problems.map((problem) => [problem.code, problem.lineNumber])).toEqual([[code, 1]]);
  });

  it('six decimals are exact, trailing zeros are none', () => {
    const order = line('PO1*1*3*EA*0.123456000**VN*A');
    expect(order.lines[0]).toMatchObject({ eaches: { unitPrice: '0.123456' }, amount: '0.370368' });
    expect(order.problems).toEqual([]);
  });

  it('amounts beyond what a float can hold stay exact', () => {
    const order = line('PO1*1*999999*EA*9999999.999999**VN*A');
    expect(order.linesAmount).toBe('9999989999999.000001');
  });

  it('a price by the case that no unit price can give is a problem', () => {
    // 100,000 cases of 3 at 1.00: 0.333333 each gives 99,999.90.
    const order = line('PO1*1*100000*CA*1**VN*A', 'PO4*3');
    expect(codesOf(order)).toEqual(['price_not_divisible']);
    expect(order.lines[0]?.amount).toBe('100000');
  });

  it("the currency's own decimals decide whether a price divides", () => {
    // 2,000 cases of 3 at 1: 0.333333 each is 1,999.998, which is 2,000 yen or 2,000.00 dollars, and 1,999.998 dinars.
    const inCurrency = (currency: string) =>
      codesOf(orderWith(`CUR*BY*${currency}`, 'PO1*1*2000*CA*1**VN*A', 'PO4*3'));
    expect([inCurrency('JPY'), inCurrency('USD'), inCurrency('KWD')]).toEqual([
      [],
      [],
      ['price_not_divisible'],
    ]);
  });
});

describe('lines', () => {
  it('prefer our own number, then global ones, then the buyer’s', () => {
    const preferred = (products: string) => orderWith(`PO1*1*1*EA*1**${products}`).lines[0]?.item?.value;
    expect(preferred('BP*B*UP*U*VN*V')).toBe('V');
    expect(preferred('BP*B*UP*614141001019')).toBe('614141001019');
    expect(preferred('IN*I*BP*B')).toBe('B');
    expect(preferred('ZZ*Z')).toBe('Z');
  });

  it('take further numbers from LIN', () => {
    const order = orderWith('PO1*1*1*EA*1', 'LIN**VN*V');
    expect(order.lines[0]?.item).toEqual({ qualifier: 'VN', value: 'V' });
  });

  it('keep the pack and the parties of a subline out of the line', () => {
    const order = orderWith(
      'PO1*1*2*CA*6**VN*KIT',
      'PO4*10',
      'SLN*1**I*1*EA*****VN*PART',
      'PO4*99',
      'N1*ST*OTHER',
    );
    expect(order.lines[0]?.eaches?.quantity).toBe(20);
    expect(order.lines[0]?.identifiers).toEqual([{ qualifier: 'VN', value: 'KIT' }]);
    expect(order.parties).toEqual([]);
  });

  it('tell taxes, charges and dates', () => {
    const order = orderWith(
      ...['SAC*C*D240***1250*******02***FREIGHT', 'TXI*ST*3.75*6.25*CD*WA'],
      ...['PO1*1*2*EA*6**VN*A', 'SAC*A*C310****6*1.5', 'DTM*002*20260410', 'TXI*GS*0.6'],
    );
    expect(order.allowances).toEqual([{ ordinal: 0, kind: 'CHARGE', amount: '12.5' }]);
    expect(order.taxes).toEqual([{ typeCode: 'ST', amount: '3.75' }]);
    expect(order.lines[0]).toMatchObject({
      allowances: [{ kind: 'ALLOWANCE', amount: null, percent: '1.5', percentOf: 'GROSS' }],
      taxes: [{ typeCode: 'GS', amount: '0.6' }],
      dates: { DELIVERY: '2026-04-10' },
    });
    expect(order.dates).toEqual({ DELIVERY: '2026-04-10' });
  });

  it('hold a schedule that does not add up', () => {
    const order = orderWith('PO1*1*10*EA*6**VN*A', 'SCH*4*EA***002*20260410', 'SCH*5*EA***002*20260417');
    expect(codesOf(order)).toEqual(['schedule_mismatch', 'unresolved']);
  });
});

describe('header', () => {
  it('holds windows that end before they start', () => {
    const order = orderWith(
      ...[
        'DTM*064*20260410',
        'DTM*063*20260409',
        'DTM*037*20260412',
        'DTM*001*20260411',
        'PO1*1*1*EA*1**VN*A',
      ],
    );
    expect(codesOf(order)).toEqual(['window_inverted', 'window_inverted']);
  });

  it('reports the sum of quantities that disagrees', () => {
    expect(codesOf(orderWith('PO1*1*5*EA*1**VN*A', 'CTT*1*6'))).toEqual(['hash_total_mismatch']);
  });

  it('joins the text of a note, also from MTX', () => {
    const body = [
      BEG,
      'N9*L1*NOTE',
      'MSG*CALL',
      'MSG*AHEAD',
      'N9*L1*OTHER',
      'MTX**LEAVE AT DOOR',
      'PO1*1*1*EA*1**VN*A',
    ];
    expect(orderOf(sketch('850', body)).notes).toEqual(['CALL AHEAD', 'LEAVE AT DOOR']);
  });

  it('names what a set accepted with errors leaves out', () => {
    const order = orderOf(sketch('850', ['BEG*00*SA***20261301', 'DTM*002*20260230', 'CTT*0']));
    expect(codesOf(order)).toEqual(['purchase_order_number_missing', 'date_invalid', 'no_lines']);
    expect(order.orderDate).toBeNull();
  });
});

it('reads the same order whatever separates it', () => {
  const controls = payloadText(V01).replaceAll('*', '\x1d').replaceAll('>', '\x1f').replaceAll('~', '\x1c');
  expect(orderOf(controls)).toEqual(orderOf(payload(V01)));
});
