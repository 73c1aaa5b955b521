import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakingChanges } from '../../contract/events/compatibility.ts';
import { eventSchemas } from './documents.ts';

/**
 * Compares today's schemas with the published ones.
 *
 * @param folder the folder of the published schemas
 * @returns one sentence for each incompatible change
 */
export function brokenPromises(folder: string): readonly string[] {
  const current = eventSchemas();
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => {
      const schema = current.get(name);
      if (schema === undefined) return [`${name} was published, and the event no longer exists`];
      const published = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return breakingChanges(published, JSON.parse(schema)).map((change) => `${name}: ${change}`);
    });
}
