/**
 * The order of segments in each transaction set, ST and SE apart. Written on one line for each run of segments:
 *
 * - `REF` at most once, `REF:12` at most 12 times, `REF:*` any number of times
 * - `!` marks what is mandatory
 * - `N1:200( ... )` a loop that its first segment, here N1, opens
 */

/** A segment at its place in a set, or, when `children` is given, the loop that it opens. */
export interface SetNode {
  /** The segment's id; a loop bears the id of the segment that opens it. */
  readonly id: string;
  readonly mandatory: boolean;
  readonly max: number;
  /** What follows the opening segment inside the loop; null for a plain segment. */
  readonly children: readonly SetNode[] | null;
}

export interface SetDefinition {
  /** GS01 of the groups that carry this set. */
  readonly functionalId: string;
  readonly nodes: readonly SetNode[];
  /** Every segment id that has a place somewhere in the set. */
  readonly ids: ReadonlySet<string>;
}

const CARRIER = 'TD1:2 TD5:12 TD3:12 TD4:5';
const PARTY = 'N2:2 N3:2 N4:* NX2:* REF:12 PER:* SI:* FOB';
const SUBLINE_PARTY = 'N1:10( N2:2 N3:2 N4 NX2:* REF:12 PER:3 SI:* )';
const LINE_PARTY = `N1:200( N2:2 N3:2 N4 QTY:* NX2:* REF:12 PER:3 SI:* DTM FOB SCH:200 ${CARRIER} PKG:200
  LDT:*( MAN:10 QTY:5 MSG REF:3 ) )`;
const LEAD_TIMES = 'LS( LDT:*( QTY:* MSG REF:3 LM:*( LQ!:* ) ) LE! )';
const SPECIFICATIONS = `SPI:*( REF:5 DTM:5 MSG:50 N1:20( N2:2 N3:2 N4 REF:20 G61 MSG:50 )
  CB1:*( REF:20 DTM:5 LDT MSG:50 ) )`;
const HEADER_AMOUNTS = 'AMT:*( REF:* DTM PCT:* FA1:*( FA2!:* ) )';
const LINE_AMOUNTS = 'AMT:*( REF PCT:* ) LM:*( LQ!:* )';
/** Free text behind an N9; 005010 carries it in MTX where 004010 has MSG. */
const REMARKS = 'N9:1000( DTM:* MSG:1000 MTX:* )';

const PURCHASE_ORDER = `
  BEG! CUR REF:* PER:3 TAX:* FOB:* CTP:* PAM:10 CSH:5 TC2:* SAC:25( CUR ) ITD:* DIS:20 INC DTM:10 LDT:12 LIN:5 SI:*
  PID:200 MEA:40 PWK:25 PKG:200 ${CARRIER} MAN:10 PCT:* CTB:5 TXI:* ${HEADER_AMOUNTS} ${REMARKS}
  N1:200( IN2:* ${PARTY} ${CARRIER} PKG:200 ) LM:*( LQ!:* ) ${SPECIFICATIONS} ADV:*( DTM:* MTX:* )
  PO1!:100000( LIN:* SI:* CUR CN1 PO3:25 CTP:*( CUR ) PAM:10 MEA:40 PID:1000( MEA:10 ) PWK:25 PO4:* REF:* PER:3
    SAC:25( CUR CTP ) IT8 CSH:* ITD:2 DIS:20 INC TAX:* FOB:* SDQ:500 IT3:5 DTM:10 TC2:* TD1 TD5:12 TD3:12 TD4:5 PCT:*
    MAN:10 MSG:* SPI:* TXI:* CTB:* QTY:*( SI:* ) SCH:200( ${CARRIER} REF:* ) PKG:200( MEA:* ) ${LEAD_TIMES}
    N9:1000( DTM:* MEA:40 MSG:1000 MTX:* ) ${LINE_PARTY}
    SLN:1000( MSG:* SI:* PID:1000 PO3:104 TC2:* ADV:* DTM:10 CTP:25 PAM:10 PO4 TAX:3 N9:*( DTM:* MSG:* )
      SAC:25( CUR CTP ) QTY:*( SI:* ) ${SUBLINE_PARTY} )
    ${LINE_AMOUNTS} )
  CTT( AMT )`;

const PURCHASE_ORDER_CHANGE = `
  BCH! CUR REF:* PER:3 TAX:* FOB:* CTP:* PAM:10 CSH:5 SAC:25( CUR ) ITD:5 DIS:20 INC DTM:10 LDT:12 LIN:5 SI:*
  PID:200 MEA:40 PWK:25 PKG:200 ${CARRIER} CTB:* MAN:10 G53:* TXI:* PCT:* ${HEADER_AMOUNTS} ${REMARKS}
  N1:200( IN2:* ${PARTY} ${CARRIER} PKG:200 ) LM:*( LQ!:* ) ${SPECIFICATIONS} ADV:*( DTM:* MTX:* )
  POC:*( LIN:* SI:* CUR CN1 PO3:25 CTP:* PAM:10 MEA:40 PID:1000( MEA:10 ) PWK:25 PKG:200 PO4:* REF:* PER:3
    SAC:25( CUR ) IT8 CSH:* ITD:2 DIS:20 INC TAX:* FOB:* SDQ:500 DTM:10 TD1 TD5:12 TD3:12 TD4:5 MAN:10 PCT:* TC2:2
    CTB:* TXI:* SPI:* MSG:* QTY:*( SI:* ) SCH:200( ${CARRIER} ) N9:1000( DTM:* MSG:1000 MTX:* ) ${LEAD_TIMES}
    ${LINE_PARTY}
    SLN:1000( MSG:* SI:* PID:1000 PO3:104 TC2:2 SAC:10( CUR ) DTM:10 CTP:25 PAM:10 PO4 TAX:3 ADV:* QTY:*( SI:* )
      N9:*( DTM:* MSG:* ) ${SUBLINE_PARTY} )
    ${LINE_AMOUNTS} )
  CTT( AMT:5 )`;

/** The parts of 855, 865, 856, 810 and 846 that we write; partners send us none of these. */
const ACKNOWLEDGMENT = `
  BAK! CUR REF:* PER:3 TAX:* FOB:* SAC:25( CUR ) ITD:5 DTM:10 TD1:2 TD5:12 N9:1000( DTM:* MSG:1000 )
  N1:200( N2:2 N3:2 N4 REF:12 PER:* )
  PO1:100000( PID:1000 PO4:* REF:* SAC:25( CUR ) SDQ:500 DTM:10 ACK:104( DTM ) SCH:200
    N1:200( N2:2 N3:2 N4 REF:12 PER:3 ) )
  CTT( AMT )`;

const CHANGE_ACKNOWLEDGMENT = `
  BCA! CUR REF:* PER:3 TAX:* FOB:* SAC:25( CUR ) ITD:5 DTM:10 TD1:2 TD5:12 N9:1000( DTM:* MSG:1000 )
  N1:200( N2:2 N3:2 N4 REF:12 PER:* )
  POC:*( PID:1000 PO4:* REF:* SAC:25( CUR ) SDQ:500 DTM:10 ACK:104( DTM ) SCH:200
    N1:200( N2:2 N3:2 N4 REF:12 PER:3 ) )
  CTT( AMT )`;

const SHIP_NOTICE = `
  BSN! DTM:10
  HL!:200000( LIN SN1 SLN:1000 PRF PO4 PID:200 MEA:40 PWK:25 PKG:25 TD1:20 TD5:12 TD3:12 TD4:5 REF:* PER:3 MAN:* DTM:10
    FOB N1:200( N2:2 N3:2 N4 REF:12 PER:3 FOB ) SDQ:50 CUR SAC:*( CUR ) )
  CTT`;

const INVOICE = `
  BIG! NTE:100 CUR REF:12 PER:3 N1:200( N2:2 N3:2 N4 REF:12 PER:3 ) ITD:* DTM:10 FOB PID:200 N9( MSG!:10 )
  IT1:200000( QTY:5 CUR IT3:5 TXI:10 CTP:25 PAM:10 MEA:40 PID:1000( MEA:10 ) PO4 ITD:2 REF:* PER:5 SDQ:500 DTM:10 CAD:*
    SAC:25( TXI:10 ) )
  TDS! TXI:10 CAD AMT:* SAC:25( TXI:10 ) ISS:*( PID ) CTT`;

const INVENTORY_ADVICE = `
  BIA! CUR DTM:10 REF:12 PER:3 MEA:20 N1:5( N2:2 N3:2 N4 REF:12 PER:3 )
  LIN!:10000( PID:200 MEA:40 DTM:10 CTP:25 REF:* PER:3 SDQ:500 QTY:99( MEA:* DTM:* ) )
  CTT`;

/** What a partner says of a document of ours that it could read and does not take as it is. */
const APPLICATION_ADVICE = `
  BGN! N1:*( N2:2 N3:2 N4 REF:12 PER:3 )
  OTI!:*( REF:12 DTM:2 PER:3 AMT:10 QTY:10 TED:*( NTE:100 ) LM:*( LQ!:100 ) ) LM:*( LQ!:100 )`;

/** What a partner pays, by invoice. */
const REMITTANCE_ADVICE = `
  BPR! NTE:* TRN CUR REF:* DTM:* N1:*( N2:* N3:* N4 REF:* PER:* )
  ENT:*( NM1:*( N2:* N3:* N4 REF:* PER:* ) ADX:*( NTE:* PER:* REF:*( DTM:* ) )
    RMR:*( NTE:* REF:* DTM:* IT1:*( REF:* SAC:* ) ADX:*( NTE:* PER:* REF:*( DTM:* ) ) ) )`;

const CODES = 'LM:10( LQ!:100 )';

/** What a warehouse is to ship; the part of it that we write. */
const SHIPPING_ORDER = `
  W05! N1:10( N2:2 N3:2 N4 PER:5 ) N9:10 G61:3 G62:10 NTE:* W66 W6 ${CODES}
  LX:*( MAN:* SDQ:* N1 G62:10 W01:*( G69:5 N9:200 NTE:* W20:3 QTY:10 AMT G62:10 ) )
  W76`;

/** What a warehouse shipped. */
const SHIPPING_ADVICE = `
  W06! N1:10( N2:2 N3:2 N4 PER:5 ) N9:10 G61:3 G62:5 NTE:20 W27 W6 W28 W10:10 G72:5 ${CODES}
  LX:*( MAN:* PAL N9:5
    W12:*( G69:5 N9:200 G62:10 QTY:10 MEA:5 AMT R4:5 W27 N1:5 G72:5 ${CODES}
      LS( LX:*( N9:* G62:10 N1 ${CODES} ) LE! ) FA1:*( FA2!:* ) ) )
  W03`;

const FUNCTIONAL_ACKNOWLEDGMENT = 'AK1! AK2:*( AK3:*( AK4:99 ) AK5! ) AK9!';
const IMPLEMENTATION_ACKNOWLEDGMENT = 'AK1! AK2:*( IK3:*( CTX:10 IK4:*( CTX:10 ) ) IK5! ) AK9!';

/** The sets known, by ST01. The structures of 004010 and 005010 differ only by what 005010 added. */
export const SETS: ReadonlyMap<string, SetDefinition> = new Map([
  ['850', define('PO', PURCHASE_ORDER)],
  ['860', define('PC', PURCHASE_ORDER_CHANGE)],
  ['855', define('PR', ACKNOWLEDGMENT)],
  ['865', define('CA', CHANGE_ACKNOWLEDGMENT)],
  ['856', define('SH', SHIP_NOTICE)],
  ['810', define('IN', INVOICE)],
  ['846', define('IB', INVENTORY_ADVICE)],
  ['820', define('RA', REMITTANCE_ADVICE)],
  ['824', define('AG', APPLICATION_ADVICE)],
  ['940', define('OW', SHIPPING_ORDER)],
  ['945', define('SW', SHIPPING_ADVICE)],
  ['997', define('FA', FUNCTIONAL_ACKNOWLEDGMENT)],
  ['999', define('FA', IMPLEMENTATION_ACKNOWLEDGMENT)],
]);

function define(functionalId: string, text: string): SetDefinition {
  const tokens = text
    .replaceAll('(', ' ( ')
    .split(/\s+/)
    .filter((token) => token !== '');
  const ids = new Set<string>();
  const nodes = parse(tokens.values(), ids);
  return { functionalId, nodes, ids };
}

function parse(tokens: IterableIterator<string>, ids: Set<string>): SetNode[] {
  const nodes: SetNode[] = [];
  for (let next = tokens.next(); !next.done && next.value !== ')'; next = tokens.next()) {
    const token = next.value;
    if (token === '(') {
      const opening = nodes.pop() as SetNode;
      nodes.push({ ...opening, children: parse(tokens, ids) });
      continue;
    }
    const [name, max] = token.split(':') as [string, string | undefined];
    const id = name.replace('!', '');
    ids.add(id);
    nodes.push({ id, mandatory: name.endsWith('!'), max: maximum(max), children: null });
  }
  return nodes;
}

function maximum(text: string | undefined): number {
  if (text === undefined) return 1;
  return text === '*' ? Number.POSITIVE_INFINITY : Number(text);
}
