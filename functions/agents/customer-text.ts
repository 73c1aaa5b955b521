import { isCodeLike, isForeignCode } from '../../domain/text.ts';

/** Fields with personal data. */
const PERSONAL: ReadonlySet<string> = new Set([
  'name',
  'email',
  'address1',
  'address2',
  'city',
  'region',
  'postalCode',
  'signedBy',
]);

/** Fields whose words someone outside wrote, or may have written, whatever they look like. */
const WRITTEN_OUTSIDE: ReadonlySet<string> = new Set([
  'note',
  'description',
  'purchaseOrderNumber',
  'externalId',
  'reference',
  'customerReference',
]);

/** Fields with an identifier that someone outside chose; of ours are states, types and ids. */
const CHOSEN_OUTSIDE: ReadonlySet<string> = new Set([
  'sku',
  'skus',
  'lotNumber',
  'carrier',
  'service',
  'trackingNumber',
  'channelOrderName',
]);

/** Fields that hold sentences of ours, which quote nobody. */
const OUR_SENTENCES: ReadonlySet<string> = new Set(['detail', 'message', 'remedy', 'next', 'nextCursor']);

/** A reason can be one of our own codes, for example of a hold. */
const OUR_CODE = /^[A-Z]+(_[A-Z]+)*$/;

/** What stands in place of personal data that the caller's scope does not cover. */
const WITHHELD = 'withheld: needs the scope customers/read';

/**
 * Shows a value to an agent: text that came from outside stands as `{"customerText": …}`, so that it is taken for
 * data and never for an instruction; personal data is left out unless the caller may see it. What nobody has sorted
 * yet is taken for text from outside.
 */
export function markCustomerText(value: unknown, mayReadPersonal: boolean): unknown {
  return marked('', value, mayReadPersonal);
}

function marked(key: string, value: unknown, mayReadPersonal: boolean): unknown {
  if (typeof value === 'string') return markedText(key, value, mayReadPersonal);
  if (Array.isArray(value)) return value.map((item) => marked(key, item, mayReadPersonal));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([own, field]) => {
      // The reason why a lot was chosen is ours and is next to the lot; any other reason is foreign text.
      if (own === 'reason' && 'lotNumber' in value) return [own, field];
      // What a customer noted on the order may hold anything; what stands with a reason was noted by those who run it.
      if (own === 'note' && !('reason' in value) && !mayReadPersonal) return [own, WITHHELD];
      // An amendment holds a field before and after.
      return [own, marked(own === 'before' || own === 'after' ? key : own, field, mayReadPersonal)];
    }),
  );
}

function markedText(key: string, text: string, mayReadPersonal: boolean): unknown {
  if (PERSONAL.has(key)) return mayReadPersonal ? { customerText: text } : WITHHELD;
  if (WRITTEN_OUTSIDE.has(key)) return { customerText: text };
  if (OUR_SENTENCES.has(key)) return text;
  if (CHOSEN_OUTSIDE.has(key)) return text === '' || isForeignCode(text) ? text : { customerText: text };
  // A date, a number, a code of ours. Any other text counts as somebody else's.
  const isPlain = key === 'reason' ? OUR_CODE.test(text) : text === '' || isCodeLike(text);
  return isPlain ? text : { customerText: text };
}
