import type * as z from 'zod';

/** Plain names of the kinds of values that a field can ask for. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
};

/** What texts of a known form look like. */
const FORMS: Readonly<Record<string, string>> = {
  date: 'must be a date such as 2026-03-14',
  datetime: 'must be a date and time with its offset, such as 2026-03-14T10:00:00Z',
  email: 'must be a mail address such as ap@example.com',
  url: 'must be an address such as https://example.com/hook',
};

/**
 * Says in a plain sentence what is wrong with a value, where its schema says nothing of its own. The name of the field is
 * given beside it.
 *
 * @returns undefined for what has no sentence here
 */
export function plainError(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'invalid_format':
      return FORMS[issue.format] ?? 'is not written as it has to be';
    case 'too_small':
      return `must ${bounded(issue.origin, `at least ${issue.minimum}`)}`;
    case 'too_big':
      return `must ${bounded(issue.origin, `at most ${issue.maximum}`)}`;
    case 'unrecognized_keys':
      return `unknown field ${issue.keys.slice(0, 20).join(', ')}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : 'has none of the forms that it may have';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  return typeof input === 'number' && !Number.isInteger(input)
    ? 'a fraction'
    : (KINDS[typeof input] ?? 'that');
}

function bounded(origin: string, bound: string): string {
  if (origin === 'string') return `have ${bound} characters`;
  if (origin === 'array' || origin === 'set') return `have ${bound} entries`;
  return `be ${bound}`;
}
