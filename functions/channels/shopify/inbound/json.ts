import { type Problem, problem } from '../../core/problem.ts';

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSources = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Reads JSON without losing a digit: every number comes out as the text that stood in the body. Shopify's ids go
 * beyond 2^53 (those of test notifications have 18 digits), and refunds carry money as numbers.
 */
export function readJson(body: Uint8Array): { readonly value: unknown } | { readonly problem: Problem } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value = parseWithSources(text, (_key, parsed, { source }) =>
      typeof parsed === 'number' ? (source ?? String(parsed)) : parsed,
    );
    return { value };
  } catch (error) {
    // A RangeError is the stack's end: arrays within arrays, a hundred thousand deep.
    return problem('unreadable_json', error instanceof Error ? error.message.slice(0, 200) : 'not JSON');
  }
}
