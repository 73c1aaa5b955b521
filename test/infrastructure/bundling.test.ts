import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { App, Stack } from 'aws-cdk-lib/core';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { DEFAULT_RETENTION } from '../../contract/retention.ts';
import { BUNDLING } from '../../lib/constructs/bundling.ts';
import { LoopFunction } from '../../lib/constructs/loop-function.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Bundles one function as CDK does, in memory. @returns what it imports and what it holds */
async function bundled(entry: string) {
  const { metafile } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    write: false,
    outfile: 'index.mjs',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: BUNDLING.mainFields as string[],
    external: BUNDLING.externalModules as string[],
    alias: Object.fromEntries(
      Object.entries(BUNDLING.esbuildArgs ?? {}).map(([option, path]) => [
        option.replace('--alias:', ''),
        String(path),
      ]),
    ),
    metafile: true,
    logLevel: 'silent',
  });
  return { imports: metafile.outputs['index.mjs']?.imports ?? [], held: Object.keys(metafile.inputs) };
}

test('what is left out of a bundle is asked for on demand only, and never on the way to the credentials of a role', async () => {
  const { imports, held } = await bundled('functions/api/orders.ts');
  const outside = imports.filter(({ path }) => !isBuiltin(path));
  const left = (BUNDLING.externalModules ?? []).filter((path) => path.includes('credential'));
  expect(outside.map(({ path }) => path).sort()).toEqual([...left].sort());
  expect(outside.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
  expect(held.some((path) => path.includes('@aws-sdk/credential-provider-env/'))).toBe(true);
});

test.each([
  ['consumers/channel-sync', true],
  ['tasks/sweep-messages', true],
  ['api/inbound-messages', true],
  ['webhooks/edi', false],
  ['api/connections', false],
  ['consumers/early-tracking-updates', false],
])('whether %s carries the SSH client: %s', async (entry, isCarried) => {
  const { imports, held } = await bundled(`functions/${entry}.ts`);
  expect(held.some((path) => path.includes('/ssh2/'))).toBe(isCarried);
  // Its parts in machine code may be missing.
  const required = imports.filter(({ path, kind }) => !isBuiltin(path) && kind === 'import-statement');
  expect(required).toEqual([]);
});

test('the gateway of agents holds the small validator in place of Ajv', async () => {
  const { held } = await bundled('functions/mcp/commerce-gateway.ts');
  expect(held.some((path) => path.includes('/cfWorkerProvider-'))).toBe(true);
  expect(held.filter((path) => path.includes('/ajv'))).toEqual([]);
});

test('the tracer comes in one layer of all functions, and not at all where nothing is traced', {
  tags: 'long',
}, () => {
  const layers = (tracing: boolean) => {
    const stack = new Stack(new App({ analyticsReporting: false }));
    const defaults = {
      bundle: true,
      loopName: 'order-loop-test',
      tracing,
      logLevel: ApplicationLogLevel.INFO,
      logRetention: RetentionDays.ONE_DAY,
      retention: DEFAULT_RETENTION,
    };
    for (const id of ['One', 'Other']) {
      new LoopFunction(stack, id, { defaults, entry: 'tasks/report-stuck', description: 'in a test' });
    }
    return Template.fromStack(stack);
  };
  const traced = layers(true);
  traced.resourceCountIs('AWS::Lambda::LayerVersion', 1);
  const [layer] = Object.keys(traced.findResources('AWS::Lambda::LayerVersion'));
  traced.allResourcesProperties('AWS::Lambda::Function', {
    Layers: [{ Ref: layer }],
    Environment: { Variables: { TRACER_PATH: '/opt/nodejs/tracer.mjs' } },
  });
  const untraced = layers(false);
  untraced.resourceCountIs('AWS::Lambda::LayerVersion', 0);
  untraced.allResourcesProperties('AWS::Lambda::Function', {
    Layers: Match.absent(),
    Environment: { Variables: { TRACER_PATH: Match.absent() } },
  });
});
