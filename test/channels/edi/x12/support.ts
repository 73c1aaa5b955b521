import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readInterchanges } from '../../../../functions/channels/edi/x12/reader.ts';
import type { ReceiverPolicy } from '../../../../functions/channels/edi/x12/report.ts';
import type { Interchange, TransactionSet } from '../../../../functions/channels/edi/x12/types.ts';
import { validateInterchange } from '../../../../functions/channels/edi/x12/validator.ts';

const PAYLOADS = fileURLToPath(new URL('../../../payloads/x12/', import.meta.url));

/** The bytes of a sample, for example `valid/v01_850_004010_net30_windows.edi`. */
export function payload(path: string): Buffer {
  return readFileSync(PAYLOADS + path);
}

/** A sample of ASCII characters as text, to be changed and read again. */
export function payloadText(path: string): string {
  return payload(path).toString('latin1');
}

export const V01 = 'valid/v01_850_004010_net30_windows.edi';

export function bytes(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

/** The interchanges of a body; fails on one that cannot be read. */
export function interchangesOf(body: Buffer | string): Interchange[] {
  return readInterchanges(typeof body === 'string' ? bytes(body) : body).map((one) => {
    if (one.kind === 'unreadable') throw new Error(`unreadable: ${one.reason}`);
    return one;
  });
}

/** The only interchange of a body. */
export function interchangeOf(body: Buffer | string): Interchange {
  const [one, ...others] = interchangesOf(body);
  if (one === undefined || others.length > 0) throw new Error('expected one interchange');
  return one;
}

/** The only set of a body. */
export function setOf(body: Buffer | string): TransactionSet {
  const sets = interchangeOf(body).groups.flatMap((group) => group.sets);
  if (sets.length !== 1) throw new Error(`expected one set, found ${sets.length}`);
  return sets[0] as TransactionSet;
}

/** How an interchange for a test is to be written. */
export interface Sketch {
  readonly functionalId?: string;
  readonly version?: string;
  readonly separators?: { readonly element: string; readonly component: string; readonly terminator: string };
  readonly lineBreak?: string;
}

/** The body segments of an 850 that has nothing wrong with it. */
export const PLAIN_ORDER = ['BEG*00*SA*PO-1**20260401', 'PO1*1*5*EA*2.50**VN*SKU-1', 'CTT*1*5'];

/**
 * An interchange of one group with one set around the given segments (written with `*`), counts and control numbers
 * right. Written independently of the production writer.
 */
export function sketch(setId: string, segments: readonly string[], options: Sketch = {}): string {
  const version = options.version ?? '004010';
  const { element, component, terminator } = options.separators ?? {
    element: '*',
    component: '>',
    terminator: '~',
  };
  const modern = version.startsWith('005');
  const isa = `ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*0910*${
    modern ? '^*00501' : 'U*00401'
  }*000002001*0*P*`;
  const all = [
    `GS*${options.functionalId ?? (setId === '860' ? 'PC' : 'PO')}*6145550100*614141000*20260401*0910*2001*X*${version}`,
    `ST*${setId}*0001`,
    ...segments,
    `SE*${segments.length + 2}*0001`,
    'GE*1*2001',
    'IEA*1*000002001',
  ];
  const written = all.map((line) => line.replaceAll('*', element).replaceAll('>', component));
  const header = isa.replaceAll('*', element) + component;
  return [header, ...written].map((line) => line + terminator + (options.lineBreak ?? '')).join('');
}

/** The body of a 945 of two cartons, of which every element has a rule. */
export const SHIPPING_ADVICE = [
  'W06*F*O-1*20260401*SHP-1**PO-1',
  'N1*ST*ANN LEE*92*0012',
  'N3*1 DOCK ST',
  'N4*TACOMA*WA*98421*US',
  'N9*2I*1Z999AA10123456784',
  'N9*SN*SEAL 7',
  'G62*11*20260401',
  'NTE*WHI*LEFT AT DOCK 4',
  'W27*U*UPSN*UPS GROUND*PP',
  'W10*01*1',
  'LX*1',
  'MAN*GM*00106141411234567897**CP*1Z999AA10123456784',
  'W12*CC*8*8*0*EA**VN*A*L7*12*G*L',
  'G69*ANCHOR BOLT',
  'N9*LI*1',
  'N9*LT*LOT-A',
  'LX*2',
  'MAN*AA*106141411234567903',
  'W12*CP*5*3*2*EA*614141000036*VN*B***********01',
  'N9*LI*2',
  'N9*LT*LOT-B*2',
  'N9*LT*LOT-C*1',
  'W03*11*20*LB',
];

/** An 850 of many lines, each with description and pack. */
export function longOrder(lines: number): string {
  const body = ['BEG*00*SA*PO-LONG**20260401', 'CUR*BY*USD', 'N1*ST*BIG STORE*92*0001'];
  for (let line = 1; line <= lines; line += 1) {
    body.push(
      `PO1*${line}*2*CA*28.8**UP*614141001019*VN*SKU-${line}`,
      `PID*F*08***ITEM NUMBER ${line}`,
      'PO4*12*24*OZ',
    );
  }
  return sketch('850', [...body, `CTT*${lines}*${2 * lines}`], { lineBreak: '\n' });
}

/** The report of the only set, in short: verdict, AK5 codes, and each error as `segment@position[loop]code element:code`. */
export function setVerdict(body: Buffer | string, policy?: ReceiverPolicy) {
  const [set] = validateInterchange(interchangeOf(body), policy).groups[0]?.sets ?? [];
  const errors = (set?.segmentErrors ?? []).map((error) => {
    const elements = error.elements.map((one) => ` ${one.position}/${one.reference}:${one.code}`).join('');
    return `${error.segmentId}@${error.position}[${error.loop ?? ''}]${error.code}${elements}`;
  });
  return { verdict: set?.verdict, codes: set?.errorCodes.join(), errors };
}
