import { describe, expect, it } from 'vitest';
import type { InterchangeReport, ReceiverPolicy } from '../../../../functions/channels/edi/x12/report.ts';
import { MAX_SEGMENT_ERRORS } from '../../../../functions/channels/edi/x12/set-validator.ts';
import { validateInterchange } from '../../../../functions/channels/edi/x12/validator.ts';
import {
  interchangeOf,
  interchangesOf,
  longOrder,
  PLAIN_ORDER,
  payload,
  payloadText,
  setVerdict,
  sketch,
  V01,
} from './support.ts';

const judged = (body: Buffer | string, policy?: ReceiverPolicy): InterchangeReport =>
  validateInterchange(interchangeOf(body), policy);

const ACCEPTED = { verdict: 'A', codes: '', errors: [] };
const withOrder = (...segments: string[]) => sketch('850', segments);

describe('valid samples', () => {
  it.each([
    'valid/c01_860_004010_change_of_v01.edi',
    V01,
    'valid/v02_850_005010_pipe_lf.edi',
    'valid/v03_850_004010_dropship_crlf_utf8.edi',
    'valid/v05_multigroup_850x3_860.edi',
    'valid/v07_850_004010_minimal.edi',
    'valid/v08_850_same_po_resent_BEG07.edi',
    'valid/v10_850_cancel_BEG01.edi',
    'lenient/o02_bom_blank_lines.edi',
    'lenient/o04_latin1_bytes.edi',
    'lenient/o05_trailing_separators.edi',
    'replies/i01_997_partner_accepts_our_810.edi',
    'replies/i02_997_partner_rejects_our_856.edi',
    'replies/r01_810_for_v01.edi',
    'replies/r01_855_for_v01.edi',
    'replies/r01_856_for_v01.edi',
    'replies/r01_997_accept_v01.edi',
    'replies/r02_999_for_v02_005010.edi',
    'replies/r05_997_for_multigroup.edi',
  ])('%s is accepted', (file) => {
    const report = judged(payload(file), { functionalIds: ['PO', 'PC', 'FA', 'PR', 'SH', 'IN'] });
    expect([report.verdict, report.noteCode]).toEqual(['A', '000']);
    expect(report.groups.map((group) => [group.verdict, group.errorCodes])).toEqual(
      report.groups.map(() => ['A', []]),
    );
    expect(report.groups.flatMap((group) => group.sets).flatMap((set) => set.segmentErrors)).toEqual([]);
  });

  it('an order of 1,000 lines is accepted', () => {
    expect(setVerdict(longOrder(1000))).toEqual(ACCEPTED);
  });
});

describe('interchange errors', () => {
  it.each([
    ['b04: IEA02 is not ISA13', () => payload('bad/b04_isa_iea_control.edi'), '001'],
    ['b11: IEA01 is not the number of groups', () => payload('bad/b11_iea_count.edi'), '021'],
    ['b06: cut off in a line', () => payloadText(V01).slice(0, 900), '023'],
    ['b06: cut off behind GE', () => payloadText(V01).replace(/IEA.*$/s, ''), '023'],
    ['a segment between GE and IEA', () => payloadText(V01).replace('IEA*', 'REF*ZZ*1~IEA*'), '022'],
    ['SE without ST', () => payloadText(V01).replace('ST*850*0001~\n', ''), '022'],
    ['an empty GS', () => payloadText(V01).replace(/GS\*.*?~/s, 'GS~'), '024'],
    [
      'a GS of an impossible date',
      () => payloadText(V01).replace('*20260312*0914*1021', '*20261312*0914*1021'),
      '024',
    ],
    [
      'an authorization qualifier that does not exist',
      () => payloadText(V01).replace('ISA*00', 'ISA*99'),
      '010',
    ],
    [
      'a security qualifier that does not exist',
      () => payloadText(V01).replace('*00*          *08', '*77*          *08'),
      '012',
    ],
    [
      'a sender qualifier that does not exist',
      () => payloadText(V01).replace('*08*6145550100 ', '*99*6145550100 '),
      '005',
    ],
    ['no sender', () => payloadText(V01).replace('*6145550100     *', '*               *'), '006'],
    [
      'a receiver qualifier that does not exist',
      () => payloadText(V01).replace('*01*614141000 ', '*QQ*614141000 '),
      '007',
    ],
    ['no receiver', () => payloadText(V01).replace('*614141000      *', '*               *'), '008'],
    ['a date that is none', () => payloadText(V01).replace('*260312*', '*261312*'), '014'],
    ['a time that is none', () => payloadText(V01).replace('*0914*U', '*2514*U'), '015'],
    ['another standard', () => payloadText(V01).replace('*U*00401', '*X*00401'), '016'],
    ['a control version of another age', () => payloadText(V01).replace('*00401*', '*00200*'), '003'],
    ['a control number with letters', () => payloadText(V01).replaceAll('000001021', '00000A021'), '018'],
    ['an acknowledgment flag that does not exist', () => payloadText(V01).replace('*1*P*>', '*9*P*>'), '019'],
    ['a usage that does not exist', () => payloadText(V01).replace('*1*P*>', '*1*X*>'), '020'],
  ])('%s', (_, body, note) => {
    const report = judged(body());
    expect(report).toMatchObject({ verdict: 'R', noteCode: note, groups: [] });
  });

  it('b09: the second interchange with the same number', () => {
    const [first, second] = interchangesOf(payload('bad/b09_duplicate_isa13.edi'));
    if (first === undefined || second === undefined) throw new Error('expected two');
    expect(second.header).toEqual(first.header);
    expect(validateInterchange(first)).toMatchObject({ verdict: 'A', noteCode: '000' });
    expect(validateInterchange(second, { duplicate: true })).toMatchObject({
      verdict: 'R',
      noteCode: '025',
      groups: [],
    });
  });

  it('b19: not for us, not from a partner', () => {
    expect(judged(payload(V01), { addressedToUs: false })).toMatchObject({ verdict: 'R', noteCode: '009' });
    expect(judged(payload(V01), { senderKnown: false })).toMatchObject({ verdict: 'R', noteCode: '006' });
  });

  it('forgives the arithmetic of the envelope by policy, and reads on', () => {
    for (const [file, note] of [
      ['bad/b04_isa_iea_control.edi', '001'],
      ['bad/b11_iea_count.edi', '021'],
    ] as const) {
      const report = judged(payload(file), { acceptErrors: true });
      expect([report.verdict, report.noteCode, report.groups[0]?.verdict]).toEqual(['E', note, 'A']);
    }
    expect(judged(payloadText(V01).slice(0, 900), { acceptErrors: true })).toMatchObject({ verdict: 'R' });
    expect(judged(payload(V01), { acceptErrors: true, duplicate: true })).toMatchObject({ verdict: 'R' });
  });
});

describe('group errors', () => {
  const group = (body: Buffer | string, policy?: ReceiverPolicy) => {
    const [one] = judged(body, policy).groups;
    return [one?.verdict, one?.errorCodes.join(), one?.setsIncluded, one?.setsReceived, one?.setsAccepted];
  };

  it('b03: GE02 is not GS06', () => {
    const body = payloadText(V01).replace('GE*1*1021', 'GE*1*1099');
    expect(group(body)).toEqual(['R', '4', 1, 1, 0]);
    expect(group(body, { acceptErrors: true })).toEqual(['E', '4', 1, 1, 1]);
  });

  it('b10: GE01 is not the number of sets', () => {
    const body = payloadText(V01).replace('GE*1*1021', 'GE*3*1021');
    expect(group(body)).toEqual(['R', '5', 3, 1, 0]);
    expect(group(body, { acceptErrors: true })).toEqual(['E', '5', 3, 1, 1]);
  });

  it('b18: a version that we do not read', () => {
    expect(group(payload('bad/b18_version_unknown.edi'))).toEqual(['R', '2', 1, 1, 0]);
    expect(group(payload('bad/b18_version_unknown.edi'), { acceptErrors: true })).toEqual([
      'R',
      '2',
      1,
      1,
      0,
    ]);
  });

  it('no GE', () => {
    expect(group(payloadText(V01).replace('GE*1*1021~\n', ''))).toEqual(['R', '3', 1, 1, 0]);
  });

  it('a kind of group that we do not take', () => {
    expect(group(payloadText(V01).replace('GS*PO', 'GS*SH'))).toEqual(['R', '1', 1, 1, 0]);
  });

  it('a control number with letters', () => {
    expect(group(payloadText(V01).replace('*1021*X', '*AB21*X').replace('GE*1*1021', 'GE*1*AB21'))).toEqual([
      'R',
      '4,6',
      1,
      1,
      0,
    ]);
  });

  it('a control number twice in one interchange', () => {
    const text = payloadText('valid/v05_multigroup_850x3_860.edi')
      .replace('*2002*X', '*2001*X')
      .replace('GE*1*2002', 'GE*1*2001');
    expect(judged(text).groups.map((one) => one.verdict + one.errorCodes.join())).toEqual(['A', 'R6', 'A']);
  });

  it('leading zeros make no other number', () => {
    expect(group(payloadText(V01).replace('GE*1*1021', 'GE*01*0001021'))[0]).toBe('A');
  });
});

describe('set errors', () => {
  it.each([
    ['b01: SE01 is not the number of segments', () => payloadText('bad/b01_se_count.edi'), '4'],
    ['b02: SE02 is not ST02', () => payloadText('bad/b02_st_se_control.edi'), '3'],
    ['no ST01', () => payloadText(V01).replace('ST*850*', 'ST**'), '6'],
    ['a set that is not of this group', () => payloadText(V01).replace('ST*850*', 'ST*860*'), '1'],
    ['a set that we do not know', () => payloadText(V01).replace('ST*850*', 'ST*875*'), '1'],
    [
      'a control number that is too short',
      () => payloadText(V01).replaceAll('*0001~\nBEG', '*1~\nBEG').replace('SE*36*0001', 'SE*36*1'),
      '7',
    ],
  ])('%s', (_, body, codes) => {
    expect(setVerdict(body())).toMatchObject({ verdict: 'R', codes });
  });

  it('b20: no SE costs one set, not the group', () => {
    const [one] = judged(payload('bad/b20_se_missing.edi')).groups;
    expect(one?.sets.map((set) => set.verdict + set.errorCodes.join())).toEqual(['R2', 'A']);
    expect([one?.verdict, one?.setsIncluded, one?.setsReceived, one?.setsAccepted]).toEqual(['P', 2, 2, 1]);
  });

  it.each([
    ['004010', '7'],
    ['005010', '23'],
  ])('b21: ST02 twice in a group of %s', (version, code) => {
    const once = sketch('850', PLAIN_ORDER, { version });
    const set = /ST\*850.*?SE\*\d+\*0001~/s.exec(once)?.[0] ?? '';
    const [one] = judged(once.replace(set, set + set).replace('GE*1*', 'GE*2*')).groups;
    expect(one?.sets.map((report) => report.verdict + report.errorCodes.join())).toEqual(['A', `R${code}`]);
    expect(one?.verdict).toBe('P');
  });

  it('the same ST02 in another group is another set', () => {
    expect(judged(payload('valid/v05_multigroup_850x3_860.edi')).groups.map((one) => one.verdict)).toEqual([
      'A',
      'A',
      'A',
    ]);
  });

  it('b17: control totals that disagree are no X12 error', () => {
    expect(setVerdict(payload('bad/b17_ctt_mismatch.edi'))).toEqual(ACCEPTED);
  });

  it.each([
    'bad/b01_se_count.edi',
    'bad/b02_st_se_control.edi',
    'bad/b12_unknown_segment.edi',
    'bad/b16_po_number_too_long.edi',
  ])('%s is accepted with errors by policy', (file) => {
    const report = judged(payload(file), { acceptErrors: true });
    expect(report.groups[0]).toMatchObject({ verdict: 'E', setsAccepted: 1 });
    expect(report.groups[0]?.sets[0]?.verdict).toBe('E');
  });

  it('what is incomplete or not told apart is refused whatever the policy', () => {
    const [lost] = judged(payload('bad/b20_se_missing.edi'), { acceptErrors: true }).groups;
    expect(lost?.sets.map((set) => set.verdict)).toEqual(['R', 'A']);
    expect(setVerdict(payloadText(V01).replace('ST*850*', 'ST*875*'), { acceptErrors: true }).verdict).toBe(
      'R',
    );
  });
});

describe('segment errors', () => {
  it.each([
    ['b08: no PO1', () => payloadText('bad/b08_no_po1.edi'), ['PO1@25[PO1]3']],
    [
      'b12: a segment that X12 does not know',
      () => payloadText('bad/b12_unknown_segment.edi'),
      ['ZZZ@34[]1'],
    ],
    [
      'a segment of another set',
      () => withOrder(PLAIN_ORDER[0] ?? '', 'BAK*00*AC*1*20260401', 'PO1*1*5*EA*1**VN*A'),
      ['BAK@3[]6'],
    ],
    ['a segment that comes too late', () => withOrder(...PLAIN_ORDER, 'CUR*BY*USD'), ['CUR@5[]7']],
    [
      'a header segment too often',
      () => withOrder(PLAIN_ORDER[0] ?? '', 'CUR*BY*USD', 'CUR*BY*USD', 'PO1*1*5*EA*1**VN*A'),
      ['CUR@4[]5'],
    ],
    ['no BEG', () => withOrder('PO1*1*5*EA*1**VN*A'), ['BEG@2[]3']],
    ['nothing at all', () => sketch('850', []), ['BEG@2[]3', 'PO1@2[PO1]3']],
    [
      'LM without its LQ',
      () => withOrder(PLAIN_ORDER[0] ?? '', 'LM*AS', 'PO1*1*5*EA*1**VN*A'),
      ['LQ@4[LM]3'],
    ],
    [
      'N1 too often',
      () => withOrder(PLAIN_ORDER[0] ?? '', ...Array(201).fill('N1*ST*A'), 'PO1*1*5*EA*1**VN*A'),
      ['N1@203[N1]4'],
    ],
  ])('%s', (_, body, errors) => {
    expect(setVerdict(body())).toEqual({ verdict: 'R', codes: '5', errors });
  });

  it('lets a loop repeat, and a party stand in header and line', () => {
    const body = withOrder(
      ...['BEG*00*SA*PO-1**20260401', 'N1*BY*A', 'N3*STREET', 'N1*ST*B', 'REF*DP*1'],
      ...[
        'PO1*1*5*EA*1**VN*A',
        'PID*F****ONE',
        'PID*F****TWO',
        'N1*ST*C',
        'N4*TACOMA*WA',
        'PO1*2*5*EA*1**VN*B',
        'CTT*2',
      ],
    );
    expect(setVerdict(body)).toEqual(ACCEPTED);
  });

  it('reports no more than helps', () => {
    const report = judged(withOrder(PLAIN_ORDER[0] ?? '', ...Array(5000).fill('ZZZ*1')));
    expect(report.groups[0]?.sets[0]?.segmentErrors).toHaveLength(MAX_SEGMENT_ERRORS);
  });
});
