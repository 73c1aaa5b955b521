import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<Given extends Options> = ReturnType<
  typeof parseArgs<{ readonly options: Given; readonly allowPositionals: true }>
>;

export interface ArgumentRules {
  /** Whether the script takes arguments beside its options, for example names of files. @default false */
  readonly allowPositionals?: boolean;
}

/**
 * Reads the options of the script that is run. `--help` prints the comment at the head of its file and ends the process
 * with 0; what the script does not know is named, with the same comment, and ends it with 2.
 *
 * @param file the script's `import.meta.filename`
 */
export function readOptions<const Given extends Options>(
  file: string,
  options: Given,
  { allowPositionals = false }: ArgumentRules = {},
): Parsed<Given> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    console.log(helpOf(file));
    process.exit(0);
  }
  try {
    const parsed = parseArgs({ options, allowPositionals: true });
    const [unknown] = parsed.positionals;
    if (!allowPositionals && unknown !== undefined) throw new Error(`Unexpected argument '${unknown}'`);
    return parsed;
  } catch (error) {
    return refuse(file, (error as Error).message);
  }
}

/**
 * @param name of an option
 * @returns the whole number that was given; any other value ends the process with 2
 */
export function wholeNumber(file: string, name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  return refuse(file, `--${name} is a whole number from ${min} to ${max}, not ${text}`);
}

/** Ends the process with what is wrong and the help. */
export function refuse(file: string, problem: string): never {
  console.error(`${problem}\n\n${helpOf(file)}`);
  process.exit(2);
}

/** The comment at the head of a file, without its marks. */
function helpOf(file: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8'))?.[1];
  if (comment === undefined) throw new Error(`${file} does not begin with a comment that describes it`);
  return comment
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll('`', '')
    .trim();
}
