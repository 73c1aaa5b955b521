import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../lib/app.ts';
import { validateDefinition } from '../workflow/steps.ts';
import { readTemplate } from './read-template.ts';

/** Prints the app's stacks as JSON; the parameter is the app's context as JSON (see `synthesize.ts`). */
const context = JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>;
const outdir = mkdtempSync(join(tmpdir(), 'order-loop-assembly-'));
try {
  const assembly = buildApp({ bundle: false, context: { ...context, hostConsole: false }, outdir }).synth();
  const stacks = assembly.stacksRecursively.map(({ stackName, template }) => ({ name: stackName, template }));
  for (const { definition } of readTemplate(stacks, 'http://api', 'http://aws').stateMachines)
    validateDefinition(definition);
  process.stdout.write(JSON.stringify(stacks));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
