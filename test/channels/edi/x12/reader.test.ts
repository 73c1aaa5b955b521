import { describe, expect, it } from 'vitest';
import { LIMITS, readInterchanges } from '../../../../functions/channels/edi/x12/reader.ts';
import { element } from '../../../../functions/channels/edi/x12/types.ts';
import manifest from '../../../payloads/x12/manifest.json' with { type: 'json' };
import {
  bytes,
  interchangeOf,
  interchangesOf,
  longOrder,
  PLAIN_ORDER,
  payload,
  payloadText,
  sketch,
  V01,
} from './support.ts';

/** Everything that a set says, whatever it was separated by. */
const contents = (body: Buffer | string) =>
  interchangeOf(body).groups.map((group) => group.sets.map((set) => set.segments));

describe('reading valid interchanges', () => {
  for (const [file, facts] of Object.entries(manifest.valid)) {
    if (!('groups' in facts)) continue;
    it(`${file} has its groups, sets and separators`, () => {
      const interchange = interchangeOf(payload(`valid/${file}`));
      expect(interchange.groups).toHaveLength(facts.groups);
      expect(interchange.groups.flatMap((group) => group.sets)).toHaveLength(facts.sets);
      const { element: between, component, terminator } = interchange.separators;
      expect([between, component, terminator === '\n' ? 'LF' : terminator]).toEqual(facts.separators);
      expect(interchange.trailer).not.toBeNull();
      expect(interchange.strays).toEqual([]);
    });
  }

  it('takes control characters as separators', () => {
    const controls = payloadText(V01).replaceAll('*', '\x1d').replaceAll('>', '\x1f').replaceAll('~', '\x1c');
    expect(contents(controls)).toEqual(contents(payload(V01)));
    expect(interchangeOf(controls).separators).toMatchObject({
      element: '\x1d',
      component: '\x1f',
      terminator: '\x1c',
    });
  });

  it("takes + : ' as separators", () => {
    const edifact = payloadText(V01).replaceAll('*', '+').replaceAll('>', ':').replaceAll('~', "'");
    expect(contents(edifact)).toEqual(contents(payload(V01)));
  });

  it('takes a carriage return as terminator, with the line feed behind it', () => {
    const text = payloadText(V01).replaceAll('~\n', '\r\n');
    expect(contents(text)).toEqual(contents(payload(V01)));
    expect(interchangeOf(text).separators.terminator).toBe('\r');
  });

  it('declares a repetition separator only from control version 00402 on', () => {
    expect(interchangeOf(payload(V01)).separators.repetition).toBeNull();
    expect(interchangeOf(payload('valid/v02_850_005010_pipe_lf.edi')).separators.repetition).toBe('^');
  });

  it('reads names in UTF-8', () => {
    const interchange = interchangeOf(payload('valid/v03_850_004010_dropship_crlf_utf8.edi'));
    const names = interchange.groups[0]?.sets[0]?.segments.filter((segment) => segment.id === 'N1');
    expect(interchange.encoding).toBe('utf-8');
    expect(names?.[0]?.elements[1]).toBe('JOSÉ NUÑEZ-BÄCKER');
  });

  it('reads a TA1 that stands between ISA and IEA', () => {
    const interchange = interchangeOf(payload('replies/r01_ta1_accept_v01.edi'));
    expect(interchange.groups).toEqual([]);
    expect(interchange.acknowledgments[0]?.elements).toEqual(['000001021', '260312', '0914', 'A', '000']);
  });

  it('reads an 850 of 1,000 lines', () => {
    const [set] = interchangeOf(longOrder(1000)).groups[0]?.sets ?? [];
    expect(set?.segments.filter((segment) => segment.id === 'PO1')).toHaveLength(1000);
  });
});

describe('reading what partners really send', () => {
  for (const lineBreak of ['\n', '\r\n']) {
    it(`undoes a wrap at 80 columns with ${JSON.stringify(lineBreak)}`, () => {
      const stream = payloadText(V01).replaceAll('\n', '');
      const wrapped = (stream.match(/.{1,80}/gs) ?? []).join(lineBreak);
      expect(contents(wrapped + lineBreak)).toEqual(contents(payload(V01)));
    });
  }

  it('undoes a wrap at a column behind the header', () => {
    const stream = payloadText(V01).replaceAll('\n', '');
    const wrapped = (stream.match(/.{1,128}/gs) ?? []).join('\n');
    expect(contents(wrapped)).toEqual(contents(payload(V01)));
  });

  it('keeps a line break inside an element: the sender put it there', () => {
    const body = sketch('850', [
      'BEG*00*SA*PO-1**20260401',
      'N9*L1*NOTE',
      'MSG*FIRST\nSECOND',
      'PO1*1*5*EA*1**VN*A',
    ]);
    const message = interchangeOf(body).groups[0]?.sets[0]?.segments.find((segment) => segment.id === 'MSG');
    expect(message?.elements).toEqual(['FIRST\nSECOND']);
  });

  it('passes over byte order mark, blank lines and Ctrl-Z', () => {
    expect(contents(payload('lenient/o02_bom_blank_lines.edi'))).toEqual(contents(payload(V01)));
  });

  it('reads several interchanges with separators of their own', () => {
    const other = sketch('850', PLAIN_ORDER, {
      separators: { element: '|', component: ':', terminator: '!' },
    });
    const both = interchangesOf(`${payloadText(V01)}\r\n\r\n${other}`);
    expect(both.map((one) => one.separators.element)).toEqual(['*', '|']);
    expect(both.map((one) => one.header.controlNumber)).toEqual(['000001021', '000002001']);
  });

  it('reads bytes that are no UTF-8 as Windows-1252 and loses none', () => {
    const interchange = interchangeOf(payload('lenient/o04_latin1_bytes.edi'));
    const name = interchange.groups[0]?.sets[0]?.segments.find((segment) => segment.id === 'N1');
    expect(interchange.encoding).toBe('windows-1252');
    expect(name?.elements[1]).toBe('JOSÉ NUÑEZ');
    expect(JSON.stringify(interchange)).not.toContain('\ufffd');
  });

  it('drops empty elements at the end of a segment', () => {
    const sets = contents(payload('lenient/o05_trailing_separators.edi'));
    expect(sets).toEqual(contents(payload(V01)));
  });

  it('reads the last segment without its terminator', () => {
    const cut = payloadText(V01).trimEnd().slice(0, -1);
    expect(interchangeOf(cut).trailer?.elements).toEqual(['1', '000001021']);
    expect(interchangeOf(`${cut}\r\n\x1a`).trailer?.elements).toEqual(['1', '000001021']);
  });
});

describe('reading what is broken', () => {
  it('takes no separators from a header that lost its padding, but tells who sent it', () => {
    const [one] = readInterchanges(payload('bad/b05_isa_truncated.edi'));
    expect(one).toMatchObject({
      kind: 'unreadable',
      reason: 'malformed_interchange_header',
      header: {
        senderQualifier: '08',
        senderId: '6145550100',
        receiverId: '614141000',
        controlNumber: '000001105',
      },
    });
  });

  it('tells no sender when the broken header has none', () => {
    expect(readInterchanges(bytes('ISA*00*oops~'))).toEqual([
      { kind: 'unreadable', reason: 'malformed_interchange_header', header: null },
    ]);
  });

  it.each(['', 'hello', '{"json": true}', 'UNA:+.? '])(
    'answers %j with one unreadable interchange',
    (body) => {
      expect(readInterchanges(bytes(body))).toEqual([
        { kind: 'unreadable', reason: 'no_interchange_header', header: null },
      ]);
    },
  );

  it.each([
    ['a letter', 'Q'],
    ['a blank', ' '],
    ['the element separator', '*'],
  ])('refuses %s as terminator', (_, terminator) => {
    const text = payloadText(V01);
    const [one] = readInterchanges(bytes(`${text.slice(0, 105)}${terminator}${text.slice(106)}`));
    expect(one).toMatchObject({ kind: 'unreadable' });
  });

  it('continues with the next interchange behind an unreadable one', () => {
    const found = readInterchanges(bytes(payloadText('bad/b05_isa_truncated.edi') + payloadText(V01)));
    expect(found.map((one) => one.kind)).toEqual(['unreadable', 'interchange']);
  });

  it('leaves off what was cut', () => {
    const text = payloadText(V01);
    const interchange = interchangeOf(text.slice(0, text.indexOf('PO1*2*10')));
    expect(interchange.trailer).toBeNull();
    expect(interchange.groups[0]?.trailer).toBeNull();
    expect(interchange.groups[0]?.sets[0]?.trailer).toBeNull();
  });

  it('starts the next interchange where one lacks its IEA', () => {
    const headless = payloadText(V01).replace(/IEA.*$/s, '');
    const both = interchangesOf(headless + payloadText(V01));
    expect(both.map((one) => one.trailer === null)).toEqual([true, false]);
  });

  it('starts the next set where one lacks its SE', () => {
    const sets = interchangeOf(payload('bad/b20_se_missing.edi')).groups[0]?.sets ?? [];
    expect(sets.map((set) => [set.controlNumber, set.trailer === null])).toEqual([
      ['0001', true],
      ['0002', false],
    ]);
  });

  it('keeps segments that have no place in the envelope apart', () => {
    const strays = interchangeOf(payloadText(V01).replace('GE*1*1021~', 'GE*1*1021~\nREF*ZZ*LOST~')).strays;
    expect(strays.map((segment) => element(segment, 2))).toEqual(['LOST']);
  });
});

describe('limits', () => {
  it('refuses a body that is too large', () => {
    expect(readInterchanges(Buffer.alloc(LIMITS.bytes + 1, 'A'))).toEqual([
      { kind: 'unreadable', reason: 'too_large', header: null },
    ]);
  });

  it('stops at too many segments', () => {
    const body = payloadText(V01).slice(0, 106) + 'A~'.repeat(LIMITS.segments + 1);
    expect(readInterchanges(bytes(body)).at(-1)).toMatchObject({ reason: 'too_many_segments' });
  });

  it('stops at too many interchanges', () => {
    const body = payloadText(V01)
      .slice(0, 106)
      .repeat(LIMITS.interchanges + 5);
    const found = readInterchanges(bytes(body));
    expect(found).toHaveLength(LIMITS.interchanges + 1);
    expect(found.at(-1)).toMatchObject({ reason: 'too_many_interchanges' });
  });

  it('keeps no more elements of a segment than any segment can have', () => {
    const body = `${payloadText(V01).slice(0, 106)}REF${'*1'.repeat(100_000)}~`;
    expect(interchangeOf(body).strays[0]?.elements.length).toBeLessThanOrEqual(LIMITS.elements);
  });
});
