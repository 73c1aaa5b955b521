import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakingChanges } from '../../contract/events/compatibility.ts';
import { eventSchemas } from './documents.ts';

/**
 * Compares what is told now with what was published.
 *
 * @param folder where the published schemas lie
 * @returns what breaks a reader, one sentence each
 */
export function brokenPromises(folder: string): readonly string[] {
  const current = eventSchemas();
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => {
      const told = current.get(name);
      if (told === undefined) return [`${name} was published, and the event is told no longer`];
      const published = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return breakingChanges(published, JSON.parse(told)).map((change) => `${name}: ${change}`);
    });
}
