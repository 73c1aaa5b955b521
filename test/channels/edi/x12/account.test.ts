import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as codes from '../../../../functions/channels/edi/x12/account/codes.ts';
import { COMPOSITES } from '../../../../functions/channels/edi/x12/dictionary/elements.ts';
import { dictionaryOf } from '../../../../functions/channels/edi/x12/dictionary.ts';
import {
  type AccountEntry,
  readPurchaseOrder,
  readPurchaseOrderChange,
  readShippingAdvice,
  type TransactionSet,
} from '../../../../functions/channels/edi/x12/index.ts';
import { isDecided } from '../../../../functions/channels/edi/x12/order/keep.ts';
import fc from '../../../../testing/fast-check.ts';
import { interchangesOf, payload, SHIPPING_ADVICE, setOf, sketch } from './support.ts';

const READERS: Readonly<Record<string, (set: TransactionSet) => readonly AccountEntry[]>> = {
  '850': (set) => readPurchaseOrder(set)[0]?.account.entries() ?? [],
  '860': (set) => readPurchaseOrderChange(set).account.entries(),
  '945': (set) => readShippingAdvice(set).account,
};
const accountOf = (set: TransactionSet) => READERS[set.id]?.(set) ?? [];
const said = ({ segments }: TransactionSet) =>
  segments.flatMap(({ elements }) => elements.filter((value) => value.trim() !== '')).length;
const counted = (entries: readonly AccountEntry[]) => entries.reduce((sum, { count }) => sum + count, 0);

describe('lists of codes', () => {
  const DECIDED = {
    353: codes.PURPOSES,
    92: codes.ORDER_TYPES,
    248: codes.ALLOWANCE_INDICATORS,
    331: codes.ALLOWANCE_HANDLING,
    336: codes.TERMS_TYPES,
    378: codes.PERCENT_BASES,
    514: codes.REPORTING,
    563: codes.SALES_REQUIREMENTS,
    639: codes.PRICE_BASES,
    670: codes.LINE_CHANGES,
  };

  test.each(Object.entries(DECIDED))(
    'element %s has a decision for every code of the dictionary',
    (element, decisions) => {
      for (const version of ['004010', '005010'] as const) {
        const list = dictionaryOf(version).codes.get(element) ?? new Set<string>();
        expect([...list].filter((code) => !decisions.has(code))).toEqual([]);
      }
    },
  );

  test.each(Object.entries(DECIDED))('element %s has no code in two decisions', (_, decisions) => {
    expect(new Set(decisions.keys()).size).toBe([...decisions.keys()].length);
  });
});

describe('segments', () => {
  // Segments that the readers take apart themselves, or that stand in the loop of another.
  const READ = 'BEG BCH CUR PO1 POC SDQ CTT IN2 N2 N3 N4 NX2 FA1 FA2 LQ LE CB1 G61'.split(' ');

  test.each(['850', '860'])('of the %s each have a place in one of the tables', (setId) => {
    const ids = [...(dictionaryOf('004010').sets.get(setId)?.ids ?? [])];
    expect(ids.length).toBeGreaterThan(30);
    expect(ids.filter((id) => !READ.includes(id) && !isDecided(id))).toEqual([]);
  });
});

describe('the account of a set', () => {
  const files = readdirSync(new URL('../../../payloads/x12/valid/', import.meta.url));

  test.each(files)(
    '%s: says of every element what became of it, and nothing is left without a rule',
    (file) => {
      const sets = interchangesOf(payload(`valid/${file}`)).flatMap(({ groups }) =>
        groups.flatMap((group) => group.sets),
      );
      for (const set of sets) {
        const entries = accountOf(set);
        expect(counted(entries)).toBe(said(set));
        expect(entries.filter(({ detail }) => detail === 'no rule covers it')).toEqual([]);
      }
    },
  );

  test('v01 leaves nothing open', () => {
    const set = setOf(payload('valid/v01_850_004010_net30_windows.edi'));
    expect(accountOf(set).filter(({ disposition }) => disposition === 'unresolved')).toEqual([]);
    expect(accountOf(set)).toContainEqual({
      ...{ element: 'REF02', disposition: 'kept', detail: 'reference', count: 3, segment: 4 },
    });
  });

  test('a shipping advice leaves nothing open, and says what became of each part', () => {
    const set = setOf(sketch('945', SHIPPING_ADVICE, { functionalId: 'SW' }));
    const entries = accountOf(set);
    expect(counted(entries)).toBe(said(set));
    expect(entries.filter(({ disposition }) => disposition === 'unresolved')).toEqual([]);
    const mapped = entries.flatMap(({ element, disposition }) => (disposition === 'mapped' ? [element] : []));
    expect(mapped).toEqual(
      expect.arrayContaining([
        'W0602',
        'W2702',
        'MAN02',
        'MAN05',
        'W1203',
        'W1209',
        'W1219',
        'N902',
        'W0301',
      ]),
    );
  });

  test.each([
    ['a substitution', 'W12*IS*8*8*0*EA**VN*A', /^W1201 IS$/],
    ['a segment of other sets', 'SAC*C*D240***500', /^SAC01 C$/],
  ])('a shipping advice leaves open: %s', (_, segment, named) => {
    const { unresolved } = readShippingAdvice(
      setOf(sketch('945', ['W06*F*O-1', 'LX*1', segment], { functionalId: 'SW' })),
    );
    expect(unresolved[0]?.elements[0]).toMatch(named);
  });

  /** A value of an element that passes its type; a code of its list where it has one. */
  const exampleOf = (reference: string): fc.Arbitrary<string> => {
    const [component] = COMPOSITES[reference] ?? [];
    if (component !== undefined) return exampleOf(component);
    const list = dictionaryOf('004010').codes.get(reference);
    if (list !== undefined) return fc.constantFrom(...list);
    const { type, min, max } = dictionaryOf('004010').elements.get(reference) ?? {
      type: 'AN',
      min: 1,
      max: 10,
    };
    if (type === 'DT') return fc.constant('20260401');
    if (type === 'TM') return fc.constant('0930');
    if (type === 'AN' || type === 'ID')
      return fc.constant('AB12345678'.repeat(8).slice(0, Math.max(min, Math.min(3, max))));
    return fc.constant('7');
  };
  const segment = fc.constantFrom(...dictionaryOf('004010').segments.keys()).chain((id) => {
    const elements = dictionaryOf('004010').segments.get(id)?.elements ?? [];
    return fc
      .tuple(...elements.map(({ reference }) => fc.oneof(exampleOf(reference), fc.constant(''))))
      .map((values) => [id, ...values].join('*'));
  });

  test('is whole whatever segments come, and each is mapped, kept, ignored for a reason, or open', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('850', '860', '945'),
        fc.array(segment, { maxLength: 12 }),
        (setId, segments) => {
          const openings: Readonly<Record<string, string>> = {
            ...{ 850: 'BEG*00*SA*PO-1**20260401', 860: 'BCH*04*SA*PO-1***20260401', 945: 'W06*F*O-1' },
          };
          const opening = openings[setId] ?? '';
          const body = segments.filter((each) => !/^(?:ST|SE|GS|GE|IEA|ISA|TA1)\*/.test(each));
          const [interchange] = interchangesOf(sketch(setId, [opening, ...body]));
          const set = interchange?.groups[0]?.sets[0];
          if (set === undefined) return;
          expect(counted(accountOf(set))).toBe(said(set));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what no rule covers', () => {
  const openOf = (...body: string[]) => {
    const [order] = readPurchaseOrder(setOf(sketch('850', body)));
    return order?.problems.filter(({ code }) => code === 'unresolved').map(({ message }) => message);
  };
  const LINE = 'PO1*1*10*EA*5**VN*A';
  const BEG = 'BEG*00*SA*PO-1**20260401';

  test.each([
    ['an optional allowance', 'SAC*A*F800***2000*******07', /^SAC12 07 \(segment 3\): whether the amount/],
    ['an allowance that the partner asks for', 'SAC*R*F800***2000', /^SAC01 R/],
    ['a percentage of something unknown', 'SAC*A*F800****Z*5', /^SAC06 Z/],
    ['terms to the end of a month', 'ITD*02*3*****30', /^ITD01 02/],
    ['a fixed day of payment', 'ITD*01*3****20260501', /^ITD06 \(segment 3\)/],
    ['full truckloads', 'CSH*FT', /^CSH01 FT/],
    ['a most that the order may cost', 'CSH*N*4*5000', /^CSH02 4, CSH03/],
    ['a price break', 'CTP**QTY*5*100*EA', /another price/],
    ['a discount rule', 'DIS*CSH*PC*2*1*5', /a rule for a discount/],
  ])('is named by segment and element: %s', (_, segment, message) => {
    expect(openOf(BEG, segment, LINE)).toEqual([expect.stringMatching(message)]);
  });

  test('is named of a line: payment terms of its own, and another quantity without what is said of packing', () => {
    expect(openOf(BEG, LINE, 'ITD*01*3*****60', 'QTY*38*5', 'PKG*F*68***POLYBAG')).toEqual([
      expect.stringMatching(/^ITD01 01, .*: payment terms of one line$/),
      expect.stringMatching(/^QTY01 38, QTY02 5 \(segment 5\): another quantity$/),
    ]);
  });

  test.each([
    ['who pays a charge', 'SAC*C*D500***300*******05'],
    ['a bill back', 'SAC*A*F800***2000*******01'],
    ['for information', 'SAC*A*F800***2000*******15'],
    ['no back order', 'CSH*N'],
    ['ship complete', 'CSH*SC'],
    ['terms agreed before', 'ITD*14'],
  ])('is not: %s', (_, segment) => {
    expect(openOf(BEG, segment, LINE)).toEqual([]);
  });

  test('an order that was placed before', () => {
    expect(openOf('BEG*06*SA*PO-1**20260401', LINE)).toEqual([expect.stringMatching(/^BEG01 06/)]);
    expect(openOf('BEG*07*SA*PO-1**20260401', LINE)).toEqual([]);
  });

  test('kinds of orders', () => {
    expect(openOf('BEG*00*BK*PO-1**20260401', LINE)).toEqual([expect.stringMatching(/^BEG02 BK/)]);
    const [copy] = readPurchaseOrder(setOf(sketch('850', ['BEG*00*IN*PO-1**20260401', LINE])));
    expect(copy?.orderType).toEqual({ code: 'IN', commitment: 'NONE' });
  });
});
