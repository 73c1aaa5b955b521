/**
 * `npm run patterns`: finds regular expressions of what is deployed that take more than linear time for some text, so
 * that no message can keep a function busy. Installs the checker on first use. Exit code 3: it cannot be installed here.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from '../local/options.ts';
import { installTools, NOT_INSTALLED, NoTools } from './tools/npm.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = ['domain/**/*.ts', 'contract/**/*.ts', 'functions/**/*.ts'];

/** What is used of the parser, `@babel/parser`. */
interface Parser {
  parse(source: string, options: { sourceType: 'module'; plugins: string[] }): { program: unknown };
}

/** What is used of the checker, `recheck`. */
interface Checker {
  checkSync(
    pattern: string,
    flags: string,
    options: { timeout: number },
  ): {
    readonly status: 'safe' | 'vulnerable' | 'unknown';
    readonly complexity?: { readonly summary?: string };
  };
}

interface Literal {
  readonly pattern: string;
  readonly flags: string;
  readonly line: number;
}

readOptions(import.meta.filename, {});
try {
  const packages = await installTools('patterns');
  // The checker's own programs are for other platforms; in the process it is the same everywhere.
  process.env.RECHECK_BACKEND = 'pure';
  const load = async (path: string) => import(pathToFileURL(join(packages, path)).href);
  const parser: Parser = await load('@babel/parser/lib/index.js');
  const checker: Checker = await load('recheck/lib/main.js');
  const found = globSync(SOURCES, { cwd: ROOT })
    .sort()
    .flatMap((file) => superlinear(file, parser, checker));
  for (const each of found) process.stderr.write(`${each}\n`);
  process.stdout.write(`${found.length} patterns take more than linear time\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof NoTools)) throw error;
  process.exitCode = NOT_INSTALLED;
  process.stderr.write(`${error.message}\n`);
}

function superlinear(file: string, parser: Parser, checker: Checker): readonly string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const { program } = parser.parse(source, { sourceType: 'module', plugins: ['typescript'] });
  return literalsIn(program).flatMap(({ pattern, flags, line }) => {
    const { status, complexity } = checker.checkSync(pattern, flags, { timeout: 20_000 });
    return status === 'safe' ? [] : [`${file}:${line} /${pattern}/${flags} ${complexity?.summary ?? status}`];
  });
}

/** Every regular expression below a node of the syntax tree. */
function literalsIn(node: unknown): readonly Literal[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('type' in node && node.type === 'RegExpLiteral') {
    const { pattern, flags, loc } = node as unknown as Literal & {
      readonly loc: { start: { line: number } };
    };
    return [{ pattern, flags, line: loc.start.line }];
  }
  return Object.entries(node).flatMap(([name, value]) => (name === 'loc' ? [] : literalsIn(value)));
}
