import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Runs stages as `.ci/run` does. */
function stages(script: string, environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout } = spawnSync(
    'bash',
    ['-euo', 'pipefail', '-c', `. .ci/skips.sh\n${script}\nreport_skipped`],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', ...environment },
    },
  );
  return { status, stdout };
}

test('a stage that cannot run is left out where that is allowed, and is named at the end', () => {
  const { status, stdout } = stages("optional audit bash -c 'exit 3'\noptional patterns true");
  expect(status).toBe(0);
  expect(stdout).toMatch(/1 stages were left out[\s\S]*audit: /);
  expect(stages('optional patterns true').stdout).toContain('every stage ran');
});

test.each([
  ['that no list allows to be left out', "optional patterns bash -c 'exit 3'", {}],
  ['that this machine must run', "optional audit bash -c 'exit 3'", { CI_MUST_RUN: 'scan audit' }],
  ['of a machine that must run all', "optional scan bash -c 'exit 3'", { CI_MUST_RUN: 'all' }],
])('a stage %s fails where it cannot run', (_, script, environment) => {
  const { status, stdout } = stages(script, environment);
  expect(status).toBe(1);
  expect(stdout).toMatch(/FAILED: the stage '\w+' cannot run/);
});

test('a stage that fails ends the run with its own code', () => {
  expect(stages("optional audit bash -c 'exit 7'").status).toBe(7);
});

test('the run swallows no exit code by itself', () => {
  const run = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
  expect(run).not.toMatch(/npm run [\w:]+ \|\|/);
  expect(run.trimEnd()).toMatch(/report_skipped$/);
});
