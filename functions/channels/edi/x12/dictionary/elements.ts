/**
 * The data elements that our sets use, by their number in the X12 dictionary: type, least and greatest length.
 * Lengths count characters; the sign and the decimal point of a number do not count.
 */

/** AN text, ID code, DT date, TM time, R decimal number, N0 and N2 integer with that many implied decimals. */
export type ElementType = 'AN' | 'ID' | 'DT' | 'TM' | 'R' | 'N0' | 'N2';

export interface ElementDefinition {
  readonly type: ElementType;
  readonly min: number;
  readonly max: number;
}

/** Rows of `number min max`, grouped by type: most of the dictionary differs in nothing else. */
const ROWS: Record<ElementType, string> = {
  AN: `
    3 1 60, 19 2 30, 22 1 30, 46 4 4, 55 2 10, 61 1 30, 67 2 80, 76 1 22, 79 1 50, 87 1 48, 93 1 60, 103 3 5,
    113 1 4, 114 2 24, 124 2 15, 142 2 15, 116 3 15, 119 1 6, 127 1 30, 166 1 55, 168 1 4, 169 1 16, 171 1 7, 172 1 2, 173 1 4,
    174 2 30, 182 2 28, 206 1 4, 207 1 10, 209 1 4, 225 2 15, 227 1 2, 234 1 48, 310 1 30, 324 1 22, 325 1 20,
    326 1 45, 327 1 8, 328 1 30, 329 4 9, 350 1 20, 352 1 80, 364 1 80, 367 1 30, 369 1 45, 387 1 35, 396 2 30,
    443 1 20, 447 1 6, 499 1 10, 508 1 35, 729 1 6, 597 1 8, 628 1 12, 724 1 99, 734 1 12, 751 1 12, 754 1 7, 770 1 20,
    790 1 132, 791 1 80, 799 1 30, 822 1 15, 933 1 264, 956 1 10, 1000 2 2, 1096 5 5, 1195 1 80, 1251 1 35,
    507 3 12, 509 10 10, 510 9 9, 961 1 99, 1035 1 35, 1036 1 25, 1037 1 25, 1038 1 10, 1039 1 10, 1271 1 30, 1301 1 10, 1430 1 7, 1551 1 4096, 1705 1 35, 480 1 12,
    145 1 30, 285 1 22, 341 1 16, 397 1 10, 434 1 30, 438 12 12, 451 1 12, 474 1 22, 531 1 12, 598 1 12, 769 1 16`,
  ID: `
    23 1 1, 24 4 4, 110 1 2, 305 1 2, 346 2 2, 647 1 3, 26 2 3, 40 2 2, 54 2 2, 59 2 5, 66 1 2, 88 1 2, 91 1 2, 92 2 2, 98 2 3, 100 3 3, 102 1 1,
    107 1 2, 115 1 1, 128 2 3, 133 1 2, 140 2 4, 143 3 3, 146 2 2, 152 2 3, 156 2 2, 187 1 2, 208 1 1, 235 2 2,
    236 3 3, 248 1 1, 249 1 1, 284 2 2, 295 1 1, 306 1 2, 309 1 2, 331 2 2, 333 1 2, 334 2 2, 335 3 3, 336 2 2,
    344 2 2, 345 2 2, 349 1 1, 353 2 2, 355 2 2, 363 3 3, 365 2 2, 366 2 2, 368 2 2, 371 2 2, 374 3 3, 378 1 1,
    400 2 2, 407 2 2, 426 2 2, 441 1 1, 478 1 1, 481 1 2, 482 2 2, 506 2 2, 569 1 3, 591 3 3, 812 1 10, 1048 1 3, 1065 1 1, 479 2 2, 522 1 3, 559 2 2, 560 2 10, 563 1 2, 566 1 2, 587 2 2, 623 2 2,
    639 2 2, 640 2 2, 641 3 3, 648 3 3, 653 3 3, 654 2 2, 656 3 3, 662 1 1, 668 2 2, 669 3 3, 670 2 2, 673 2 2,
    687 2 2, 688 2 2, 704 1 2, 706 2 2, 715 1 1, 716 1 3, 717 1 1, 718 1 3, 720 1 3, 721 2 3, 723 1 3, 728 1 2,
    731 2 2, 732 2 2, 735 1 2, 736 1 1, 737 2 2, 738 1 3, 750 2 3, 752 2 2, 753 1 5, 755 2 2, 756 1 2, 786 2 2,
    792 1 1, 819 2 3, 854 2 2, 875 3 3, 897 1 1, 934 2 2, 935 2 2, 936 2 2, 951 1 2, 955 2 2, 963 2 2, 1004 1 2,
    1005 4 4, 1019 3 3, 1073 1 1, 1104 2 2, 1106 2 2, 1136 2 2, 1166 2 2, 1179 1 1, 1196 2 2, 1232 2 2,
    1250 2 3, 1270 1 3, 1300 4 4, 1309 2 2, 1310 1 1, 1321 2 3, 1322 1 1, 1373 2 4, 1401 2 2, 1525 1 2, 1715 1 3,
    121 1 3, 176 1 2, 188 1 1, 286 2 2, 340 1 3, 399 1 1, 432 2 2, 433 2 2, 473 1 1, 514 1 1, 604 1 1, 625 1 1, 883 1 2, 890 2 2, 891 2 2, 892 2 2, 893 1 1`,
  DT: '370 8 8, 373 8 8, 388 8 8, 446 8 8',
  TM: '337 4 8',
  R: `
    65 1 8, 81 1 10, 82 1 8, 118 1 9, 183 1 8, 189 1 8, 212 1 17, 280 4 10, 330 1 15, 332 1 6, 338 1 6, 342 1 5,
    347 1 10, 357 1 8, 358 1 10, 380 1 15, 382 1 10, 383 1 9, 384 1 9, 385 1 9, 646 1 15, 649 1 10, 655 1 10,
    671 1 9, 733 1 4, 739 1 20, 740 1 20, 741 1 20, 782 1 18, 828 1 9, 954 1 10, 1018 1 15,
    339 1 10, 359 1 15, 395 1 8, 398 1 10, 408 1 4`,
  N0: `
    2 1 6, 28 1 9, 80 1 7, 96 1 10, 97 1 6, 123 1 6, 170 1 2, 213 1 3, 289 1 2, 294 1 5, 351 1 3, 354 1 6,
    356 1 6, 386 1 3, 554 1 6, 657 1 10, 719 1 6, 722 1 2, 725 1 4, 757 1 2, 765 1 2, 810 1 6, 1470 1 9, 1528 1 2,
    406 1 3, 416 6 6, 466 1 2, 472 6 6, 884 1 3, 885 1 3`,
  N2: '360 1 15, 362 1 10, 389 1 10, 610 1 15',
};

/** What version 005010 changed. */
const ROWS_005010: Partial<Record<ElementType, string>> = {
  AN: '127 1 50, 364 1 256',
  N0: '719 1 10',
};

/** What was otherwise before 004010: dates without a century, which had an element of its own (624). */
const ROWS_BEFORE_004010: Partial<Record<ElementType, string>> = {
  DT: '370 6 6, 373 6 6, 388 6 6, 446 6 6',
  N0: '624 2 2',
};

/** The elements that are made of components, with the element number of each component. */
export const COMPOSITES: Readonly<Record<string, readonly string[]>> = {
  C001: [
    '355',
    '1018',
    '649',
    '355',
    '1018',
    '649',
    '355',
    '1018',
    '649',
    '355',
    '1018',
    '649',
    '355',
    '1018',
    '649',
  ],
  C002: ['704', '704', '704', '704', '704'],
  C030: ['722', '1528'],
  C040: ['128', '127', '128', '127', '128', '127'],
};

export const ELEMENTS_004010: ReadonlyMap<string, ElementDefinition> = table(ROWS);
export const ELEMENTS_005010: ReadonlyMap<string, ElementDefinition> = new Map([
  ...ELEMENTS_004010,
  ...table(ROWS_005010),
]);

export const ELEMENTS_BEFORE_004010: ReadonlyMap<string, ElementDefinition> = table(ROWS_BEFORE_004010);

function table(rows: Partial<Record<ElementType, string>>): Map<string, ElementDefinition> {
  const definitions = new Map<string, ElementDefinition>();
  for (const [type, list] of Object.entries(rows)) {
    for (const row of list.split(',')) {
      const [number, min, max] = row.trim().split(' ');
      definitions.set(number as string, { type: type as ElementType, min: Number(min), max: Number(max) });
    }
  }
  return definitions;
}
