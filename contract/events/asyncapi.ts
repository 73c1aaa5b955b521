import { EVENT_CATALOGUE } from './catalogue.ts';
import { exampleOf } from './examples.ts';
import { eventJsonSchema, schemaName } from './json-schema.ts';

const BUS = 'order-loop';

/** The AsyncAPI 3.0 description of the bus, generated from the schemas that `parseEvent` validates with. */
export function asyncApiDocument() {
  const messages = EVENT_CATALOGUE.map((event) => {
    const { $schema: _, $id: __, ...schema } = eventJsonSchema(event);
    return {
      name: schemaName(event),
      message: {
        name: event.type,
        title: event.type,
        summary: event.meaning,
        contentType: 'application/json',
        payload: {
          schemaFormat: 'application/schema+json;version=draft-2020-12',
          schema: inlined(schema, schemaName(event)),
        },
        examples: [{ name: event.type, payload: exampleOf(event) }],
      },
    };
  });
  const names = messages.map(({ name }) => name);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Order Loop events',
      version: '1.0.0',
      description:
        'Events of orders and stock on an Amazon EventBridge bus. The event is in `detail`, under the source ' +
        '`order-loop`; `detail-type` is its name. Delivery is at least once: repeats have the same `eventId`, and ' +
        '`sequence` shows gaps and the sequence of the events of one order, or one lot.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      loop: {
        address: BUS,
        title: 'The bus of the loop',
        description: 'The name of the bus contains the stage, except for the stage `dev`.',
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      publishEvents: {
        action: 'send',
        summary: 'The loop publishes its events.',
        channel: { $ref: '#/channels/loop' },
        messages: names.map((name) => ({ $ref: `#/channels/loop/messages/${name}` })),
      },
    },
    components: { messages: Object.fromEntries(messages.map(({ name, message }) => [name, message])) },
  };
}

/** Rewrites the references of a stand-alone schema for its place in the document. */
function inlined(schema: unknown, name: string): unknown {
  const text = JSON.stringify(schema);
  return JSON.parse(text.replaceAll('"#/$defs/', `"#/components/messages/${name}/payload/schema/$defs/`));
}
