/**
 * What a code leads to, for the elements on whose code our handling depends. Each list of the dictionary that is
 * decided here is decided in full: a test fails when a code has no decision. A code that is in no list is left to a
 * person.
 */

/** Makes a table of decisions of rows: a decision, and the codes that it is taken for. */
function decide<Decision extends string>(
  rows: Readonly<Record<Decision, string>>,
): ReadonlyMap<string, Decision> {
  const pairs = Object.entries(rows) as [Decision, string][];
  return new Map(
    pairs.flatMap(([decision, codes]) => codes.split(/\s+/).map((code) => [code, decision] as const)),
  );
}

/** BEG01 and BCH01 (element 353): what is done with the document. */
export const PURPOSES = decide({
  // 15 and 18 send again what was sent before; 49 asks for no response.
  ORIGINAL: '00 15 18 49',
  CONFIRMATION: '06',
  DUPLICATE: '07',
  CANCELLATION: '01 03',
  CHANGE: '04',
  REPLACEMENT: '05',
  OTHER: `02 08 10 11 12 13 14 16 17 19 20 21 22 24 25 26 27 28 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48
    50 51 52 53 54 55 56 5C 77 CN CO EX GR PR RH RV SU ZZ`,
});

/** BEG02 and BCH02 (element 92): whether goods are ordered for certain. */
export const ORDER_TYPES = decide({
  FIRM: 'AC AO CO DR DS EO JL KN NE NP NS OS PR RE RL RO SA SS UD US',
  // Goods are wanted, in a way that somebody has to look at: on whose account, in whose ownership, in exchange for what.
  HELD: 'AB BH BK BL CF CN FH RA RN SP ST TC WO ZZ',
  // Bids, quotes, contracts, information, leases, repairs, and orders that end or describe others: nothing is ordered.
  NONE: `BD BE BQ BY CA CC CP CR IN KA KB KC KD KE KG KI KO KP KQ KR KS KT LB LS NO RC RR RT RU RW SO SW TM TR UE`,
});

/** CSH01 (element 563): what is done with what stock does not cover. */
export const SALES_REQUIREMENTS = decide({
  BACKORDER: 'Y O BK',
  NO_BACKORDER: 'N SP',
  COMPLETE: 'SC',
  // We ship as soon as we can, of our own stock, and never a substitute.
  AS_ALWAYS: 'P2 NS W IS',
});

/** SAC01 (element 248). */
export const ALLOWANCE_INDICATORS = decide({ ALLOWANCE: 'A', CHARGE: 'C', NO_CHARGE: 'N', OTHER: 'P Q R S' });

/** SAC12 (element 331): whether the amount is on our invoice. */
export const ALLOWANCE_HANDLING = decide({
  INVOICED: '02 06 08 CA',
  // Billed back, paid by check or credit, by somebody else, denied, or stated for information: not on our invoice.
  NOT_INVOICED: '01 03 04 05 09 10 11 15 CC',
  OPEN: '07 12 13 18 20 21 25 PP ZZ',
});

/** SAC06 (element 378): what a percentage is taken of. */
export const PERCENT_BASES = decide({ GROSS: '1 3 5 6', NET: '2 4 7', OPEN: '8 9 A Z' });

/** PO105 (element 639): how many of what the price is for. A kind of price leaves it at one of the unit ordered. */
export const PRICE_BASES = decide({
  ORDERED_UNIT: 'CA CP CT DI DR FX KA KR NT PQ PR QT SC ST SW UM VQ WH',
  EACH: 'LE PE QE TE WE',
  TEN: 'PN',
  DOZEN: 'LD PD TD WD',
  HUNDRED: 'HP LC QH TC WC',
  THOUSAND: 'LM QS TM TP WM',
  TEN_THOUSAND: 'TT',
  HUNDRED_THOUSAND: 'HT',
  FREE: 'NC',
  // Not what we charge, not yet a price, or a price for weight, length or time.
  OPEN: `AA AB AP AW BD BR BW CR DP DS EC EH ES FB FO HF KP LR ME ML NE NQ NS PA PB PF PG PK PL PM PO PP PS PT PU PV PY QR
    RC RD RE RM RS RT SA SM SR TB TF WI`,
});

/** ITD01 (element 336): when an invoice is to be paid. */
export const TERMS_TYPES = decide({
  NET: '01 05 08 14 16 22 24 52',
  ON_RECEIPT: '23',
  PREPAID: '25 26 30 PP',
  FREE: 'NC',
  OPEN: `02 03 04 06 07 09 10 11 12 13 15 17 18 19 20 21 27 28 29 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50
    54 55 56 57 58 61 63 64 65 CA CO ZZ`,
});

/** POC02 (element 670): what is done to a line. */
export const LINE_CHANGES = decide({
  ADD: 'AI',
  DELETE: 'DI',
  CHANGE: 'CA PC PQ QC QD QI',
  REPLACE: 'RE RM RZ',
  DATES: 'CB CT RB RS',
  CHANGE_AND_DATES: 'MU PR RQ',
  NONE: 'NC',
  OTHER: 'AA CC CE CF CG CH CI OA OC RA RC TI',
});

/**
 * DTM01 and SCH05 (element 374): which term of the order a date is. Where several dates are
 * one term, the first in its row counts. Any other date is kept as what it is.
 */
export const DATES = decide({
  DELIVERY: '002',
  DELIVERY_START: '064 071',
  DELIVERY_END: '063 074 106',
  SHIP_START: '037 118 010',
  SHIP_END: '038',
  CANCEL_AFTER: '001 175 177 061',
});

/** W0601 (element 514): whether the advice is a shipment with all that it holds. */
export const REPORTING = decide({
  SHIPMENT: 'F J N',
  // Only what differs from the order, simulations, and reports of stock.
  OTHER: 'A B C K O P R S X Y',
});

/**
 * W1201 (element 368): what becomes of the units of a line that did not ship. Any other code, substitution among them, is
 * left to a person.
 */
export const SHIPPED_STATUS = decide({
  // The warehouse has no more of the line to ship: it is done, or cut short.
  CLOSED: 'BM BO CC CK CL CM CP CU DI DS IC NF OP OR SC SD SH SJ SK UN',
  // The rest follows from the same shipping order.
  MORE_FOLLOWS: 'BP PK PL PR PT SI SS',
});
