import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/**
 * Synthesizes the app that is deployed, in this process, without bundling and without the console's site: the gateway
 * serves the console's files itself.
 *
 * @param context settings of the app, as `cdk --context` would give them
 */
export async function synthesize(context: Readonly<Record<string, unknown>> = {}): Promise<readonly Stack[]> {
  // Loaded here and not above: the library takes longer than everything else, and meanwhile the store can start.
  const { buildApp } = await import('../../lib/app.ts');
  const outdir = await mkdtemp(join(tmpdir(), 'order-loop-assembly-'));
  try {
    const assembly = buildApp({ bundle: false, context: { ...context, hostConsole: false }, outdir }).synth();
    return assembly.stacksRecursively.map(({ stackName, template }) => ({ name: stackName, template }));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
