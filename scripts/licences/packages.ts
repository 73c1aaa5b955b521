import { readFileSync } from 'node:fs';

/** A package that goes out with the product. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression, for example `MIT` or `(MIT OR Apache-2.0)`. */
  readonly licence: string;
}

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, Locked>>;

const REPOSITORY = new URL('../../', import.meta.url);

/** Licences that ask for a notice at most; anything else is looked at by a person first. */
const PERMISSIVE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'Unlicense',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
]);

/** What the console is made of, beside what it takes from the functions; all of it is bundled into one file. */
const CONSOLE = [
  '@mantine/charts',
  '@mantine/core',
  '@mantine/hooks',
  '@mantine/notifications',
  '@tanstack/react-query',
  '@tanstack/react-virtual',
  'oidc-client-ts',
  'react',
  'react-dom',
  'recharts',
  'wouter',
];

/** Packages by where they go: what runs in Lambda, and what a browser is sent. */
export function shippedPackages(): {
  readonly functions: LicensedPackage[];
  readonly console: LicensedPackage[];
} {
  const lock = (JSON.parse(read('package-lock.json')) as { packages: Lock }).packages;
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  return { functions: closure(lock, Object.keys(dependencies)), console: closure(lock, CONSOLE) };
}

/** Whether one of the licences that a package may be had under is permissive. */
export function isPermissive({ licence }: LicensedPackage): boolean {
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => PERMISSIVE.has(each)));
}

function read(file: string): string {
  return readFileSync(new URL(file, REPOSITORY), 'utf8');
}

/** Packages and all that they need, by the lockfile. */
function closure(lock: Lock, roots: readonly string[]): LicensedPackage[] {
  const found = new Map<string, LicensedPackage>();
  const waiting = roots.map((name) => ({ name, from: '' }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolve(lock, next.name, next.from);
    const locked = path === null ? undefined : lock[path];
    if (path === null || locked === undefined || found.has(path)) continue;
    found.set(path, { name: next.name, version: locked.version, licence: locked.license ?? 'unknown' });
    const { dependencies, optionalDependencies, peerDependencies } = locked;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      waiting.push({ name, from: path });
    }
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** Where Node finds a package: beside the one that needs it, or further up. Null for an optional one that is absent. */
function resolve(lock: Lock, name: string, from: string): string | null {
  for (
    let folder = from;
    folder !== '';
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    const path = `${folder}/node_modules/${name}`;
    if (lock[path] !== undefined) return path;
  }
  const top = `node_modules/${name}`;
  return lock[top] === undefined ? null : top;
}
