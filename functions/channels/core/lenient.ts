import * as z from 'zod';

/** @returns text as it is, anything else as JSON; null for nothing. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What people read; apps put anything there, and none of it keeps an order out. */
export const Text = z.unknown().optional().transform(textOf);

/** More decimals than any price has; what a sender's floating point numbers leave behind begins further to the right. */
const DECIMALS = 9;
const NUMBER = /^-?[0-9]+(\.[0-9]+)?(e-?[0-9]{1,2})?$/i;
const FITTING = new RegExp(`^-?[0-9]+(\\.[0-9]{1,${DECIMALS}})?$`);

/**
 * Amounts as decimal text. Shops calculate in floating point and write what that leaves: `12.340000000000001`, `1e-7`.
 *
 * @returns the amount rounded to nine decimals; what is no number unchanged
 */
export function decimalText(amount: unknown): unknown {
  const text = typeof amount === 'number' ? String(amount) : amount;
  if (typeof text !== 'string' || FITTING.test(text) || !NUMBER.test(text)) return text;
  const [whole = '', decimals = ''] = Number(text).toFixed(DECIMALS).split('.');
  let end = decimals.length;
  while (decimals[end - 1] === '0') end -= 1;
  return end === 0 ? whole : `${whole}.${decimals.slice(0, end)}`;
}

/** A flag; a sender that writes it as text means it all the same. */
export const Flag = z.preprocess(
  (flag) => (flag === 'true' ? true : flag === 'false' ? false : isEmpty(flag) ? null : flag),
  z.boolean().nullable(),
);

/** An object that may be missing; some senders write an empty list, an empty object or empty text for none. */
export function optionalObject<Fields extends z.ZodType>(fields: Fields) {
  return z.preprocess((value) => (isEmpty(value) ? null : value), fields.nullable());
}

/** A list that may be missing; some senders write an object with the items as its fields, empty for none. */
export function list<Item extends z.ZodType>(item: Item) {
  return optionalList(item).transform((items) => items ?? []);
}

/** A list whose absence says something else than an empty one. */
export function optionalList<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (isObject(value) ? itemsOf(value) : value === '' ? null : value),
    z.array(item).nullish(),
  );
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: unknown): boolean {
  return isObject(value) ? Object.keys(value).length === 0 : value === undefined || value === '';
}

/** The items of a list, also of a page of GraphQL's; an entry that is null says nothing. */
function itemsOf(value: Readonly<Record<string, unknown>>): unknown {
  const items = Array.isArray(value) ? value : 'nodes' in value ? value.nodes : Object.values(value);
  return Array.isArray(items) ? items.filter((each) => each !== null) : items;
}
