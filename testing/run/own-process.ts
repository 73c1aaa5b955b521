import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * What a test file cannot share a process for: it starts a loop or loads functions, which keep the environment that they
 * were loaded with, or it changes what is global (`vi`, `process.env`).
 */
const NEEDS_OWN_PROCESS = /\bvi\.|process\.env|testing\/(api|aws|fresh-handler|stack)\.ts|local\/stack\.ts/;

const IMPORTED = /from '(\.[^']+\.ts)'/g;

/** @returns the test files that need a process of their own, by what they and their helpers beneath `test` hold */
export function filesWithOwnProcess(root: string): readonly string[] {
  const known = new Map<string, boolean>();
  const needs = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    // Two helpers that import one another are looked into once.
    known.set(path, false);
    const text = readFileSync(path, 'utf8');
    const helpers = [...text.matchAll(IMPORTED)]
      .map(([, specifier = '']) => join(path, '..', specifier))
      .filter((helper) => helper.startsWith(join(root, 'test', '/')));
    const result = NEEDS_OWN_PROCESS.test(text) || helpers.some(needs);
    known.set(path, result);
    return result;
  };
  return globSync('test/**/*.test.ts', { cwd: root })
    .map((file) => join(root, file))
    .filter(needs)
    .map((path) => relative(root, path));
}
