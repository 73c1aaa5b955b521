import { describe, expect, it } from 'vitest';
import {
  writeAcknowledgment,
  writeInterchangeAcknowledgment,
} from '../../../../functions/channels/edi/x12/acknowledgment.ts';
import { readAcknowledgment } from '../../../../functions/channels/edi/x12/partner-acknowledgment.ts';
import { readPurchaseOrder } from '../../../../functions/channels/edi/x12/purchase-order.ts';
import { readPurchaseOrderChange } from '../../../../functions/channels/edi/x12/purchase-order-change.ts';
import { readInterchanges } from '../../../../functions/channels/edi/x12/reader.ts';
import type { SetReport } from '../../../../functions/channels/edi/x12/report.ts';
import { readShippingAdvice } from '../../../../functions/channels/edi/x12/shipping-advice.ts';
import { validateInterchange } from '../../../../functions/channels/edi/x12/validator.ts';
import fc from '../../../../testing/fast-check.ts';
import { caseCount } from '../../../../testing/property-runs.ts';
import { interchangesOf, payload, payloadText, SHIPPING_ADVICE, sketch, V01 } from './support.ts';

const STAMP = { date: '20260312', time: '0930', controlNumber: 1 };
const RUNS = caseCount(400);

const SAMPLES = [
  ...[V01, 'valid/v02_850_005010_pipe_lf.edi', 'valid/v03_850_004010_dropship_crlf_utf8.edi'],
  ...[
    'valid/v05_multigroup_850x3_860.edi',
    'valid/c01_860_004010_change_of_v01.edi',
    'bad/b20_se_missing.edi',
  ],
  ...[
    'lenient/o04_latin1_bytes.edi',
    'replies/i02_997_partner_rejects_our_856.edi',
    'replies/r02_999_for_v02_005010.edi',
  ],
]
  .map(payload)
  .concat(Buffer.from(sketch('945', SHIPPING_ADVICE, { functionalId: 'SW', lineBreak: '\n' })));

/** Bytes that mean something in X12, and some that mean nothing anywhere. */
const telling = fc.constantFrom(...Buffer.from('*~>|\n\r\x1a\0 ISAGSTE0199.-^\x1d\xc3\x28\xff', 'latin1'));

/** A sample with bytes changed, removed, put in, or moved. */
const damaged = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(
      fc.record({
        // In ten-thousandths of the length: doubles would crowd at the very start.
        place: fc.integer({ min: 0, max: 9999 }),
        change: fc.constantFrom('replace', 'remove', 'insert', 'cut', 'repeat'),
        byte: fc.oneof(telling, fc.integer({ min: 0, max: 255 })),
        length: fc.integer({ min: 1, max: 120 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([sample, changes]) => {
    let body = sample;
    for (const { place, change, byte, length } of changes) {
      const at = Math.floor((place * body.length) / 10_000);
      const [before, after] = [body.subarray(0, at), body.subarray(at)];
      const parts: Record<typeof change, Buffer[]> = {
        replace: [before, Buffer.from([byte]), after.subarray(1)],
        remove: [before, after.subarray(length)],
        insert: [before, Buffer.from([byte]), after],
        cut: [before],
        repeat: [before, after.subarray(0, length), after],
      };
      body = Buffer.concat(parts[change]);
    }
    return body;
  });

/** Takes a body the whole way that a request goes. Answers what there was to say. */
function process(body: Uint8Array, acceptErrors: boolean) {
  const answers: string[] = [];
  const accepted: SetReport[] = [];
  for (const one of readInterchanges(body)) {
    if (one.kind === 'unreadable') {
      if (one.header !== null) answers.push(writeInterchangeAcknowledgment(one.header, 'R', '022', STAMP));
      continue;
    }
    const report = validateInterchange(one, { acceptErrors });
    answers.push(writeInterchangeAcknowledgment(one.header, report.verdict, report.noteCode, STAMP));
    for (const form of ['997', '999'] as const) {
      const answer = writeAcknowledgment(report, STAMP, form);
      if (answer !== null) answers.push(answer);
    }
    accepted.push(...report.groups.flatMap((group) => group.sets).filter((set) => set.verdict !== 'R'));
  }
  for (const { set } of accepted) {
    if (set.id === '850') readPurchaseOrder(set);
    if (set.id === '860') readPurchaseOrderChange(set);
    if (set.id === '945') readShippingAdvice(set);
    if (set.id === '997' || set.id === '999') readAcknowledgment(set);
  }
  return { answers, accepted };
}

describe('damaged bytes', () => {
  it('never throw, and every answer to them can be read', () => {
    fc.assert(
      fc.property(damaged, fc.boolean(), (body, acceptErrors) => {
        for (const answer of process(body, acceptErrors).answers) {
          const [interchange, ...others] = interchangesOf(answer);
          expect(others).toEqual([]);
          expect(interchange?.trailer).not.toBeNull();
          expect(interchange?.strays).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('never make half an order: an accepted set has its trailer, its count and no error', () => {
    fc.assert(
      fc.property(damaged, (body) => {
        for (const { set, segmentErrors } of process(body, false).accepted) {
          expect(set.trailer?.elements[0]).toBeDefined();
          expect(Number(set.trailer?.elements[0])).toBe(set.segments.length);
          expect(set.trailer?.elements[1]).toBe(set.controlNumber);
          expect(segmentErrors).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('that are no X12 at all never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (body) => {
        expect(process(body, true).accepted).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

/** A body with segments and elements changed, in an envelope that fits: damage that gets past the counts. */
const disorderedBody = (sample: readonly string[], setId: string, functionalId: string) =>
  fc
    .array(
      fc.record({
        segment: fc.nat(40),
        element: fc.integer({ min: 1, max: 12 }),
        change: fc.constantFrom('value', 'remove', 'repeat', 'move'),
        value: fc.oneof(
          fc.constantFrom(
            '',
            ' ',
            '0',
            '-1',
            '.5',
            '1e9',
            '9'.repeat(30),
            'CA',
            'LB',
            '20261301',
            '0.0000001',
            'É',
            '\x07',
          ),
          fc.string({ maxLength: 8 }).map((text) => text.replace(/[*~>]/g, '')),
        ),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((changes) => {
      const segments = [...sample];
      for (const { segment, element, change, value } of changes) {
        const at = segment % segments.length;
        const [current] = change === 'repeat' ? segments.slice(at, at + 1) : segments.splice(at, 1);
        if (current === undefined) continue;
        const parts = current.split('*');
        if (change === 'value') parts[element] = value;
        const changed = Array.from(parts, (part) => part ?? '').join('*');
        if (change === 'move') segments.splice(element % (segments.length + 1), 0, changed);
        else if (change !== 'remove') segments.splice(at, 0, changed);
      }
      return Buffer.from(sketch(setId, segments, { functionalId }), 'utf8');
    });

const disordered = disorderedBody(payloadText(V01).split('~\n').slice(3, -4), '850', 'PO');

describe('orders in disorder', () => {
  it('never throw, accepted or accepted with errors', () => {
    fc.assert(
      fc.property(disordered, (body) => {
        for (const answer of process(body, true).answers) expect(interchangesOf(answer)).toHaveLength(1);
      }),
      { numRuns: RUNS },
    );
  });

  it('when accepted, name their purchase order, and every quantity is whole and every price plain', () => {
    fc.assert(
      fc.property(disordered, (body) => {
        for (const order of process(body, false).accepted.flatMap(({ set }) => readPurchaseOrder(set))) {
          expect(order.purchaseOrderNumber).not.toBe('');
          expect(order.lines.length).toBeGreaterThan(0);
          for (const { eaches } of order.lines) {
            if (eaches === null) continue;
            expect(
              Number.isInteger(eaches.quantity) && eaches.quantity > 0 && eaches.quantity <= 1_000_000,
            ).toBe(true);
            expect(eaches.unitPrice ?? '0').toMatch(/^\d{1,7}(?:\.\d{1,6})?$/);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('shipping advices in disorder', () => {
  it('never throw, and are accounted for to the last element', () => {
    fc.assert(
      fc.property(disorderedBody(SHIPPING_ADVICE, '945', 'SW'), (body) => {
        for (const { set } of process(body, true).accepted) {
          const said = set.segments.flatMap(({ elements }) =>
            elements.filter((value) => value.trim() !== ''),
          );
          const { account, units } = readShippingAdvice(set);
          expect(account.reduce((sum, { count }) => sum + count, 0)).toBe(said.length);
          expect(units).toHaveLength(set.segments.filter(({ id }) => id === 'LX').length);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('bytes made to take long', () => {
  const head = payload(V01).subarray(0, 106).toString('latin1');
  const MEGABYTES = 2_000_000;

  it.each([
    ['only ISA', 'ISA'.repeat(MEGABYTES / 3)],
    ['only separators', head + '*'.repeat(MEGABYTES)],
    ['only terminators', head + '~'.repeat(MEGABYTES)],
    ['only line breaks', '\r\n'.repeat(MEGABYTES / 2)],
    ['only byte order marks', '\xef\xbb\xbf'.repeat(MEGABYTES / 3)],
    ['blanks before the end', `${head}IEA*1*${' '.repeat(MEGABYTES)}x`],
    [
      'one long number',
      `${head}GS*PO*AB*CD*20260312*0914*1*X*004010~ST*850*0001~BEG*00*SA*${'9'.repeat(MEGABYTES)}~`,
    ],
    ['groups in groups', head + 'GS*PO~'.repeat(MEGABYTES / 20)],
    ['sets in sets', `${head}GS*PO*AB*CD*20260312*0914*1*X*004010~${'ST*850*0001~'.repeat(MEGABYTES / 20)}`],
    ['records of three columns', 'ISA\n'.repeat(MEGABYTES / 4)],
  ])('%s', (_, text) => {
    expect(() => process(Buffer.from(text, 'latin1'), true)).not.toThrow();
  });
});
