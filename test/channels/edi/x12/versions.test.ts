import { describe, expect, it } from 'vitest';
import {
  readPurchaseOrder,
  readShippingAdvice,
  validateInterchange,
  writeAcknowledgment,
  writePurchaseOrderAcknowledgment,
  writeShippingOrder,
} from '../../../../functions/channels/edi/x12/index.ts';
import { X12_VERSIONS } from '../../../../functions/channels/edi/x12/versions.ts';
import { interchangeOf, SHIPPING_ADVICE, sketch } from './support.ts';

const OLD = X12_VERSIONS.filter((version) => version < '004010');

/** An 850 of a version, as a partner writes it: dates of six digits before 004010. */
function order(version: string, ...segments: readonly string[]): string {
  const body = [
    'BEG*00*SA*PO-1**20260401',
    'ITD*01*3*2**10**30',
    'DTM*037*20260410',
    ...segments,
    'N1*ST*HARBOR DC 12*92*0012',
    'PO1*1*5*EA*2.50**VN*SKU-1',
    'CTT*1*5',
  ].map((segment) =>
    version < '004010' ? segment.replace(/^(BEG|DTM)(.*)\*20(26\d{4})$/, '$1$2*$3') : segment,
  );
  return sketch('850', body, { version }).replace(/\*(?:U\*00401|\^\*00501)\*/, () =>
    version < '004020' ? `*U*${version.slice(0, 5)}*` : `*^*${version.slice(0, 5)}*`,
  );
}

const reportOf = (body: string) => validateInterchange(interchangeOf(body), { acceptErrors: false });

const documentOf = (body: string) => {
  const set = reportOf(body).groups[0]?.sets[0]?.set;
  const [document] = set === undefined ? [] : readPurchaseOrder(set);
  if (document === undefined) throw new Error('no document');
  return document;
};

it('the versions from 003040 to 006010', () => {
  expect([X12_VERSIONS[0], X12_VERSIONS.at(-1), X12_VERSIONS.length]).toEqual(['003040', '006010', 16]);
});

describe.each(X12_VERSIONS)('in %s', (version) => {
  it('a purchase order says what it says in 004010', () => {
    const report = reportOf(order(version));
    expect(report.groups.map((group) => [group.verdict, group.version])).toEqual([['A', version]]);
    const { account: _, ...document } = documentOf(order(version));
    const { account: __, ...same } = documentOf(order('004010'));
    expect(document).toEqual(same);
    expect(document).toMatchObject({ orderDate: '2026-04-01', dates: { SHIP_START: '2026-04-10' } });
  });

  it('it is acknowledged in its version', () => {
    const stamp = { date: '20260402', time: '0900', controlNumber: 7 };
    const answer = writeAcknowledgment(reportOf(order(version)), stamp) ?? '';
    const { header, groups } = interchangeOf(answer);
    expect(header.version).toBe(version.slice(0, 5));
    const date = version < '004010' ? '260402' : '20260402';
    expect(groups[0]?.header.elements.slice(3)).toEqual([date, '0900', '7', 'X', version]);
    expect(reportOf(answer).groups[0]?.verdict).toBe('A');
  });

  it('an acknowledgment of ours is written in it, and valid', () => {
    const party = (id: string) => ({ qualifier: '01', id, groupId: id });
    const text = writePurchaseOrderAcknowledgment(
      {
        ...{ type: 'AC', purchaseOrderNumber: 'PO-1', purchaseOrderDate: '2026-04-01' },
        ...{ releaseNumber: null, orderNumber: null, acknowledgedOn: '2026-04-02', parties: [], lines: [] },
      },
      {
        ...{ sender: party('US'), receiver: party('THEM'), date: '20260402', time: '0900' },
        ...{ controlNumber: 8, usage: 'P', version },
      },
    );
    const report = validateInterchange(interchangeOf(text), { functionalIds: ['PR'] });
    expect(report.groups.map((group) => [group.verdict, group.version])).toEqual([['A', version]]);
    expect(text).toContain(version < '004010' ? '*260401' : '*20260401');
  });
});

describe.each(X12_VERSIONS)('a warehouse in %s', (version) => {
  const party = (id: string) => ({ qualifier: '01', id, groupId: id });

  it('is sent a valid shipping order', () => {
    const text = writeShippingOrder(
      {
        ...{
          status: 'N',
          number: 'O-1',
          purchaseOrderNumber: 'PO-1',
          note: 'Call before\n delivery '.repeat(9),
        },
        parties: [{ role: 'ST', name: 'Ann Lee', addressLines: ['1 Dock St'], city: 'Tacoma', region: 'WA' }],
        references: [{ qualifier: 'DP', value: '12' }],
        dates: [{ qualifier: '37', date: '2026-04-02' }],
        carrier: { payment: 'PP', method: 'M', routing: 'UPS GROUND', code: 'UPSN' },
        items: [
          {
            ...{ lineNumber: '1', quantity: '8', description: 'Anchor bolt', lotNumber: 'LOT-A', pack: 4 },
            identifiers: ['VN', 'UP', 'SK'].map((qualifier) => ({ qualifier, value: '614141000036' })),
          },
        ],
      },
      {
        ...{ sender: party('US'), receiver: party('THEM'), date: '20260402', time: '0900' },
        ...{ controlNumber: 8, usage: 'P', version },
      },
    );
    const report = validateInterchange(interchangeOf(text), { functionalIds: ['OW'] });
    expect(report.groups.map((group) => [group.verdict, group.version])).toEqual([['A', version]]);
    expect(text).toContain(version < '004010' ? 'G62*37*260402' : 'G62*37*20260402');
    expect(text).toContain('W01*8*EA**VN*614141000036*UP*614141000036********SK*614141000036');
    expect(text.match(/NTE\*WHI/g)).toHaveLength(3);
  });

  it('is read as in 004010', () => {
    const dated = SHIPPING_ADVICE.map((segment) =>
      version < '004010' ? segment.replace('*20260401', '*260401') : segment,
    );
    const body = sketch('945', dated, { version, functionalId: 'SW' }).replace(
      /\*(?:U\*00401|\^\*00501)\*/,
      () => (version < '004020' ? `*U*${version.slice(0, 5)}*` : `*^*${version.slice(0, 5)}*`),
    );
    const [group] = reportOf(body).groups;
    const set = group?.sets[0]?.set;
    expect(group?.verdict).toBe('A');
    const advice = set === undefined ? null : readShippingAdvice(set);
    expect(advice).toMatchObject({
      ...{ isShipment: true, orderNumber: 'O-1', shippedOn: '2026-04-01', carrierCode: 'UPSN' },
      ...{ trackingNumber: '1Z999AA10123456784', totalUnits: '11', unresolved: [] },
      units: [
        {
          ...{ labels: ['106141411234567897'], trackingNumbers: ['1Z999AA10123456784'] },
          items: [{ lineNumber: '1', lots: [{ lotNumber: 'L7' }, { lotNumber: 'LOT-A' }] }],
        },
        {
          labels: ['106141411234567903'],
          items: [{ status: 'CP', reason: '01', lots: [{ quantity: '2' }, { quantity: '1' }] }],
        },
      ],
    });
  });
});

describe.each(OLD)('before 004010, in %s', (version) => {
  it.each([
    ['of this century', 'DTM*038*260420', '2026-04-20'],
    ['of the century that is stated', 'DTM*038*990420***20', '2099-04-20'],
    ['without one, of the last century', 'DTM*038*990420', '1999-04-20'],
    ['a period', 'DTM*038*****RD8*20260411-20260420', '2026-04-20'],
  ])('a date %s', (_, dtm, day) => {
    expect(documentOf(order(version, dtm)).dates.SHIP_END).toBe(day);
  });

  it('a date of eight digits is an error', () => {
    const long = order(version).replace('*260410', '*20260410');
    const [error] = reportOf(long).groups[0]?.sets[0]?.segmentErrors ?? [];
    expect(error).toMatchObject({ segmentId: 'DTM', elements: [{ position: 2, code: '8' }] });
  });
});

it.each(['003030', '006020', '007010', '4010'])('%s is not read', (version) => {
  expect(reportOf(order('004010').replace('*X*004010', `*X*${version}`)).groups[0]?.verdict).toBe('R');
});
