import { readFileSync } from 'node:fs';

/** A deployed package. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression, for example `MIT` or `(MIT OR Apache-2.0)`. */
  readonly licence: string;
  /** The digest of its content, as the lockfile has it: `sha512-` and base64. */
  readonly integrity?: string;
}

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, Locked>>;

const REPOSITORY = new URL('../../', import.meta.url);

/** Licences that require a notice at most; a person must check any other. */
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

/** Packages of the console besides those it shares with the functions. */
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

/** Packages by target: Lambda functions, and the browser. */
export function shippedPackages(): {
  readonly functions: LicensedPackage[];
  readonly console: LicensedPackage[];
} {
  const lock = (JSON.parse(read('package-lock.json')) as { packages: Lock }).packages;
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  return { functions: closure(lock, Object.keys(dependencies)), console: closure(lock, CONSOLE) };
}

/** @returns whether one of the alternative licences of a package is permissive. */
export function isPermissive({ licence }: LicensedPackage): boolean {
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => PERMISSIVE.has(each)));
}

function read(file: string): string {
  return readFileSync(new URL(file, REPOSITORY), 'utf8');
}

/** @returns packages with their transitive dependencies, from the lockfile. */
function closure(lock: Lock, roots: readonly string[]): LicensedPackage[] {
  const found = new Map<string, LicensedPackage>();
  const waiting = roots.map((name) => ({ name, from: '' }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolve(lock, next.name, next.from);
    const locked = path === null ? undefined : lock[path];
    if (path === null || locked === undefined || found.has(path)) continue;
    const { version, integrity, license = statedIn(path) } = locked;
    const digest = integrity === undefined ? {} : { integrity };
    found.set(path, { name: next.name, version, licence: license, ...digest });
    const { dependencies, optionalDependencies, peerDependencies } = locked;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      waiting.push({ name, from: path });
    }
  }
  return [...found.values()].sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** @returns the licence that an old package states in a list; npm does not take it into the lockfile. */
function statedIn(path: string): string {
  const { licenses = [] } = JSON.parse(read(`${path}/package.json`)) as { licenses?: { type: string }[] };
  return licenses.map(({ type }) => type).join(' OR ') || 'unknown';
}

/** @returns where Node resolves a package: next to its dependent, or further up; null for an absent optional one. */
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
