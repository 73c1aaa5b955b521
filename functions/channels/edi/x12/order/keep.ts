import type { KeptDetail } from '../account/kept-detail.ts';
import type { SetAccount } from '../account/set-account.ts';
import { element, type Segment } from '../types.ts';
import type { Block } from './blocks.ts';

/** Segments, and loops by the segment that opens them, that are kept on the order or line, and as what. */
const KEPT: Readonly<Record<string, KeptDetail['kind']>> = {
  ...{
    BEG: 'TERMS',
    BCH: 'TERMS',
    REF: 'REFERENCE',
    CN1: 'REFERENCE',
    DTM: 'DATE',
    N1: 'PARTY',
    PER: 'CONTACT',
  },
  ...{ N9: 'NOTE', MSG: 'NOTE', MTX: 'NOTE', PWK: 'NOTE', PKG: 'NOTE', MAN: 'NOTE', ADV: 'NOTE' },
  ...{ TD1: 'ROUTING', TD3: 'ROUTING', TD4: 'ROUTING', TD5: 'ROUTING' },
  ...{ CSH: 'TERMS', FOB: 'TERMS', ITD: 'TERMS', TAX: 'TERMS', SAC: 'CHARGE', TXI: 'CHARGE', AMT: 'CHARGE' },
  ...{ LIN: 'ITEM', MEA: 'ITEM', PID: 'ITEM', PO4: 'ITEM', TC2: 'ITEM', SI: 'OTHER', LM: 'OTHER' },
};

/** Segments that may change what is shipped, to whom, when or for how much, in a way that no rule covers. */
const HELD: Readonly<Record<string, string>> = {
  CTB: 'a restriction',
  CTP: 'another price',
  DIS: 'a rule for a discount',
  G53: 'what is to be done with the order',
  INC: 'payment in instalments',
  IT3: 'an instruction for the line',
  IT8: 'a condition of sale',
  LDT: 'a lead time',
  LS: 'lead times',
  PAM: 'an amount for a period',
  PCT: 'a percentage',
  PO3: 'a quantity or price in another unit',
  QTY: 'another quantity',
  SCH: 'goods that go in parts, on days of their own',
  SLN: 'components of the product',
  SPI: 'a specification',
};

/** Segments that are terms of the order, and of a line alone have no rule. */
const HELD_OF_LINE: Readonly<Record<string, string>> = { ITD: 'payment terms of one line' };

/** Prices of CTP (element 236) that say what the customer sells the goods for, and nothing of what we charge. */
const RETAIL_PRICES: ReadonlySet<string> = new Set(['MSR', 'RES', 'RTL', 'SRP']);

/** Segments of which nothing is kept when all that they say became terms. */
const SAID_BY_TERMS: ReadonlySet<string> = new Set(['AMT', 'BEG', 'BCH', 'LIN', 'PID', 'PO4']);

/** Segments of a line that our documents give back as they were written; a line has no room for others. */
const GIVEN_BACK: ReadonlySet<string> = new Set(['REF', 'SAC', 'N1']);

/** Whether the segment has a place in one of the tables, or may have. */
export function isDecided(id: string): boolean {
  return KEPT[id] !== undefined || HELD[id] !== undefined;
}

/**
 * Keeps what was not taken of a level, its loops as a whole, and leaves open what may change the order.
 *
 * @param level lines are many: what our documents do not give back is kept in words alone
 */
export function keepRest(
  account: SetAccount,
  blocks: readonly Block[],
  level: 'order' | 'line',
): KeptDetail[] {
  const units = blocks.flatMap(({ opener, segments }) =>
    opener === null ? segments.map((segment) => [segment]) : [segments],
  );
  return units.flatMap((segments) => {
    const [opening] = segments as [Segment];
    const { id } = opening;
    const isRetailPrice = id === 'CTP' && RETAIL_PRICES.has(element(opening, 2));
    const ofLine = level === 'line' ? HELD_OF_LINE[id] : undefined;
    const kind = isRetailPrice ? 'ITEM' : KEPT[id];
    if (kind === undefined || ofLine !== undefined) {
      const reason = ofLine ?? HELD[id];
      if (reason !== undefined) for (const segment of segments) account.leaveOpen(segment, reason);
      return [];
    }
    if (SAID_BY_TERMS.has(id) && segments.every((segment) => account.isTaken(segment))) return [];
    const { raw, ...detail } = account.keep(segments, kind);
    return level === 'order' || GIVEN_BACK.has(id) ? [{ ...detail, ...(raw && { raw }) }] : [detail];
  });
}
