import type { HttpAnswer } from '../../middleware/http.ts';
import { escapeHtml, htmlPage } from '../html.ts';
import { hints, marked, type Schema, schemaHtml, typeOf } from './schema.ts';

/** The parts of an OpenAPI document that the page shows. */
interface Described {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Section {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const STYLE = `
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.3rem; } h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
details, section { border: 1px solid var(--line); border-radius: .5rem; margin-top: .5rem; } details[open] { background: var(--card); }
summary { cursor: pointer; padding: .6rem .9rem; } details > div, section { padding: 0 .9rem .9rem; } :target { border-color: var(--mark); }
.verb { display: inline-block; min-width: 4.2rem; font: 600 .8rem/1.6 ui-monospace, Menlo, monospace; color: var(--mark); }
summary code { font-weight: 600; } .says { display: block; padding-left: 5.1rem; color: var(--soft); }
dl { margin: 0; display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .3rem 1.25rem; } dd { margin: 0; } dd dl { margin: .4rem 0; padding-left: .75rem; border-left: 3px solid var(--line); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; overflow-x: auto; overflow-wrap: normal; margin: .5rem 0; } details[open] pre { background: var(--paper); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .6rem; } .says { padding-left: 0; } }
`;

/** An OpenAPI document as a page for people, without a script. */
export function documentationPage(document: unknown): HttpAnswer {
  const { info, tags = [], paths = {}, components } = document as Described;
  const all: readonly Section[] = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
  const groups = tags.map(({ name, description = '' }) => {
    const sections = all.filter(({ operation }) => operation.tags.includes(name));
    return `<h2 id="${anchor(name)}">${escapeHtml(name)}</h2><p class="soft">${marked(description)}</p>${sections.map(section).join('')}`;
  });
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<section id="schema-${escapeHtml(name)}"><h3><code>${escapeHtml(name)}</code></h3>${schemaHtml(schema)}</section>`,
  );
  const links = [...tags.map(({ name }) => [anchor(name), name]), ['schemas', 'Schemas']].map(
    ([target = '', name = '']) => `<li><a href="#${target}">${escapeHtml(name)}</a></li>`,
  );
  const body = `<h1>${escapeHtml(info.title)} <span class="soft">${escapeHtml(info.version)}</span></h1>
<p>${marked(info.description ?? '')} For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<nav aria-label="Contents"><ul>${links.join('')}</ul></nav>
${groups.join('')}
<h2 id="schemas">Schemas</h2><p class="soft">What bodies and answers are made of.</p>${schemas.join('')}`;
  return htmlPage({ status: 200, title: `${info.title} API`, body, style: STYLE, listed: true });
}

function section({ method, path, operation }: Section): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  return `<details id="${escapeHtml(operationId)}"><summary><span class="verb">${method}</span><code>${escapeHtml(path)}</code><span class="says">${marked(summary)}</span></summary><div>
${description === undefined ? '' : `<p>${marked(description)}</p>`}
<p>${access(operation)}</p>
${parameters.length === 0 ? '' : `<h3>Parameters</h3><dl>${parameters.map(parameter).join('')}</dl>`}
${requestBody === undefined ? '' : requested(requestBody)}
<h3>Answers</h3><dl>${Object.entries(responses).map(answer).join('')}</dl></div></details>`;
}

/** Who may ask: by a scope, by a signature, or anyone. */
function access({ security = [] }: Operation): string {
  const [requirement] = security;
  if (requirement === undefined) return 'Needs no access token.';
  const said = Object.entries(requirement).map(([scheme, scopes]) =>
    scopes.length === 0
      ? `Signed in the header <code>${escapeHtml(scheme)}</code>.`
      : `Needs the scope <code>${escapeHtml(scopes.join(' '))}</code>.`,
  );
  return said.join(' ');
}

function parameter({ in: place, name, required = false, schema }: Parameter): string {
  return `<dt><code>${escapeHtml(name)}</code> <span class="soft">${escapeHtml(place)}${required ? '' : ', optional'}</span></dt><dd>${typeOf(schema)}${hints(schema)}</dd>`;
}

function requested({ required = false, content }: NonNullable<Operation['requestBody']>): string {
  const bodies = Object.entries(content).map(([mediaType, { schema = {}, example }]) => {
    const shown =
      example === undefined ? '' : `<pre><code>${escapeHtml(JSON.stringify(example, null, 2))}</code></pre>`;
    const isNamed = schema.$ref !== undefined;
    return `<p>${isNamed ? typeOf(schema) : ''} <span class="soft">${escapeHtml(mediaType)}${required ? '' : ', may be left out'}</span></p>${isNamed ? '' : schemaHtml(schema)}${shown}`;
  });
  return `<h3>Body</h3>${bodies.join('')}`;
}

function answer([status, { description, content = {} }]: [string, Operation['responses'][string]]): string {
  const isProblem = Number(status) >= 400;
  const types = Object.values(content).map(({ schema = {} }) => typeOf(schema));
  const type = isProblem || types.length === 0 ? '' : ` <span class="soft">·</span> ${types.join(' or ')}`;
  return `<dt><code>${escapeHtml(status)}</code></dt><dd>${marked(description)}${type}</dd>`;
}

function anchor(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
