import * as z from 'zod';
import type { CataloguedEvent } from './catalogue.ts';

/** A JSON Schema (draft 2020-12), as far as this code reads it. */
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

/** @returns the name of the schema file of an event, for example `OrderShipped.v1`. */
export function schemaName({ type, version }: Pick<CataloguedEvent, 'type' | 'version'>): string {
  return `${type}.v${version}`;
}

/**
 * @returns the JSON Schema of an event for its readers. Additional properties are allowed, because a version may gain
 *   fields at any time.
 */
export function eventJsonSchema(event: CataloguedEvent): JsonSchema {
  const schema = z.toJSONSchema(event.schema, {
    target: 'draft-2020-12',
    // The bus carries the input of the schema, before any transformation.
    io: 'input',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
      // The format says the same and is easier to read.
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
