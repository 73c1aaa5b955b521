import type { HttpAnswer } from '../../middleware/http.ts';
import { escapeHtml, htmlPage } from '../html.ts';

/** The parts of an OpenAPI document that the page shows. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
}

interface OperationObject {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema?: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<Record<string, { readonly description: string }>>;
}

const STYLE = `
details { border-top: 1px solid var(--line); padding: .5rem 0; } summary { cursor: pointer; }
summary code { font-weight: 600; } .verb { display: inline-block; min-width: 4.5rem; color: var(--mark); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { font-family: ui-monospace, monospace; } dd { margin: 0; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
`;

/** The OpenAPI document as a page for people, without a script. */
export function documentationPage(document: unknown): HttpAnswer {
  const {
    info,
    paths = {},
    components,
  } = document as Document & { components?: { schemas?: Record<string, Schema> } };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OperationObject>).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? '');
  const sections = [...groups].map(
    ([tag, all]) =>
      `<h2>${escapeHtml(tag)}</h2>${all.map(({ path, method, operation }) => section(path, method, operation)).join('')}`,
  );
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary>${properties(schema)}</details>`,
  );
  const body = `<h1>${escapeHtml(info.title)} <small>${escapeHtml(info.version)}</small></h1>
<p>${escapeHtml(info.description ?? '')} The same for programs: <a href="/openapi.json">openapi.json</a>.</p>
${sections.join('')}<h2>Schemas</h2>${schemas.join('')}`;
  return htmlPage({ status: 200, title: `${info.title} API`, body, style: STYLE, listed: true });
}

function section(path: string, method: string, operation: OperationObject): string {
  const scopes = (operation.security ?? []).flatMap((requirement) => Object.values(requirement).flat());
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required, schema }) =>
      `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(place)}${required ? ', required' : ''} · ${typeOf(schema)}</dd>`,
  );
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, { description }]) => `<dt>${escapeHtml(status)}</dt><dd>${marked(description)}</dd>`,
  );
  return `<details><summary><span class="verb">${method}</span> <code>${escapeHtml(path)}</code><br><span class="soft">${escapeHtml(operation.summary)}</span></summary>
${operation.description === undefined ? '' : `<p>${marked(operation.description)}</p>`}
${scopes.length === 0 ? '' : `<p>Scope: <code>${escapeHtml(scopes.join(' '))}</code></p>`}
${parameters.length === 0 ? '' : `<dl>${parameters.join('')}</dl>`}
${body === undefined ? '' : `<p>Body: ${typeOf(body)}</p>`}
<dl>${answers.join('')}</dl></details>`;
}

function properties(schema: Schema): string {
  if (schema.properties === undefined)
    return `<p>${typeOf({ ...schema })} ${marked(schema.description ?? '')}</p>`;
  const rows = Object.entries(schema.properties).map(
    ([name, property]) =>
      `<dt>${escapeHtml(name)}</dt><dd>${typeOf(property)}${schema.required?.includes(name) ? '' : ', optional'} ${marked(property.description ?? '')}</dd>`,
  );
  return `<dl>${rows.join('')}</dl>`;
}

function typeOf(schema: Schema | undefined): string {
  if (schema === undefined) return 'anything';
  if (schema.$ref !== undefined) {
    const name = escapeHtml(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(typeOf).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return escapeHtml([schema.type ?? 'object'].flat().join(' or '));
}

/** Backticks mark code in descriptions. */
function marked(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}
