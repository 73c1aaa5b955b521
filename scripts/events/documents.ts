import { asyncApiDocument } from '../../contract/events/asyncapi.ts';
import { exampleOf } from '../../contract/events/examples.ts';
import { eventJsonSchema, schemaName } from '../../contract/events/json-schema.ts';
import { EVENT_CATALOGUE } from '../../contract/events.ts';
import { readme } from './readme.ts';

/** @returns the generated files of `docs/events`, by name. */
export function eventDocuments(): ReadonlyMap<string, string> {
  return new Map([
    ...eventSchemas(),
    ['asyncapi.json', json(asyncApiDocument())],
    ['README.md', readme(EVENT_CATALOGUE)],
  ]);
}

/** @returns the schema of each event with an example, by file name. */
export function eventSchemas(): ReadonlyMap<string, string> {
  return new Map(
    EVENT_CATALOGUE.map((event) => [
      `${schemaName(event)}.json`,
      json({ ...eventJsonSchema(event), examples: [exampleOf(event)] }),
    ]),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
