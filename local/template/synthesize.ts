import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedSynthesis } from './cached-synthesis.ts';

const execute = promisify(execFile);

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

/** A CloudFormation template, as far as the local stack reads it. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
}

/** More than any app has: ours is a quarter of a megabyte. */
const MAX_OUTPUT = 64 * 1024 * 1024;

const SCRIPT = join(import.meta.dirname, 'synthesize-app.ts');

/**
 * Synthesizes the app that is deployed, without bundling and without the console's site: the gateway serves the
 * console's files itself. It runs in a process of its own, since the CDK would stay in this one's memory (170 MB), and
 * only when something that it reads has changed.
 *
 * @param context settings of the app, as `cdk --context` would give them
 * @throws Error with what the app said when it cannot be synthesized
 */
export async function synthesize(context: Readonly<Record<string, unknown>> = {}): Promise<readonly Stack[]> {
  const cached = cachedSynthesis(context);
  const before = cached.find();
  if (before !== null) return before as readonly Stack[];
  try {
    const { stdout } = await execute(process.execPath, [SCRIPT, JSON.stringify(context)], {
      maxBuffer: MAX_OUTPUT,
    });
    const stacks = JSON.parse(stdout) as readonly Stack[];
    cached.keep(stacks);
    return stacks;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`the app cannot be synthesized: ${stderr?.trim() || message}`, { cause: error });
  }
}
