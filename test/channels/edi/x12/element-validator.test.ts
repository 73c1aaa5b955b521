import { describe, expect, it } from 'vitest';
import { validateInterchange } from '../../../../functions/channels/edi/x12/validator.ts';
import { interchangeOf, payloadText, setVerdict, sketch, V01 } from './support.ts';

const withOrder = (...segments: string[]) => sketch('850', segments);

describe('element errors', () => {
  const beg = (segment: string) => withOrder(segment, 'PO1*1*5*EA*1**VN*A');
  const line = (segment: string) => withOrder('BEG*00*SA*PO-1**20260401', segment);

  it.each([
    [
      'b07: a date that is none',
      payloadText(V01).replace('BEG*00*SA*4500187265**20260312', 'BEG*00*SA*4500187265**20261345'),
      'BEG@2[]8 5/373:8',
    ],
    [
      'b13: a code that is not in its list',
      payloadText(V01).replace('PO1*1*24*CA', 'PO1*1*24*QQ'),
      'PO1@25[PO1]8 3/355:7',
    ],
    ['b13: a purpose that is not in its list', beg('BEG*99*SA*PO-1**20260401'), 'BEG@2[]8 1/353:7'],
    ['b14: a unit without quantity', payloadText('bad/b14_no_quantity.edi'), 'PO1@25[PO1]8 2/330:2'],
    [
      'b15: a letter in a number',
      payloadText(V01).replace('PO1*1*24*CA', 'PO1*1*2A*CA'),
      'PO1@25[PO1]8 2/330:6',
    ],
    ['b15: a control character in a text', beg('BEG*00*SA*PO\x07-1**20260401'), 'BEG@2[]8 3/324:6'],
    ['b16: a number that is too long', payloadText('bad/b16_po_number_too_long.edi'), 'BEG@2[]8 3/324:5'],
    ['a mandatory element that is missing', beg('BEG*00*SA***20260401'), 'BEG@2[]8 3/324:1'],
    ['a mandatory element of blanks', beg('BEG*00*SA*   **20260401'), 'BEG@2[]8 3/324:1'],
    ['a value that is too short', beg('BEG*0*SA*PO-1**20260401'), 'BEG@2[]8 1/353:4'],
    ['too many elements', beg('BEG*00*SA*PO-1**20260401*******X*X'), 'BEG@2[]8 12/640:4 13/null:3'],
    ['a thousands separator', line('PO1*1*1,000*EA*1**VN*A'), 'PO1@3[PO1]8 2/330:6'],
    ['an exponent', line('PO1*1*5*EA*1E3**VN*A'), 'PO1@3[PO1]8 4/212:6'],
    ['a number of only a point', line('PO1*1*5*EA*.**VN*A'), 'PO1@3[PO1]8 4/212:6'],
    ['a component separator in a simple element', line('PO1*1*5*EA*1**VN*A>B'), 'PO1@3[PO1]8 7/234:6'],
    ['a qualifier without its number', line('PO1*1*5*EA*1**VN'), 'PO1@3[PO1]8 7/234:2'],
    ['a number without its qualifier', line('PO1*1*5*EA*1***A'), 'PO1@3[PO1]8 6/235:2'],
    ['the 29th of February of a common year', beg('BEG*00*SA*PO-1**20260229'), 'BEG@2[]8 5/373:8'],
    ['an invisible character', line('PO1*1*5*EA*1**VN*A\u200bB'), 'PO1@3[PO1]8 7/234:6'],
  ])('%s', (_, body, error) => {
    expect(setVerdict(body)).toEqual({ verdict: 'R', codes: '5', errors: [error] });
  });

  it('a time that is none, and two of which only one may come', () => {
    const body = withOrder(
      'BEG*00*SA*PO-1**20260401',
      'DTM*002*20260401*2460',
      'PO1*1*5*EA*1**VN*A',
      'QTY*01*5**5',
    );
    expect(setVerdict(body).errors).toEqual(['DTM@3[]8 3/337:9', 'QTY@5[QTY]8 4/61:10']);
  });

  it('a component of a composite', () => {
    const body = withOrder('BEG*00*SA*PO-1**20260401', 'PO1*1*5*EA*1**VN*A', 'MEA*PD*WT*5*QQ>1');
    const [set] = validateInterchange(interchangeOf(body)).groups[0]?.sets ?? [];
    expect(set?.segmentErrors[0]?.elements).toEqual([
      { position: 4, component: 1, reference: '355', code: '7', value: 'QQ' },
    ]);
  });

  it('a repetition where 005010 allows none', () => {
    const body = sketch('850', ['BEG*00*SA*PO-1**20260401', 'PO1*1*5*EA*1**VN*A^B'], { version: '005010' });
    expect(setVerdict(body).errors).toEqual(['PO1@3[PO1]8 7/234:6']);
  });

  it.each(['.5', '5.', '-1', '0003.10', '12345678901234567', '29.0000000000000'])(
    'takes %s as a price',
    (price) => {
      expect(setVerdict(line(`PO1*1*5*EA*${price}**VN*A`))).toEqual({ verdict: 'A', codes: '', errors: [] });
    },
  );

  it('measures a text in characters, not in bytes', () => {
    expect(
      setVerdict(withOrder('BEG*00*SA*PO-1**20260401', `N1*ST*${'É'.repeat(60)}`, 'PO1*1*5*EA*1**VN*A')),
    ).toEqual({ verdict: 'A', codes: '', errors: [] });
  });

  it('allows in 005010 what 005010 made longer', () => {
    const segments = ['BEG*00*SA*PO-1**20260401', `REF*CT*${'X'.repeat(50)}`, 'PO1*1*5*EA*1**VN*A'];
    expect(setVerdict(sketch('850', segments, { version: '005010' }))).toEqual({
      verdict: 'A',
      codes: '',
      errors: [],
    });
    expect(setVerdict(sketch('850', segments)).errors).toEqual(['REF@3[]8 2/127:5']);
  });
});
