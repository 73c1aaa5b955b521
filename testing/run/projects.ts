import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a test file can share its process with. */
export const PROJECTS = ['own process', 'shared loop', 'shared driven loop', 'shared process'] as const;
export type ProjectName = (typeof PROJECTS)[number];

/**
 * What decides where a file runs, the first that it holds. A process runs one loop, since functions keep the environment
 * that they were loaded with: who starts a loop, loads functions, or changes what is global (`vi`, `process.env`) has a
 * process to itself; those who use one of the two shared loops share a process with it.
 */
const SIGNS: readonly (readonly [ProjectName, RegExp])[] = [
  [
    'own process',
    /\bvi\.(?!waitFor|waitUntil)|process\.env|\b(useOwnApi|startStack|startLocalStack)\b|testing\/(aws|fresh-handler)\.ts/,
  ],
  ['shared driven loop', /\b(useDrivenApi|sharedDrivenStack)\b/],
  ['shared loop', /\b(useApi|sharedStack)\b/],
];

const IMPORTED = /from '(\.[^']+\.ts)'/g;

/** @returns the test files of each project, by what they and their helpers beneath `test` hold */
export function testFiles(root: string): ReadonlyMap<ProjectName, readonly string[]> {
  const known = new Map<string, ProjectName>();
  const projectOf = (path: string): ProjectName => {
    const before = known.get(path);
    if (before !== undefined) return before;
    // Two helpers that import one another are looked into once.
    known.set(path, 'shared process');
    const text = readFileSync(path, 'utf8');
    const helpers = [...text.matchAll(IMPORTED)]
      .map(([, specifier = '']) => join(path, '..', specifier))
      .filter((helper) => helper.startsWith(join(root, 'test', '/')))
      .map(projectOf);
    const own = SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? 'shared process';
    const [first = own] = PROJECTS.filter((project) => project === own || helpers.includes(project));
    known.set(path, first);
    return first;
  };
  const files = globSync('test/**/*.test.ts', { cwd: root });
  return new Map(
    PROJECTS.map((project) => [project, files.filter((file) => projectOf(join(root, file)) === project)]),
  );
}
