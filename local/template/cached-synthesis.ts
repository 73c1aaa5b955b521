import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CACHE } from '../cache.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** Whatever a synthesis may read. */
const SOURCES = [
  '{bin,contract,domain,functions,lib,local,statemachines}/**/*.{ts,json}',
  'package-lock.json',
];

const Kept = z.object({ key: z.string(), stacks: z.array(z.unknown()) });

/** What was synthesized before, for as long as nothing that it was made of has changed. */
export interface CachedSynthesis {
  /** @returns the stacks, or null where they are to be synthesized */
  find(): readonly unknown[] | null;
  keep(stacks: readonly unknown[]): void;
}

/**
 * Opens the cache of one context. It holds one synthesis, and is no more than a saving: what cannot be read or written
 * is synthesized.
 *
 * @param context settings of the app
 */
export function cachedSynthesis(context: Readonly<Record<string, unknown>>): CachedSynthesis {
  const settings = JSON.stringify(context);
  const path = join(CACHE, `template-${sha256(settings).slice(0, 16)}.json`);
  const key = sha256([process.version, settings, ...digests()].join('\n'));
  return {
    find() {
      try {
        const kept = Kept.parse(JSON.parse(readFileSync(path, 'utf8')));
        return kept.key === key ? kept.stacks : null;
      } catch {
        return null;
      }
    },
    keep(stacks) {
      const written = `${path}.${process.pid}`;
      try {
        mkdirSync(CACHE, { recursive: true });
        writeFileSync(written, JSON.stringify({ key, stacks }));
        renameSync(written, path);
      } catch {
        // A checkout that may not be written to is synthesized at each start.
      }
    },
  };
}

function digests(): readonly string[] {
  return globSync(SOURCES, { cwd: REPOSITORY })
    .sort()
    .map((file) => `${file} ${sha256(readFileSync(join(REPOSITORY, file)))}`);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
