import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Schema } from './schema-values.ts';

interface Content {
  readonly schema?: Schema;
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface DescribedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>>; readonly headers?: Headers }>
  >;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

type Headers = Readonly<Record<string, { readonly required?: boolean; readonly schema: Schema }>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One operation of the document, with what checks its answers. */
export interface Described {
  /** For example `PATCH /v1/orders/{orderId}`. */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly mediaType: string; readonly schema: Schema } | null;
  /** The header that carries a signature, where one is asked for. */
  readonly signatureHeader: string | null;
  /** @returns what an answer has that the document does not say, or null when it is as described. */
  fault(answer: ReceivedAnswer): string | null;
}

export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

const BASE = 'urn:order-loop:openapi';
const BEARER = 'accessToken';

/** Reads a served OpenAPI 3.1 document. */
export function readDescription(document: Document): {
  readonly operations: readonly Described[];
  resolve(reference: string): Schema;
} {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: BASE, components: document.components });
  const compiled = new Map<Schema, ValidateFunction>();
  const validator = (schema: Schema): ValidateFunction => {
    const validate = compiled.get(schema) ?? ajv.compile(withBase(schema) as object);
    compiled.set(schema, validate);
    return validate;
  };
  const violations = (schema: Schema, value: unknown): string | null => {
    const validate = validator(schema);
    return validate(value) ? null : ajv.errorsText(validate.errors);
  };

  const fault = ({ responses }: DescribedOperation, { status, headers, body }: ReceivedAnswer) => {
    if (status >= 500) return `a failure of our own: ${JSON.stringify(body)}`;
    const described = responses[status];
    if (described === undefined) return `no such status is described: ${JSON.stringify(body)}`;
    for (const [name, header] of Object.entries(described.headers ?? {})) {
      const given = headers[name.toLowerCase()];
      if (given === undefined && header.required) return `no header ${name}`;
      const wrong = given === undefined ? null : violations(header.schema, given);
      if (wrong !== null) return `header ${name}: ${wrong}`;
    }
    const content = described.content ?? {};
    const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
    if (Object.keys(content).length === 0) return body === '' ? null : 'a body where none is described';
    const schema = (content[type] ?? content['*/*'])?.schema;
    if (content[type] === undefined && content['*/*'] === undefined)
      return `the type ${type} is not described`;
    return schema === undefined || !type.includes('json') ? null : violations(schema, body);
  };

  return {
    operations: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Described => {
        const [content] = Object.entries(operation.requestBody?.content ?? {});
        const [security = {}] = operation.security ?? [];
        const [signature = BEARER] = Object.keys(security);
        return {
          key: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          parameters: operation.parameters ?? [],
          body: content === undefined ? null : { mediaType: content[0], schema: content[1].schema ?? {} },
          signatureHeader: signature === BEARER ? null : signature.toLowerCase(),
          fault: (answer) => fault(operation, answer),
        };
      }),
    ),
    resolve(reference) {
      const name = reference.split('/').at(-1) ?? '';
      const schema = document.components.schemas[name];
      if (schema === undefined) throw new Error(`${reference} is nowhere in the document`);
      return schema;
    },
  };
}

/** References lead into the document, wherever the schema with them stands. */
function withBase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string' && inner.startsWith('#')
        ? `${BASE}${inner}`
        : withBase(inner),
    ]),
  );
}
