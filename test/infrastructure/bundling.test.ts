import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { BUNDLING } from '../../lib/constructs/bundling.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('what is left out of a bundle is asked for on demand only, and never on the way to the credentials of a role', async () => {
  const { metafile } = await build({
    entryPoints: [join(ROOT, 'functions/api/orders.ts')],
    bundle: true,
    write: false,
    outfile: 'index.mjs',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: BUNDLING.mainFields as string[],
    external: BUNDLING.externalModules as string[],
    metafile: true,
    logLevel: 'silent',
  });
  const outside = (metafile.outputs['index.mjs']?.imports ?? []).filter(({ path }) => !isBuiltin(path));
  expect(outside.map(({ path }) => path).sort()).toEqual([...(BUNDLING.externalModules ?? [])].sort());
  expect(outside.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
  const held = Object.keys(metafile.inputs);
  expect(held.some((path) => path.includes('@aws-sdk/credential-provider-env/'))).toBe(true);
});
