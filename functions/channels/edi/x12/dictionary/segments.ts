/**
 * The segments that our sets use: their elements in order (`!` marks a mandatory one), then the syntax notes that
 * relate elements to one another. Written as the X12 manuals write them:
 *
 * - `P0304` paired: if one is present, all are
 * - `R0203` required: at least one is present
 * - `E0204` exclusion: at most one is present
 * - `C0302` conditional: if the first is present, so are the rest
 * - `L030405` list: if the first is present, so is at least one of the rest
 */
export type SyntaxNoteKind = 'P' | 'R' | 'E' | 'C' | 'L';

export interface SyntaxNote {
  readonly kind: SyntaxNoteKind;
  /** 1-based element positions. */
  readonly positions: readonly number[];
}

export interface SegmentDefinition {
  readonly elements: readonly { readonly reference: string; readonly mandatory: boolean }[];
  readonly notes: readonly SyntaxNote[];
}

/** Product qualifier and number, repeated. */
const products = (pairs: number): string => Array(pairs).fill('235 234').join(' ');

/** The note `P` for each pair from `first` on. */
const paired = (first: number, pairs: number): string =>
  Array.from({ length: pairs }, (_, pair) => `P${two(first + 2 * pair)}${two(first + 2 * pair + 1)}`).join(
    ' ',
  );

const two = (position: number): string => String(position).padStart(2, '0');

const ROWS: Record<string, string> = {
  ACK: `668! 380 355 374 373 326 ${products(10)} 559 822 1271 | P0203 C0504 ${paired(7, 10)}`,
  ADX: '782! 426! 128 127 | P0304',
  ADV: '559! 1000! 740 741 729 1000 739',
  AK1: '479! 28!',
  AK2: '143! 329!',
  AK3: '721! 719! 447 720',
  AK4: 'C030! 725 723! 724',
  AK5: '717! 718 718 718 718 718',
  AK9: '715! 97! 123! 2! 716 716 716 716 716',
  AMT: '522! 782! 478',
  BAK: '353! 587! 324! 373! 328 326 367 127 373 640',
  BAL: '951! 522! 782!',
  BCA: '353! 587 324! 328 327 373! 326 367 127 373 373 640',
  BCH: '353! 92! 324! 328 327 373! 326 367 127 373 373 1166 786 587 640',
  BEG: '353! 92! 324! 328 373! 367 587 1019 1166 1232 786 640',
  BGN: '353! 127! 373! 337 623 127 640 306 786 | C0504',
  BIA: '353! 755! 127! 373! 337 306',
  BIG: '373! 76! 373 324 328 327 640 353 306 76',
  BPR: `305! 782! 478! 591! 812 506 507 569 508 509 510 506 507 569 508 373 1048 506 507 569 508 |
    P0607 C0809 P1213 C1415 P1819 C2021`,
  BSN: '353! 396! 373! 337! 1005 640 641 | C0706',
  CAD: '91 206 207 140 387 368 128 127 284 | R0504 C0708',
  CB1: '1309! 1310',
  CN1: '1166! 782 332 127 338 799',
  CSH: '563 306 610 508 373 559 560 566 954 1004',
  CTB: '688! 352 673 380 522 610 | C0304 C0506',
  CTP: '687 236 212 380 C001 648 649 782 639 499 289 | P0405 C0607 C0902 C1002',
  CTT: '354! 347 81 355 183 355 352 | P0304 P0506',
  CTX: 'C998! 721 719 447 C030 C999',
  CUR: '98! 100! 280 98 100 669 374 373 337 374 373 337 374 373 337 374 373 337 374 373 337 | C0807 C0907',
  DIS: '653! 654! 655! 656! 657! 657',
  DTM: '374! 373 337 623 1250 1251 | R020305 C0403 P0506',
  ENT: '554 98 66 67 98 66 67 128 127 | P020304 P050607 P0809',
  FA1: '559! 1300 248',
  FA2: '1196! 1195!',
  FOB: '146! 309 352 334 335 309 352 54 352 | C0302 C0405 C0706 C0809',
  G53: '875!',
  G61: '366! 93! 365 364 443 | P0304',
  G62: '432 373 176 337 623 | R0103 P0102 P0304 C0503',
  G69: '369!',
  G72: '340! 331! 341 769 359 339 355 360 332 828 770',
  HL: '628! 734 735! 736',
  IK3: '721! 719! 447 720',
  IK4: 'C030! 725 723! 724',
  IK5: '717! 718 718 718 718 718',
  IN2: '1104! 93!',
  INC: '336! C001! 380! 380! 782',
  ISS: '382 355 81 355 183 355 380 81 | R010305 P0102 P0304 P0506',
  IT1: `350 358 355 212 639 ${products(10)} | P020304 ${paired(6, 10)}`,
  IT3: '382 355 368 383 371 | P0102',
  IT8: `563 306 610 508 373 559 566 ${products(10)} | ${paired(8, 10)}`,
  ITD: '336 333 338 370 351 446 386 362 388 389 342 352 765 107 954 | L03040513 L08040513',
  LDT: '345! 380! 344! 373',
  LE: '447!',
  LIN: `350 235! 234! ${products(14)} | ${paired(4, 14)}`,
  LM: '559! 822',
  LQ: '1270 1271 | C0102',
  LS: '447!',
  LX: '554!',
  MAN: '88! 87! 87 88 87 87 | P0405 C0605',
  MEA: '737 738 739 C001 740 741 935 936 752 1373 | R03050608',
  MSG: '933! 934 1470',
  MTX: '363 1551 1551 934 | C0102 C0302',
  N1: '98! 93 66 67 706 98 | R0203 P0304',
  N2: '93! 93',
  N3: '166! 166',
  N4: '19 156 116 26 309 310 | C0605',
  N9: '128! 127 369 373 337 623 C040 | R0203 C0605',
  NM1: '98! 1065! 1035 1036 1037 1038 1039 66 67 706 98 | P0809 C1110',
  NTE: '363 352!',
  NX2: '1106! 166! 1096',
  OTI: '110! 128! 127! 142 124 373 337 28 329 143 480 353 640 346 306 305 641 | C0908',
  PAL: '883 884 885 356 395 355 82 189 65 355 384 355 385 355 399 810',
  PAM: '673 380 C001 522 782 344 374 373 337 374 373 337 1004 954 1073',
  PCT: '1004! 954!',
  PER: '366! 93 365 364 365 364 365 364 443 | P0304 P0506 P0708',
  PID: '349! 750 559 751 352 752 822 1073 819 | C0403 R0405 C0704 C0804 C0905',
  PKG: '349 753 559 754 352 400 | C0403',
  PO1: `350 330 355 212 639 ${products(10)} | C0302 C0504 ${paired(6, 10)}`,
  PO3: '371! 373 236 212 639 380! 355! 352',
  PO4: '356 357 355 103 187 384 355 385 355 82 189 65 355 810 752 350 350 1470 | P0203 C0506 P0607 P0809',
  POC: `350 670! 330 671 C001 212 639 ${products(10)} | C0706 ${paired(8, 10)}`,
  PRF: '324! 328 327 373 350 367 92',
  PWK: '755! 756 757 98 66 67 352 C002 1525 | P0506',
  QTY: '673! 380 C001 61 | R0204 E0204',
  R4: '115! 309 310 114 26 174 113 156',
  REF: '128! 127 352 C040 | R0203',
  RMR: '128 127 482 782 782 782 426 782 | P0102 P0708',
  SAC: '248! 1300 559 1301 610 378 332 118 355 380 380 331 127 770 352 819 | R0203 P0304 P0607 P0910 C1110 C1615',
  SCH: '380! 355! 98 93 374! 373! 337 374 373 337 326 350 | C0908 C1008',
  SDQ: `355! 66 67! 380! ${Array(9).fill('67 380').join(' ')} 310 | ${paired(5, 9)}`,
  SE: '96! 329!',
  SI: `559! 1000! 234! ${Array(9).fill('1000 234').join(' ')} | ${paired(4, 9)}`,
  SLN: `350! 350 662! 380 C001 212 639 662 ${products(10)} | C0706 ${paired(9, 10)}`,
  SN1: '350 382! 355! 646 330 355 728 668 | P0506',
  SPI: '786! 128 127 790 791 792 353 755 786 559 822 554 1322 1401 1005',
  ST: '143! 329!',
  TAX: '325 309 310 309 310 309 310 309 310 309 310 441 1179 | R0103 P0203 P0405 P0607 P0809 P1011',
  TC2: '23! 22!',
  TD1: '103 80 23 22 79 187 81 355 183 355 | C0102 C0304 C0607 P0708 P0910',
  TD3: '40 206 207 187 81 355 102 407 225 24 | C0203 C0405 P0506',
  TD4: '152 208 209 352 1073 | R010204 C0203',
  TD5: '133 66 67 91 387 368 309 310 731 732 733 284 284 284 26 | R0204050612 C0203 C0708 C1011 C1312 C1413 C1512',
  TED: '647! 3 721 719 722 724 961',
  TDS: '610! 610 610 610',
  TRN: '481! 127! 509 127',
  TXI: '963! 782 954 955 956 441 662 828 325 350 | R020306 P0405 C0803',
  W01: '330! 355! 438 235 234 235 234 59 121 23 22 416 451 286 235 234 | P0405 P0607 P1011 P1516',
  W03: '382! 81 355 183 355 80 355 | P0203 P0405 P0607',
  W05: '473! 285! 324 472 474 640 306 | P0405',
  W06: '514! 285 373 145 531 324 474 472 152 891 640 306 | P0708',
  W10: '400 406 399 225 225 408 355 408 355',
  W12: `368! 330 382 383 355 438 235 234 451 81 187 188 81 187 188 438 235 234 892 893 235 234 |
    R0607 P0708 P101112 P131415 P1718 P2122`,
  W20: '356 357 355 81 187 188 395 183 355 397 | P0203 P040506 P0809',
  W27: '91! 140 387 146 40 206 207 368 152 890',
  W28: '604! 81 187 188 466 310 309 598',
  W6: '152! 152 152 152',
  W66: '146! 91! 399 400 387 433 434 625 610 140',
  W76: '330! 81 355 183 355 398 | P0203 P0405',
};

/** Segments of version 005010 with more elements than before. */
const ROWS_005010: Record<string, string> = {
  AK1: '479! 28! 480',
  AK2: '143! 329! 1705',
  N4: '19 156 116 26 309 310 1715 | C0605',
  ST: '143! 329! 1705',
};

/** Segments that were otherwise before version 004010: DTM05 was the century of DTM02. */
const ROWS_BEFORE_004010: Record<string, string> = {
  DTM: '374! 373 337 623 624 1250 1251 | R020306 C0403 P0607',
};

export const SEGMENTS_BEFORE_004010: ReadonlyMap<string, SegmentDefinition> = table(ROWS_BEFORE_004010);
export const SEGMENTS_004010: ReadonlyMap<string, SegmentDefinition> = table(ROWS);
export const SEGMENTS_005010: ReadonlyMap<string, SegmentDefinition> = new Map([
  ...SEGMENTS_004010,
  ...table(ROWS_005010),
]);

function table(rows: Record<string, string>): Map<string, SegmentDefinition> {
  return new Map(Object.entries(rows).map(([id, row]) => [id, definition(row)]));
}

function definition(row: string): SegmentDefinition {
  const [elements, notes] = row.split('|') as [string, string | undefined];
  return {
    elements: words(elements).map((word) => ({
      reference: word.replace('!', ''),
      mandatory: word.endsWith('!'),
    })),
    notes: words(notes ?? '').map((word) => ({
      kind: word[0] as SyntaxNoteKind,
      positions: (word.slice(1).match(/../g) ?? []).map(Number),
    })),
  };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
