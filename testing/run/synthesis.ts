import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '../../local/template/synthesize.ts';

/**
 * Synthesizes the app without bundling, unless that was done in this run already.
 *
 * @param folder keeps what was synthesized, for all processes of a run
 * @param context settings of the app, as `cdk --context` would give them
 * @throws Error that names every setting at fault
 */
export async function synthesizedOnce(
  folder: string,
  context: Readonly<Record<string, unknown>>,
): Promise<readonly Stack[]> {
  const settings = JSON.stringify(Object.entries(context).sort());
  const path = join(folder, `stacks-${createHash('sha256').update(settings).digest('hex')}.json`);
  if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8')) as readonly Stack[];
  // Loaded here and not above: loading the library takes longer than all else.
  const { buildApp } = await import('../../lib/app.ts');
  const outdir = await mkdtemp(join(folder, 'assembly-'));
  try {
    const assembly = buildApp({ bundle: false, context, outdir }).synth();
    const stacks = assembly.stacksRecursively.map(({ stackName, template }) => ({
      name: stackName,
      template,
    }));
    // Renamed when it is complete: another process may be about to read it.
    const written = join(outdir, 'stacks.json');
    await writeFile(written, JSON.stringify(stacks));
    await rename(written, path);
    return stacks;
  } finally {
    await rm(outdir, { recursive: true });
  }
}
