import { X12Parser } from 'node-x12';
import { describe, expect, it } from 'vitest';
import { gs1CheckDigit, isSscc18 } from '../../../../domain/gs1.ts';
import { sscc18, ssccOf } from '../../../../functions/channels/edi/outbound/sscc.ts';
import { type Invoice, writeInvoice } from '../../../../functions/channels/edi/x12/documents/invoice.ts';
import {
  type PurchaseOrderAcknowledgment,
  writePurchaseOrderAcknowledgment,
} from '../../../../functions/channels/edi/x12/documents/purchase-order-acknowledgment.ts';
import {
  type ShipNotice,
  writeShipNotice,
} from '../../../../functions/channels/edi/x12/documents/ship-notice.ts';
import { validateInterchange } from '../../../../functions/channels/edi/x12/validator.ts';
import {
  inWritableSeparators,
  type OutgoingEnvelope,
  UnwritableDocument,
} from '../../../../functions/channels/edi/x12/writer.ts';
import manifest from '../../../payloads/x12/manifest.json' with { type: 'json' };
import { interchangeOf, payloadText } from './support.ts';

const envelope = (date: string, time: string, controlNumber: number): OutgoingEnvelope => ({
  sender: { qualifier: '01', id: '614141000', groupId: '614141000' },
  receiver: { qualifier: '08', id: '6145550100', groupId: '6145550100' },
  ...{ date, time, controlNumber, usage: 'P', version: '004010' },
});

const products = (up: string, vn: string, sk: string) => [
  { qualifier: 'UP', value: up },
  { qualifier: 'VN', value: vn },
  { qualifier: 'SK', value: sk },
];
const SAUCE = products('614141001019', 'NF-TS24', '100482');
const CHILI = products('614141001026', 'NF-CC08', '100519');
const SALT = products('614141001033', 'NF-SS1K', '100733');
const SHIP_TO = { role: 'ST', name: 'HARBOR MARKETS DC 12', idQualifier: '92', id: '0012' };

const ACKNOWLEDGMENT: PurchaseOrderAcknowledgment = {
  ...{
    type: 'AC',
    purchaseOrderNumber: '4500187265',
    purchaseOrderDate: '2026-03-12',
    orderNumber: 'SO-100231',
  },
  ...{
    acknowledgedOn: '2026-03-12',
    terms: [['ITD', '01', '3', '', '', '', '', '30']],
    references: [['REF', 'VN', 'SO-100231']],
    scheduled: { qualifier: '068', date: '2026-03-19' },
  },
  parties: [SHIP_TO],
  lines: [
    {
      ...{ assignedId: '1', quantity: '24', unit: 'CA', unitPrice: '28.8', identifiers: SAUCE },
      statuses: [
        { code: 'IA', quantity: '24', unit: 'CA', scheduled: { qualifier: '068', date: '2026-03-19' } },
      ],
    },
    {
      ...{ assignedId: '2', quantity: '10', unit: 'CA', unitPrice: '41.5', identifiers: CHILI },
      statuses: [
        { code: 'IQ', quantity: '8', unit: 'CA', scheduled: { qualifier: '068', date: '2026-03-19' } },
        { code: 'IB', quantity: '2', unit: 'CA', scheduled: { qualifier: '068', date: '2026-04-02' } },
      ],
    },
    {
      ...{ assignedId: '3', quantity: '144', unit: 'EA', unitPrice: '3.075', identifiers: SALT },
      statuses: [
        { code: 'IA', quantity: '144', unit: 'EA', scheduled: { qualifier: '068', date: '2026-03-19' } },
      ],
    },
  ],
};

const NOTICE: ShipNotice = {
  ...{
    shipmentNumber: 'SHP-70091',
    date: '2026-03-19',
    time: '1542',
    lading: { packaging: 'PLT94', count: 3 },
  },
  ...{ weight: { value: '1894.5', unit: 'LB' }, carrier: { code: 'ABFS', name: 'ABF FREIGHT', method: 'M' } },
  references: [
    { qualifier: 'BM', value: 'BOL-553021' },
    { qualifier: 'CN', value: '089731245' },
  ],
  ...{ shippedOn: '2026-03-19', expectedOn: '2026-03-23', freightPayment: 'CC' },
  parties: [
    {
      ...{
        role: 'SF',
        name: 'NORTHFIELD FOODS CO',
        idQualifier: '9',
        id: '6141410000001',
        addressLines: ['415 MILL RD'],
      },
      ...{ city: 'YAKIMA', region: 'WA', postalCode: '98902', country: 'US' },
    },
    {
      ...SHIP_TO,
      addressLines: ['2200 DOCK ST'],
      city: 'TACOMA',
      region: 'WA',
      postalCode: '98421',
      country: 'US',
    },
  ],
  orders: [
    {
      ...{ purchaseOrderNumber: '4500187265', purchaseOrderDate: '2026-03-12' },
      references: [['REF', 'IA', '77120']],
      units: [
        {
          sscc: sscc18(0, '0614141', 4471),
          items: [
            {
              ...{
                assignedId: '1',
                identifiers: SAUCE,
                quantity: '24',
                unit: 'CA',
                orderedQuantity: '24',
                orderedUnit: 'CA',
              },
              ...{
                description: 'ORGANIC TOMATO SAUCE 24 OZ',
                lotNumber: 'L26-071A',
                expiryDate: '2028-03-11',
              },
            },
          ],
        },
        {
          sscc: sscc18(0, '0614141', 4472),
          items: [
            {
              ...{
                assignedId: '2',
                identifiers: CHILI,
                quantity: '8',
                unit: 'CA',
                orderedQuantity: '10',
                orderedUnit: 'CA',
              },
              ...{ description: 'CHILI CRISP 8 OZ', lotNumber: 'L26-064C', expiryDate: '2027-08-30' },
            },
          ],
        },
        {
          sscc: sscc18(0, '0614141', 4473),
          items: [
            {
              ...{
                assignedId: '3',
                identifiers: SALT,
                quantity: '144',
                unit: 'EA',
                orderedQuantity: '144',
                orderedUnit: 'EA',
              },
              ...{ description: 'SEA SALT FINE 1 KG', lotNumber: 'SS-99812', expiryDate: '2031-01-01' },
            },
          ],
        },
      ],
    },
  ],
};

const INVOICE: Invoice = {
  ...{
    invoiceNumber: 'INV-20418',
    date: '2026-03-19',
    purchaseOrderNumber: '4500187265',
    purchaseOrderDate: '2026-03-12',
  },
  ...{ type: 'DI', currency: 'USD', shippedOn: '2026-03-19', total: '1466.00' },
  references: [
    { qualifier: 'IA', value: '77120' },
    { qualifier: 'BM', value: 'BOL-553021' },
  ],
  parties: [
    { role: 'RE', name: 'NORTHFIELD FOODS CO', idQualifier: '9', id: '6141410000001' },
    SHIP_TO,
    { role: 'BT', name: 'HARBOR MARKETS A/P', idQualifier: '92', id: '9000' },
  ],
  terms: [['ITD', '01', '3', '', '', '', '', '30', '', '', '', '', 'NET 30']],
  lines: [
    {
      ...{ assignedId: '1', quantity: '24', unit: 'CA', unitPrice: '28.8', identifiers: SAUCE },
      description: 'ORGANIC TOMATO SAUCE 24 OZ',
    },
    {
      ...{ assignedId: '2', quantity: '8', unit: 'CA', unitPrice: '41.5', identifiers: CHILI },
      description: 'CHILI CRISP 8 OZ',
    },
    {
      ...{ assignedId: '3', quantity: '144', unit: 'EA', unitPrice: '3.075', identifiers: SALT },
      description: 'SEA SALT FINE 1 KG',
    },
  ],
  carrier: { code: 'ABFS', name: 'ABF FREIGHT', method: 'M', billOfLading: 'BOL-553021' },
  shipped: { count: '44', unit: 'CA', weight: { value: '1894.5', unit: 'LB' } },
};

const at855 = envelope('20260312', '1101', 502);
const at856 = envelope('20260319', '1545', 503);
const at810 = envelope('20260319', '1610', 504);

describe('documents written byte for byte', () => {
  it('the 855 for v01', () => {
    expect(writePurchaseOrderAcknowledgment(ACKNOWLEDGMENT, at855)).toBe(
      payloadText('replies/r01_855_for_v01.edi'),
    );
  });

  it('the 856 for v01, with its labels', () => {
    expect(NOTICE.orders[0]?.units?.map((unit) => unit.sscc)).toEqual(
      manifest.replies['r01_856_for_v01.edi'].sscc,
    );
    expect(writeShipNotice(NOTICE, at856)).toBe(payloadText('replies/r01_856_for_v01.edi'));
  });

  it('the 810 for v01', () => {
    expect(writeInvoice(INVOICE, at810)).toBe(payloadText('replies/r01_810_for_v01.edi'));
  });
});

/** The documents as the two versions, and as separators other than ours. */
const VARIANTS: [string, Partial<OutgoingEnvelope>][] = [
  ['004010', {}],
  ['005010', { version: '005010' }],
  ['a test, asking for a TA1', { usage: 'T', acknowledgmentRequested: true, groupControlNumber: 7 }],
  [
    'separators of the partner',
    { separators: { element: '|', component: ':', terminator: '!', repetition: '^', lineBreak: '' } },
  ],
];
const WRITERS: [string, (over: Partial<OutgoingEnvelope>) => string][] = [
  ['855', (over) => writePurchaseOrderAcknowledgment(ACKNOWLEDGMENT, { ...at855, ...over })],
  ['856', (over) => writeShipNotice(NOTICE, { ...at856, ...over })],
  ['810', (over) => writeInvoice(INVOICE, { ...at810, ...over })],
];

describe.each(VARIANTS)('in %s', (_, over) => {
  it.each(WRITERS)('the %s is valid by our own reader', (_id, write) => {
    const report = validateInterchange(interchangeOf(write(over)), { functionalIds: ['PR', 'SH', 'IN'] });
    expect([report.verdict, report.groups.map((group) => group.verdict)]).toEqual(['A', ['A']]);
  });

  it.each(WRITERS)(
    'the %s is read by node-x12 in strict mode, segment by segment as by ours',
    (id, write) => {
      const text = write(over);
      const theirs = new X12Parser(true).parse(text);
      if (!('functionalGroups' in theirs)) throw new Error('expected one interchange');
      const [transaction] = theirs.functionalGroups[0]?.transactions ?? [];
      const [set] = interchangeOf(text).groups[0]?.sets ?? [];
      const ours = set?.segments.slice(1, -1).map((segment) => [segment.id, ...segment.elements]);
      expect(transaction?.header.elements[0]?.value).toBe(id);
      expect(
        transaction?.segments.map((segment) => [segment.tag, ...segment.elements.map((one) => one.value)]),
      ).toEqual(ours);
    },
  );
});

describe('what else an invoice can say', () => {
  const segments = (over: Partial<Invoice>) => writeInvoice({ ...INVOICE, ...over }, at810).split('~\n');

  it('allowances, charges and taxes, at their places', () => {
    const written = segments({
      taxes: [{ typeCode: 'ST', amount: '12.5', percent: '6.25' }],
      allowances: [{ indicator: 'C', code: 'D240', amount: '7.05', description: 'FREIGHT' }],
      total: '1485.55',
    });
    const from = written.indexOf('TDS*148555');
    expect(written.slice(from, from + 5)).toEqual([
      ...['TDS*148555', 'TXI*ST*12.5*6.25', 'CAD*M***ABFS*ABF FREIGHT**BM*BOL-553021'],
      ...['SAC*C*D240***705**********FREIGHT', 'ISS*44*CA*1894.5*LB'],
    ]);
  });

  it('a credit', () => {
    expect(segments({ type: 'CR', total: '-12.5' })).toContain('TDS*-1250');
  });

  it.each(['12.345', 'twelve', ''])('refuses %j as a total', (total) => {
    expect(() => segments({ total })).toThrow(UnwritableDocument);
  });
});

describe('data that cannot be written as they are', () => {
  it.each([
    [
      'a separator in a product number',
      () => ({ identifiers: [{ qualifier: 'VN', value: 'A*B' }] }),
      'PO107',
    ],
    ['a terminator in a line number', () => ({ assignedId: '1~2' }), 'PO101'],
    [
      'a component separator in a product number',
      () => ({ identifiers: [{ qualifier: 'VN', value: 'A>B' }] }),
      'PO107',
    ],
    [
      'a line break in a product number',
      () => ({ identifiers: [{ qualifier: 'VN', value: 'A\nB' }] }),
      'PO107',
    ],
    [
      'a product number that is too long',
      () => ({ identifiers: [{ qualifier: 'VN', value: 'X'.repeat(49) }] }),
      'PO107',
    ],
    ['a unit that does not exist', () => ({ unit: 'QQ' }), 'PO103'],
    ['a price in words', () => ({ unitPrice: 'cheap' }), 'PO104'],
  ])('%s is refused, with its place', (_, change, location) => {
    const [line] = ACKNOWLEDGMENT.lines;
    if (line === undefined) throw new Error('expected a line');
    const document = { ...ACKNOWLEDGMENT, lines: [{ ...line, ...change() }] };
    expect(() => writePurchaseOrderAcknowledgment(document, at855)).toThrow(
      expect.objectContaining({ location }),
    );
  });

  it('free text is blanked and cut instead', () => {
    const party = { role: 'ST', name: `A*B~C>D\nÉ ${'X'.repeat(80)}`, idQualifier: '92', id: '0012' };
    const text = writePurchaseOrderAcknowledgment({ ...ACKNOWLEDGMENT, parties: [party] }, at855);
    const n1 = interchangeOf(text).groups[0]?.sets[0]?.segments.find((segment) => segment.id === 'N1');
    expect(n1?.elements[1]).toBe(`A B C D É ${'X'.repeat(50)}`);
  });

  it('the separators of the partner decide what fits', () => {
    const [line] = ACKNOWLEDGMENT.lines;
    if (line === undefined) throw new Error('expected a line');
    const document = {
      ...ACKNOWLEDGMENT,
      lines: [{ ...line, identifiers: [{ qualifier: 'VN', value: 'A*B' }] }],
    };
    const separators = { element: '|', component: ':', terminator: '!', repetition: '^', lineBreak: '' };
    expect(writePurchaseOrderAcknowledgment(document, { ...at855, separators })).toContain('|VN|A*B!');
  });

  it.each(['004010', '005010'] as const)(
    'where a value holds the usual separators, the document is written in others (%s)',
    (version) => {
      const [line] = ACKNOWLEDGMENT.lines;
      const [order] = NOTICE.orders;
      if (line === undefined || order === undefined) throw new Error('expected a line and an order');
      const odd = { ...line, identifiers: [{ qualifier: 'VN', value: 'A*B~C>D^E|F' }] };
      const text = inWritableSeparators((separators) =>
        writePurchaseOrderAcknowledgment(
          { ...ACKNOWLEDGMENT, lines: [odd] },
          { ...at855, version, separators },
        ),
      );
      const read = interchangeOf(text);
      expect(validateInterchange(read, { functionalIds: ['PR'] }).verdict).toBe('A');
      const written = read.groups[0]?.sets[0]?.segments.find((segment) => segment.id === 'PO1');
      expect(written?.elements[6]).toBe('A*B~C>D^E|F');
      const usual = inWritableSeparators((separators) =>
        writePurchaseOrderAcknowledgment(ACKNOWLEDGMENT, { ...at855, separators }),
      );
      expect(usual).toBe(writePurchaseOrderAcknowledgment(ACKNOWLEDGMENT, at855));
    },
  );

  it.each([
    [
      { city: 'Y', region: 'California', postalCode: '98', country: 'US' },
      ['', '', '', 'US', 'SP', 'California'],
    ],
    [{ city: 'Tacoma', region: 'WA', postalCode: '98421' }, ['Tacoma', 'WA', '98421']],
    [{ city: 'Tacoma', region: '  ', postalCode: '' }, ['Tacoma']],
    [{ addressLines: ['~*', ''], city: '~~', region: '', country: 'U' }, undefined],
    [{}, undefined],
  ])('of the address %j what has a place is written', (address, elements) => {
    const parties = [{ role: 'ST', name: 'Dock 12', ...address }];
    const text = writePurchaseOrderAcknowledgment({ ...ACKNOWLEDGMENT, parties }, at855);
    const read = interchangeOf(text);
    expect(validateInterchange(read, { functionalIds: ['PR'] }).verdict).toBe('A');
    const n4 = read.groups[0]?.sets[0]?.segments.find((segment) => segment.id === 'N4');
    expect(n4?.elements).toEqual(elements);
  });

  it('an error tells the place, and nothing of the value, which may be part of an address', () => {
    const references = [['REF', 'VN', 'Mara~Lindqvist']];
    const write = () => writePurchaseOrderAcknowledgment({ ...ACKNOWLEDGMENT, references }, at855);
    expect(write).toThrow(expect.not.objectContaining({ value: expect.anything() }));
    expect(write).toThrow(/^REF02 cannot be written(?!.*Mara)/);
  });

  it.each([0, -1, 1_000_000_000, 1.5])('refuses %d as a control number', (controlNumber) => {
    expect(() => writeInvoice(INVOICE, { ...at810, controlNumber })).toThrow(UnwritableDocument);
  });

  it('refuses an identifier that does not fit into ISA', () => {
    const receiver = { qualifier: '08', id: 'SIXTEEN-LETTERS!', groupId: 'X1' };
    expect(() => writeInvoice(INVOICE, { ...at810, receiver })).toThrow(
      expect.objectContaining({ location: 'ISA08' }),
    );
  });

  it('refuses a label whose check digit is wrong', () => {
    const [order] = NOTICE.orders;
    if (order === undefined) throw new Error('expected an order');
    const orders = [{ ...order, units: [{ sscc: '00614141000004471', items: [] }] }];
    expect(() => writeShipNotice({ ...NOTICE, orders }, at856)).toThrow(
      expect.objectContaining({ location: 'MAN02' }),
    );
  });
});

describe('SSCC', () => {
  it('has the check digit that GS1 computes', () => {
    expect(gs1CheckDigit('37610425002123456')).toBe('9');
    expect(gs1CheckDigit('629104150021')).toBe('3');
    expect(manifest.replies['r01_856_for_v01.edi'].sscc.every(isSscc18)).toBe(true);
  });

  it('fills the serial number to 18 digits, whatever the length of the prefix', () => {
    expect(sscc18(0, '0614141', 4471)).toBe('006141410000044719');
    expect(sscc18(9, '0614141234', 999_999)).toMatch(/^90614141234999999\d$/);
    expect(isSscc18(sscc18(3, '06141412', 1))).toBe(true);
    expect(ssccOf('0614141', 4471)).toBe('006141410000044719');
    expect(ssccOf('0614141', 1_000_000_000)).toBe(sscc18(1, '0614141', 0));
    expect(ssccOf('0614141234', 9_999_999)).toBe(sscc18(9, '0614141234', 999_999));
    expect(ssccOf('0614141234', 10_000_000)).toBe(sscc18(0, '0614141234', 0));
  });

  it('refuses what does not fit', () => {
    expect(() => sscc18(0, '0614141', 1_000_000_000)).toThrow(RangeError);
    expect(() => sscc18(10, '0614141', 1)).toThrow(RangeError);
    expect(() => sscc18(0, '614', 1)).toThrow(RangeError);
    expect(() => sscc18(0, '0614141', -1)).toThrow(RangeError);
    expect(isSscc18('006141410000044718')).toBe(false);
  });
});
