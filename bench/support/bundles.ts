import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { App, Stack } from 'aws-cdk-lib/core';
import { buildApp } from '../../lib/app.ts';
import { BUNDLING, PLAIN_BUNDLING } from '../../lib/constructs/bundling.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
/** CDK adds the asset path to each function; the command line enables this, in process we do. */
const CONTEXT = { 'aws:cdk:enable-asset-metadata': true };
/** Placeholder values for the environment of a deployed function: names, URLs and a list. */
const ANY_VALUE = 'https://bench.invalid';
const LISTS: Readonly<Record<string, string>> = { DEAD_LETTER_QUEUES: '[]' };

/** The bundle of one function. */
export interface Bundle {
  /** Its entry below `functions/`, for example `api/orders`. */
  readonly name: string;
  /** The module that Lambda imports. */
  readonly path: string;
  readonly bytes: number;
  /** The environment variables that it reads at import. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Bundles {
  /** A function with only the document client, bundled with default settings. */
  readonly baseline: Bundle;
  /** The same, bundled with our settings. */
  readonly trimmedBaseline: Bundle;
  readonly functions: readonly Bundle[];
  remove(): Promise<void>;
}

/** Bundles every function of the app with CDK, and a baseline, in a temporary folder. */
export async function makeBundles(): Promise<Bundles> {
  const folder = await mkdtemp(join(tmpdir(), 'order-loop-bundles-'));
  const outdir = join(folder, 'app');
  const { stacksRecursively } = buildApp({ bundle: true, outdir, context: CONTEXT }).synth();
  const functions = stacksRecursively
    .flatMap(({ template }) => functionsOf(template as Template))
    // CDK adds functions of its own, which copy the console's files into their bucket.
    .filter(({ Metadata }) => Metadata?.OrderLoop !== undefined);
  const bundles = await Promise.all(functions.map((resource) => bundleOf(resource, outdir)));
  return {
    baseline: await baselineBundle('plain baseline', join(folder, 'baseline'), PLAIN_BUNDLING),
    trimmedBaseline: await baselineBundle('baseline', join(folder, 'trimmed'), BUNDLING),
    functions: bundles.sort((one, other) => (one.name < other.name ? -1 : 1)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface FunctionResource {
  readonly Type: string;
  readonly Properties: { readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> } };
  readonly Metadata?: { readonly OrderLoop?: { readonly entry: string }; readonly 'aws:asset:path'?: string };
}

interface Template {
  readonly Resources: Readonly<Record<string, FunctionResource>>;
}

function functionsOf({ Resources }: Template): readonly FunctionResource[] {
  return Object.values(Resources).filter(
    ({ Type, Metadata }) => Type === 'AWS::Lambda::Function' && Metadata?.['aws:asset:path'] !== undefined,
  );
}

async function bundleOf({ Properties, Metadata }: FunctionResource, outdir: string): Promise<Bundle> {
  const path = join(outdir, Metadata?.['aws:asset:path'] ?? '', 'index.mjs');
  const entry = Metadata?.OrderLoop?.entry ?? '';
  const names = Object.keys(Properties.Environment?.Variables ?? {});
  return {
    name: entry.replace(/^functions\/(.*)\.ts$/, '$1'),
    path,
    bytes: (await stat(path)).size,
    environment: Object.fromEntries(names.map((name) => [name, LISTS[name] ?? ANY_VALUE])),
  };
}

async function baselineBundle(name: string, outdir: string, bundling: BundlingOptions): Promise<Bundle> {
  const app = new App({ outdir, context: CONTEXT, analyticsReporting: false });
  new NodejsFunction(new Stack(app, 'Baseline'), 'Function', {
    entry: join(import.meta.dirname, 'baseline-function.ts'),
    projectRoot: REPOSITORY,
    depsLockFilePath: join(REPOSITORY, 'package-lock.json'),
    runtime: Runtime.NODEJS_24_X,
    bundling,
  });
  const [resource] = functionsOf(app.synth().getStackByName('Baseline').template as Template);
  if (resource === undefined) throw new Error('the baseline was not bundled');
  return { ...(await bundleOf(resource, outdir)), name };
}
