import { isDate } from '../element-validator.ts';
import { element, type Segment } from '../types.ts';
import type { KeptDetail } from './kept-detail.ts';

/** How a segment reads for people: its name, and which elements say what kind it is and need not be repeated. */
interface Wording {
  readonly name: string;
  /** Position of the code of the kind. @default 1 */
  readonly code?: number;
  /** Position of the first element of the value. @default the one behind the code */
  readonly from?: number;
  /** Names of the most common kinds. */
  readonly kinds?: string;
}

const WORDINGS: Readonly<Record<string, Wording>> = {
  REF: {
    name: 'Reference',
    kinds:
      '11 Account number, 12 Billing account, 19 Division, 2I Tracking number, BM Bill of lading number, ' +
      'CN Carrier reference number, CO Customer order number, CR Customer reference number, CT Contract number, ' +
      'DP Department number, IA Internal vendor number, IL Internal order number, IT Internal customer number, ' +
      'L1 Note, MR Merchandise type, PD Promotion or deal number, PO Purchase order number, ST Store number, ' +
      'VN Vendor order number, VR Vendor number',
  },
  DTM: {
    name: 'Date',
    kinds:
      '001 Cancel after, 002 Delivery requested, 004 Purchase order date, 010 Requested ship date, ' +
      '015 Promotion start, 016 Promotion end, 037 Ship not before, 038 Ship no later than, ' +
      '061 Cancel if not delivered by, 063 Do not deliver after, 064 Do not deliver before, 069 Promised delivery, ' +
      '071 Deliver on or after, 074 Deliver by, 106 Required by, 118 Requested pickup, 175 Cancel if not shipped by, ' +
      '177 Cancellation date',
  },
  N1: {
    name: 'Party',
    kinds:
      'BS Bill to and ship to, BT Bill to, BY Buyer, CN Consignee, EN End user, OB Ordered by, RE Remit to, ' +
      'SE Seller, SF Ship from, SO Sold to, ST Ship to, SU Supplier, UC Ultimate consignee, VN Vendor, WH Warehouse, ' +
      'Z7 Mark for',
  },
  PER: {
    name: 'Contact',
    kinds:
      'BD Buyer contact, CN General contact, DC Delivery contact, IC Contact, OC Order contact, RD Receiving dock, ' +
      'SR Sales representative',
  },
  SAC: { name: 'Allowance or charge', kinds: 'A Allowance, C Charge, N No allowance or charge' },
  PID: {
    name: 'Product description',
    code: 2,
    from: 4,
    kinds: '08 Product description, 73 Color, 74 Pattern, 91 Size',
  },
  N9: { name: 'Note' },
  AMT: { name: 'Amount', kinds: 'TT Total amount' },
  ADV: { name: 'Advertising' },
  BEG: { name: 'Order terms', from: 6 },
  BCH: { name: 'Change terms', from: 8 },
  CN1: { name: 'Contract' },
  CSH: {
    name: 'Condition of sale',
    kinds:
      'N No back order, SP No back order, SC Ship complete only, Y Back order what is short, ' +
      'O Back order what is short, BK Back order what is short, P2 Ship as soon as possible, NS No substitutes',
  },
  CTB: { name: 'Restriction' },
  CTP: { name: 'Price information', code: 2 },
  FOB: {
    name: 'Freight terms',
    from: 1,
    kinds:
      'CC Freight collect, PP Freight prepaid, PC Freight prepaid and charged, DF Defined by buyer and seller',
  },
  ITD: { name: 'Payment terms' },
  LIN: { name: 'Product numbers', code: 2, from: 2 },
  LM: { name: 'Industry code' },
  MAN: { name: 'Marks and numbers' },
  MEA: { name: 'Measurement' },
  MSG: { name: 'Message', code: 0, from: 1 },
  MTX: { name: 'Message', from: 2 },
  PKG: { name: 'Packaging' },
  PO4: { name: 'Pack', code: 0, from: 1 },
  PWK: { name: 'Paperwork' },
  SI: { name: 'Service characteristic' },
  TAX: { name: 'Tax status' },
  TC2: { name: 'Commodity' },
  TD1: { name: 'Packing' },
  TD3: { name: 'Equipment' },
  TD4: { name: 'Special handling' },
  TD5: { name: 'Routing', code: 3, from: 3 },
};

const KINDS = new Map(
  Object.entries(WORDINGS).flatMap(([id, { kinds }]) => {
    const named = kinds?.split(', ').map((kind): [string, string] => {
      const end = kind.indexOf(' ');
      return [kind.slice(0, end), kind.slice(end + 1)];
    });
    return named === undefined ? [] : [[id, new Map(named)]];
  }),
);

/** Says what segments that belong together say, for people to read, and keeps them as they were written. */
export function describe(segments: readonly Segment[]): Omit<KeptDetail, 'kind'> {
  const [first] = segments;
  if (first === undefined) return { label: '', value: '' };
  const { name, code: codeAt = 1, from = codeAt + 1 } = WORDINGS[first.id] ?? { name: first.id };
  const code = codeAt === 0 ? '' : element(first, codeAt);
  const texts = segments.map((segment) => textOf(segment, segment === first ? from : startOf(segment)));
  return {
    label: KINDS.get(first.id)?.get(code) ?? (code === '' || from <= codeAt ? name : `${name} ${code}`),
    value: texts.filter((text) => text !== '').join(', '),
    ...(code !== '' && { code }),
    raw: segments.map(({ id, elements }) => [id, ...elements]),
  };
}

/** Of a segment that belongs to another, all is said; the code in front of a text says nothing to people. */
function startOf({ id }: Segment): number {
  return id === 'MTX' ? 2 : 1;
}

function textOf(segment: Segment, from: number): string {
  const isDated = segment.id === 'DTM';
  // SAC05 is written without its decimal point.
  const written = segment.elements.map((value, at) =>
    segment.id === 'SAC' && at === 4 ? value.replace(/^(-?)(\d+)$/, inHundredths) : value,
  );
  const elements = written.slice(from - 1).filter((value) => value.trim() !== '');
  return elements.map((value) => (isDated && isDate(value) ? isoDate(value) : value)).join(' ');
}

function inHundredths(_: string, sign: string, digits: string): string {
  const all = digits.padStart(3, '0');
  return `${sign}${all.slice(0, -2)}.${all.slice(-2)}`;
}

function isoDate(value: string): string {
  return `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}`;
}
