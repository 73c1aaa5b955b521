const LETTERS = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
const namesIn = (language: string) => new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });

let english: Intl.DisplayNames | undefined;
/** Loading the names takes longer than all else of this file, and few requests name a country. */
function isNamed(code: string): boolean {
  english ??= namesIn('en');
  return english.of(code) !== undefined;
}

/** Languages in which a country may be written out; each is looked at only for a value that is no code. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'] as const;

/** @returns whether the text is an ISO 3166-1 alpha-2 code, or empty. */
export function isCountryCode(text: string): boolean {
  if (text === '') return true;
  if (!/^[A-Z]{2}$/.test(text) || text === 'ZZ' || !isNamed(text)) return false;
  // What a code was replaced by is another one: UK is GB.
  return new Intl.Locale(`und-${text}`).region === text;
}

/** @returns what a code looks like, and which one may be meant by a text that is none */
export function countrySentence(text: string): string {
  const meant = codeOf(text.trim());
  const rule = 'must be a country code of two capital letters (ISO 3166-1 alpha-2)';
  return meant === undefined ? `${rule}, such as US` : `${rule}: ${meant}`;
}

function codeOf(text: string): string | undefined {
  const capitals = text.toUpperCase();
  if (/^[A-Z]{2}$/.test(capitals) && isNamed(capitals)) {
    const { region } = new Intl.Locale(`und-${capitals}`);
    if (region !== undefined && region !== text && isCountryCode(region)) return region;
  }
  const name = text.toLocaleLowerCase('en');
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCountryCode);
  for (const language of LANGUAGES) {
    const names = namesIn(language);
    const code = codes.find((each) => names.of(each)?.toLocaleLowerCase('en') === name);
    if (code !== undefined) return code;
  }
  return undefined;
}
