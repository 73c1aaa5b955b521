import * as z from 'zod';
import type { CataloguedEvent } from './catalogue.ts';

/** A JSON Schema (draft 2020-12), as far as it is looked into here. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly [keyword: string]: unknown;
}

/** The file that describes an event, for example `OrderShipped.v1`. */
export function schemaName({ type, version }: Pick<CataloguedEvent, 'type' | 'version'>): string {
  return `${type}.v${version}`;
}

/**
 * The schema of an event for those who read it: fields may be added to events at any time, so none is refused.
 */
export function eventJsonSchema(event: CataloguedEvent): JsonSchema {
  const schema = z.toJSONSchema(event.schema, {
    target: 'draft-2020-12',
    // What is written on the bus is what would be read again, before anything is made of it.
    io: 'input',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
      // The format says it, and better for people.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.example;
      delete jsonSchema.id;
    },
  });
  const { $schema, ...rest } = schema as JsonSchema;
  return {
    $schema,
    $id: `${schemaName(event)}.json`,
    title: event.type,
    description: event.meaning,
    ...rest,
  };
}
