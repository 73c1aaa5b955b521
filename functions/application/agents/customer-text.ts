/** Fields that tell who a person is or where. */
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

/** Fields whose words someone outside wrote, or may have written. */
const WRITTEN_OUTSIDE: ReadonlySet<string> = new Set([
  'note',
  'description',
  'purchaseOrderNumber',
  'externalId',
  'reference',
  'customerReference',
  'reason',
]);

/** What stands in place of personal data that the caller's scope does not cover. */
export const WITHHELD = 'withheld: needs the scope customers/read';

/**
 * Shows a value to an agent: text that came from outside stands as `{"customerText": …}`, so that it is taken for
 * data and never for an instruction; personal data is left out unless the caller may see it.
 */
export function markCustomerText(value: unknown, mayReadPersonal: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => markCustomerText(item, mayReadPersonal));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, marked(key, field, mayReadPersonal)]),
  );
}

function marked(key: string, field: unknown, mayReadPersonal: boolean): unknown {
  if (typeof field !== 'string') return markCustomerText(field, mayReadPersonal);
  if (PERSONAL.has(key)) return mayReadPersonal ? { customerText: field } : WITHHELD;
  return WRITTEN_OUTSIDE.has(key) && !OUR_CODE.test(field) ? { customerText: field } : field;
}

/** A reason can be one of our own codes, for example of a hold. */
const OUR_CODE = /^[A-Z]+(_[A-Z]+)*$/;
