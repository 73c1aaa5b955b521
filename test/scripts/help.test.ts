import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..', '..');
const run = promisify(execFile);

const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};
/** The commands that run a file of ours, with the file; the others run a tool that has a help of its own. */
const own = Object.entries(scripts).flatMap(([name, command]) => {
  const file = /^node (?:--\S+ )*((?:scripts|local|bench)\/\S+\.ts)$/.exec(command)?.[1];
  return file === undefined ? [] : [[name, file] as const];
});
const TOOLS = ['postinstall', 'test:full', 'synth', 'synth:example', 'deploy', 'format'];

async function expectHelp(name: string, file: string): Promise<void> {
  // A loop that nothing listens at: whoever needed one would say so.
  const env = { ...process.env, ORDER_LOOP_URL: 'http://127.0.0.1:9', PORT: '9' };
  const { stdout, stderr } = await run(process.execPath, [file, '--help'], { cwd: ROOT, env });
  expect(stdout).toMatch(new RegExp(`npm (run )?${name}\\b`));
  expect(stdout).not.toContain('*');
  expect(stderr).toBe('');
}

describe('npm run … --help', () => {
  test('every command of the project has one', () => {
    const names = own.map(([name]) => name);
    expect(Object.keys(scripts).filter((name) => !names.includes(name))).toEqual(TOOLS);
  });

  const isFirst = ([name]: readonly [string, string]) => ['start', 'test', 'demo'].includes(name);

  test.concurrent.each(own.filter(isFirst))(
    '%s says what it does, and does nothing',
    { timeout: 60_000 },
    expectHelp,
  );

  test.concurrent.each(own.filter((each) => !isFirst(each)))(
    '%s does likewise',
    { timeout: 60_000, tags: 'long' },
    expectHelp,
  );

  test('an unknown option is named, with the help', { timeout: 60_000 }, async () => {
    const wrong = run(process.execPath, ['scripts/demo.ts', '--oders', '3'], { cwd: ROOT });
    await expect(wrong).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--oders[\s\S]*npm run demo/),
    });
  });
});
