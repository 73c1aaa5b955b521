/**
 * Code lists, for the elements whose value decides what we do with a set, and for those whose list is short.
 * Elements that are not here take any code of a legal length: their lists run to a thousand entries that we do not
 * act on (kinds of dates, parties, references), and refusing an order for one of them would serve nobody.
 */

/** Codes of two characters, written as `first character: second characters`; `A-C` is a range. */
function pairs(rows: string): string[] {
  return rows.split(',').flatMap((row) => {
    const [first, seconds] = row.split(':') as [string, string];
    return expand(seconds.trim()).map((second) => first.trim() + second);
  });
}

function expand(ranges: string): string[] {
  return ranges.split(' ').flatMap((range) => {
    const from = range.charCodeAt(0);
    const to = range.charCodeAt(range.length - 1);
    return Array.from({ length: to - from + 1 }, (_, step) => String.fromCharCode(from + step));
  });
}

const words = (list: string): string[] => list.split(' ');

/** Codes of the elements that both versions share and on which our handling depends. */
const SHARED: Record<string, readonly string[]> = {
  // Purpose of the set: original, cancellation, change, duplicate and so on.
  '353': [
    ...pairs('0: 0-8, 1: 0-9, 2: 0 1 2 4-8, 3: 0-9, 4: 0-9, 5: 0-6 C, 7: 7'),
    ...words('CN CO EX GR PR RH RV SU ZZ'),
  ],
  // What a warehouse reports.
  '514': words('A B C F J K N O P R S X Y'),
  // Allowance, charge, no charge.
  '248': words('A C N P Q R S'),
};

const ONLY_004010: Record<string, readonly string[]> = {
  // Kind of purchase order.
  '92': words(
    'AB AC AO BD BE BH BK BL BQ BY CA CC CF CN CO CP CR DR DS EO FH IN JL KA KB KC KD KE KG KI KN KO KP KQ KR KS KT ' +
      'LB LS NE NO NP NS OS PR RA RC RE RL RN RO RR RT RU RW SA SO SP SS ST SW TC TM TR UD UE US WO ZZ',
  ),
  '146': words('11 BP CA CC CD CF DE DF FO HP MX NC NR PA PB PC PD PE PL PO PP PS PU RC RF RS TP WC'),
  // Which number identifies a product: UP, VN, BP, SK, IN and their like.
  '235': pairs(
    'A: 1-9 A-Z, B: 1-9 A-Z, C: 1-9 A-Z, D: 1-5 D-G I L-Z, E: 1-6 A-N P-S U X Z, F: 1-9 A-G I L-N P S T W, ' +
      'G: A C-E I K N Q-S U, H: C D I N, I: A-G M N P-T V W Z, J: A-D N P S, K: A B D-G I-N P, L: 1-5 A-D G P R-U, ' +
      'M: A-K M-X, N: 1-6 C-E H M R U W Z, O: A-I L N-P R T, P: 1-5 7-9 A-Z, R: 1 2 A-P R-W Y Z, S: 2-8 A-Z, ' +
      'T: 2 3 A-J M N P R-Z, U: 2 3 5 6 A-T V X, V: A-C E I M-P S-V X, W: 1 2 5-7 A C L R S, X: A C P Q Z, Y: P, Z: B R Z',
  ),
  '331': words('01 02 03 04 05 06 07 08 09 10 11 12 13 15 18 20 21 25 CA CC PP ZZ'),
  '333': words('09 1 10 11 12 13 14 15 16 2 3 4 5 6 7 8 ZZ'),
  '334': words('01 02 ZZ'),
  '336': [
    ...pairs('0: 1-9, 1: 0-9, 2: 0-9, 3: 0-9, 4: 0-9, 5: 0 2 4-8, 6: 1 3-5'),
    ...words('CA CO NC PP ZZ'),
  ],
  '349': words('F S X'),
  // Units of measure.
  '355': pairs(
    '0: 1-9, 1: 0-9 A-R X, 2: 0-9 A-C F-N P-R U-Z, 3: 0-9 B C E-I, 4: 0 1 3-8 A-X, 5: 0-4 6-9 A-C E-K P Q, ' +
      '6: 0-9, 7: 0-4 6-9, 8: 0-7 9 C D P R S U, 9: 0-9, A: 8 A-Z, B: 0-9 A-Z, C: 0-9 A-Z, ' +
      'D: 2 3 5 8 9 A-U W-Z, E: 1 3-5 7-9 A-H J M P Q V X-Z, F: 1-6 9 A-H J-M O P R-T Z, G: 2-5 7 A-Z, ' +
      'H: 1 2 4 A-W Y Z, I: A-C E F H I K-N P T-W, J: 2 A B E G K M O R U, K: 1-7 9 A-M O-X, ' +
      'L: 2 A-C E-T X Y, M: 0-9 A-Z, N: 1-4 6 7 9 A-J L-N Q-Y, O: A C N P T Z, P: 0-9 A-Z, Q: 1-7 A-E H K R-U, ' +
      'R: 1-9 A-E G H K-P R-U, S: 1-9 A-T V-Z, T: 0-9 A-Z, U: 1-3 5 A-F H L-N P-Z, V: 1 2 A C I P R S, ' +
      'W: 2 A B D E G-I K M P R W, X: 1-9 P, Y: 1-4 D L R T, Z: 1-6 8 A-C P Z',
  ),
  '365': words(
    'AA AB AC AD AP AS AU BN BT CA CP DN ED EM EX FT FU FX HF HP IT MN NP OF OT PA PC PP PS SP TE TL TM TN TX UR VM WC WF WP',
  ),
  '378': words('1 2 3 4 5 6 7 8 9 A Z'),
  '478': words('C D'),
  '587': words('AC AD AE AH AK AP AT NA RD RF RJ RN RO RV ZZ'),
  '639': words(
    'AA AB AP AW BD BR BW CA CP CR CT DI DP DR DS EC EH ES FB FO FX HF HP HT KA KP KR LC LD LE LM LR ME ML NC NE NQ ' +
      'NS NT PA PB PD PE PF PG PK PL PM PN PO PP PQ PR PS PT PU PV PY QE QH QR QS QT RC RD RE RM RS RT SA SC SM SR ST ' +
      'SW TB TC TD TE TF TM TP TT UM VQ WC WD WE WH WI WM',
  ),
  '662': words('A D I O S'),
  '88': words('AA AI CA CP DZ GM L MC PB R S SI SM SR SS UC UP W X ZZ'),
};

const sets = (lists: Record<string, readonly string[]>): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(lists).map(([number, list]) => [number, new Set(list)]));

export const CODES_005010 = sets(SHARED);
export const CODES_004010 = sets({ ...SHARED, ...ONLY_004010 });
