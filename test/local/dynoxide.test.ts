import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDynoxide, type Machine } from '../../local/store/dynoxide.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-binaries-'));
  for (const name of ['dynoxide', 'dynoxide.exe']) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const machine = (name: string, given: Partial<Machine> = {}): Machine => {
  const [platform = '', arch = ''] = name.split('-');
  return { platform, arch, path: [], packageFolder: () => null, ...given };
};

describe('the embedded store is found', () => {
  test.each(PLATFORMS)('in the package for %s', (name) => {
    const asked: string[] = [];
    const packageFolder = (each: string) => {
      asked.push(each);
      return folder;
    };
    const executable = name.startsWith('win32') ? 'dynoxide.exe' : 'dynoxide';
    expect(findDynoxide(machine(name, { packageFolder }))).toBe(join(folder, executable));
    expect(asked).toEqual([`@dynoxide/${name}`]);
  });

  test('on the PATH', () => {
    expect(findDynoxide(machine('freebsd-x64', { path: ['/nowhere', folder] }))).toBe(
      join(folder, 'dynoxide'),
    );
  });
});

test('a platform without a package is named, and what to do', () => {
  expect(() => findDynoxide(machine('freebsd-x64'))).toThrow(
    'There is no embedded DynamoDB for freebsd-x64: put a dynoxide binary on the PATH, or set DYNAMODB_ENDPOINT to a DynamoDB-compatible endpoint',
  );
});

test('a package that was left out is named, and how to install it', () => {
  expect(() => findDynoxide(machine('darwin-arm64'))).toThrow(
    'run npm ci --include=optional, which installs @dynoxide/darwin-arm64',
  );
});

test('the lockfile has one package for each platform, of one version', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
  const { optionalDependencies } = read('package.json');
  const versions = new Set(PLATFORMS.map((name) => optionalDependencies[`@dynoxide/${name}`]));
  expect(versions.size).toBe(1);
  const [version] = versions;
  const { packages } = read('package-lock.json');
  for (const name of PLATFORMS) {
    const [os, cpu] = name.split('-');
    const entry = { version, os: [os], cpu: [cpu], optional: true };
    expect(packages[`node_modules/@dynoxide/${name}`]).toMatchObject(entry);
  }
});

test('the guard for machines without a shell ends the store when its starter is gone', async () => {
  const guard = join(ROOT, 'local', 'store', 'guard.ts');
  const stays = ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'];
  const guarded = spawn(process.execPath, [guard, process.execPath, ...stays], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [output] = (await once(guarded.stdout, 'data')) as [Buffer];
  const store = Number(output.toString());
  expect(process.kill(store, 0)).toBe(true);
  guarded.stdin.end();
  await once(guarded, 'exit');
  expect(() => process.kill(store, 0)).toThrow('ESRCH');
});
