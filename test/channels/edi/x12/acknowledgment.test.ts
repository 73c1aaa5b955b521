import { describe, expect, it } from 'vitest';
import {
  type AnswerStamp,
  owesInterchangeAcknowledgment,
  writeAcknowledgment,
  writeInterchangeAcknowledgment,
} from '../../../../functions/channels/edi/x12/acknowledgment.ts';
import { readInterchanges } from '../../../../functions/channels/edi/x12/reader.ts';
import type { InterchangeReport, ReceiverPolicy } from '../../../../functions/channels/edi/x12/report.ts';
import { validateInterchange } from '../../../../functions/channels/edi/x12/validator.ts';
import manifest from '../../../payloads/x12/manifest.json' with { type: 'json' };
import { interchangeOf, interchangesOf, payload, payloadText, sketch, V01 } from './support.ts';

const at = (controlNumber: number, time = '0930', date = '20260312'): AnswerStamp => ({
  date,
  time,
  controlNumber,
});

const judged = (body: Buffer | string, policy?: ReceiverPolicy): InterchangeReport =>
  validateInterchange(interchangeOf(body), policy);

/** The segments of an answer, without separators and line breaks at their ends. */
const segmentsOf = (answer: string | null) => (answer ?? '').split('~\n').filter((segment) => segment !== '');

const answered = (body: Buffer | string, policy?: ReceiverPolicy) =>
  segmentsOf(writeAcknowledgment(judged(body, policy), at(601))).filter((segment) =>
    segment.startsWith('AK'),
  );

const interchangeAnswer = (report: InterchangeReport, stamp: AnswerStamp) =>
  writeInterchangeAcknowledgment(report.interchange.header, report.verdict, report.noteCode, stamp);

describe('answers given byte for byte', () => {
  it.each([
    ['bad/b01_se_count.edi', 601],
    ['bad/b02_st_se_control.edi', 602],
    ['bad/b08_no_po1.edi', 608],
  ])('the 997 for %s', (file, controlNumber) => {
    const expected = payloadText(manifest.bad[file.slice(4) as 'b01_se_count.edi'].expected_file);
    expect(writeAcknowledgment(judged(payload(file)), at(controlNumber))).toBe(expected);
  });

  it.each([
    ['bad/b04_isa_iea_control.edi', 604],
    ['bad/b11_iea_count.edi', 611],
  ])('the TA1 for %s', (file, controlNumber) => {
    const expected = payloadText(manifest.bad[file.slice(4) as 'b04_isa_iea_control.edi'].expected_file);
    const report = judged(payload(file));
    expect(writeAcknowledgment(report, at(controlNumber))).toBeNull();
    expect(interchangeAnswer(report, at(controlNumber))).toBe(expected);
  });

  it('the TA1 for the second interchange of b09', () => {
    const second = interchangesOf(payload('bad/b09_duplicate_isa13.edi'))[1];
    if (second === undefined) throw new Error('expected two');
    const report = validateInterchange(second, { duplicate: true });
    expect(interchangeAnswer(report, at(609))).toBe(payloadText('expected/b09_ta1.edi'));
  });

  it('the 997 and the TA1 that accept v01', () => {
    const report = judged(payload(V01));
    expect(writeAcknowledgment(report, at(501))).toBe(payloadText('replies/r01_997_accept_v01.edi'));
    expect(owesInterchangeAcknowledgment(report)).toBe(true);
    expect(interchangeAnswer(report, at(500, '0915'))).toBe(payloadText('replies/r01_ta1_accept_v01.edi'));
  });

  it('the 999 that accepts v02', () => {
    const report = judged(payload('valid/v02_850_005010_pipe_lf.edi'));
    expect(writeAcknowledgment(report, at(506, '1630', '20260318'), '999')).toBe(
      payloadText('replies/r02_999_for_v02_005010.edi'),
    );
  });

  it('a 997 for each group of v05', () => {
    const report = judged(payload('valid/v05_multigroup_850x3_860.edi'));
    expect(writeAcknowledgment(report, at(505, '0001', '20260315'))).toBe(
      payloadText('replies/r05_997_for_multigroup.edi'),
    );
  });
});

describe('what a 997 says', () => {
  it.each([
    ['bad/b12_unknown_segment.edi', ['AK3*ZZZ*34**1', 'AK5*R*5', 'AK9*R*1*1*0']],
    ['bad/b14_no_quantity.edi', ['AK3*PO1*25*PO1*8', 'AK4*2*330*2', 'AK5*R*5', 'AK9*R*1*1*0']],
    [
      'bad/b16_po_number_too_long.edi',
      ['AK3*BEG*2**8', 'AK4*3*324*5*45001872650000000000000001', 'AK5*R*5', 'AK9*R*1*1*0'],
    ],
    ['bad/b17_ctt_mismatch.edi', ['AK5*A', 'AK9*A*1*1*1']],
  ])('for %s', (file, segments) => {
    expect(answered(payload(file)).slice(2)).toEqual(segments);
  });

  it('for a group refused as a whole: no sets', () => {
    expect(answered(payload('bad/b18_version_unknown.edi'))).toEqual(['AK1*PO*1119', 'AK9*R*1*1*0*2']);
    expect(answered(payloadText(V01).replace('GE*1*1021', 'GE*2*1021'))).toEqual([
      'AK1*PO*1021',
      'AK9*R*2*1*0*5',
    ]);
  });

  it('for a group of which some sets are accepted', () => {
    expect(answered(payload('bad/b20_se_missing.edi'))).toEqual([
      ...['AK1*PO*1121', 'AK2*850*0001', 'AK5*R*2', 'AK2*850*0002', 'AK5*A', 'AK9*P*2*2*1'],
    ]);
  });

  it('E in place of R by policy', () => {
    const [, , , , set, group] = answered(payload('bad/b16_po_number_too_long.edi'), { acceptErrors: true });
    expect([set, group]).toEqual(['AK5*E*5', 'AK9*E*1*1*1']);
    expect(answered(payload('bad/b01_se_count.edi'), { acceptErrors: true }).slice(2)).toEqual([
      'AK5*E*4',
      'AK9*E*1*1*1',
    ]);
  });

  it('where in a composite the error is', () => {
    const body = sketch('850', ['BEG*00*SA*PO-1**20260401', 'PO1*1*5*EA*1**VN*A', 'MEA*PD*WT*5*QQ>1']);
    expect(answered(body)[3]).toBe('AK4*4>1*355*7*QQ');
  });

  it('b07: a bad date, with the value', () => {
    const body = payloadText(V01).replace('4500187265**20260312', '4500187265**20261345');
    expect(answered(body).slice(2, 5)).toEqual(['AK3*BEG*2**8', 'AK4*5*373*8*20261345', 'AK5*R*5']);
  });

  it('repeats no value that would need other characters than it has', () => {
    const separators = { element: '|', component: ':', terminator: '!' };
    const body = sketch('850', ['BEG*00*SA*PO~1 IS MUCH TOO LONG A NAME**20260401', 'PO1*1*5*EA*1**VN*A'], {
      separators,
    });
    expect(answered(body).slice(2, 4)).toEqual(['AK3*BEG*2**8', 'AK4*3*324*5']);
  });

  it('the 999 names errors in IK segments', () => {
    const body = sketch('850', ['BEG*00*SA***20260401', 'PO1*1*5*EA*1**VN*A'], { version: '005010' });
    const segments = segmentsOf(writeAcknowledgment(judged(body), at(7), '999'));
    expect(segments.slice(2, -3)).toEqual([
      ...[
        'ST*999*0001*005010X231A1',
        'AK1*PO*2001*005010',
        'AK2*850*0001',
        'IK3*BEG*2**8',
        'IK4*3*324*1',
        'IK5*R*5',
      ],
      'AK9*R*1*1*0',
    ]);
  });
});

describe('when nothing is answered', () => {
  it('an acknowledgment is never acknowledged', () => {
    expect(
      writeAcknowledgment(judged(payload('replies/i02_997_partner_rejects_our_856.edi')), at(1)),
    ).toBeNull();
  });

  it('no TA1 is owed for a sound interchange that asks for none', () => {
    expect(owesInterchangeAcknowledgment(judged(payload('valid/v08_850_same_po_resent_BEG07.edi')))).toBe(
      false,
    );
    expect(owesInterchangeAcknowledgment(judged(payload('bad/b04_isa_iea_control.edi')))).toBe(true);
  });
});

describe('answers to hostile headers', () => {
  it('a TA1 for an interchange of which only the header could be told', () => {
    const [one] = readInterchanges(payload('bad/b05_isa_truncated.edi'));
    if (one?.kind !== 'unreadable' || one.header === null) throw new Error('expected a salvaged header');
    const answer = writeInterchangeAcknowledgment(one.header, 'R', '022', at(605));
    expect(segmentsOf(answer)[1]).toBe('TA1*000001105*260312*0914*R*022');
  });

  it('identifiers that hold our separators are written without them', () => {
    const text = payloadText(V01).replaceAll('*', '|').replace('6145550100     ', '61*5~50>00     ');
    const report = judged(text.replaceAll('GS|PO|6145550100', 'GS|PO|61*555'));
    const answer = writeAcknowledgment(report, at(1)) ?? '';
    expect(segmentsOf(answer)[0]).toContain('*08*6155000        *');
    expect(interchangeOf(answer).groups).toHaveLength(1);
  });
});

it('every answer can be read and is valid itself', () => {
  for (const file of ['bad/b08_no_po1.edi', 'bad/b14_no_quantity.edi', 'bad/b20_se_missing.edi', V01]) {
    const answer = writeAcknowledgment(judged(payload(file)), at(77));
    const report = judged(answer ?? '');
    expect([report.verdict, report.groups.map((group) => group.verdict)], file).toEqual(['A', ['A']]);
  }
});
