import { escapeHtml } from '../html.ts';

/** The parts of a JSON Schema that the page shows. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly example?: unknown;
}

/** A schema as HTML: its type in words, and its fields below where it has any. */
export function schemaHtml(schema: Schema): string {
  const objects = objectsIn(schema);
  if (objects.length === 0) return `<p>${typeOf(schema)}${hints(schema)}</p>`;
  return objects.map(fields).join('<p class="soft">or</p>');
}

/** The objects with fields that a schema stands for, without those that have a name of their own. */
function objectsIn(schema: Schema): readonly Schema[] {
  if (schema.$ref !== undefined) return [];
  if (schema.items !== undefined) return objectsIn(schema.items);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.flatMap(objectsIn);
  return schema.properties === undefined || Object.keys(schema.properties).length === 0 ? [] : [schema];
}

function fields({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, property]) => {
    const optional = required.includes(name) ? '' : ' <span class="soft">optional</span>';
    const nested = objectsIn(property).map(fields).join('<p class="soft">or</p>');
    return `<dt><code>${escapeHtml(name)}</code>${optional}</dt><dd>${typeOf(property)}${hints(property)}${nested}</dd>`;
  });
  return `<dl class="fields">${rows.join('')}</dl>`;
}

/** A type in words, with links to the schemas that have a name. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schemaLink(schema.$ref.split('/').at(-1) ?? '');
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' or ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  const words = [schema.type ?? 'anything'].flat().join(' or ');
  return escapeHtml(schema.format === undefined ? words : `${words} (${schema.format})`);
}

/** What a value must keep to, and what it means. */
export function hints(schema: Schema): string {
  const { minimum, maximum, minItems, maxItems, maxLength, description } = schema;
  const said: string[] = [];
  const range = (from: number | undefined, to: number | undefined, unit: string) => {
    const top = to !== undefined && to < Number.MAX_SAFE_INTEGER ? to : undefined;
    const bottom = from !== undefined && from > Number.MIN_SAFE_INTEGER ? from : undefined;
    if (bottom !== undefined && top !== undefined) said.push(`${number(bottom)} to ${number(top)}${unit}`);
    else if (bottom !== undefined) said.push(`at least ${number(bottom)}${unit}`);
    else if (top !== undefined) said.push(`at most ${number(top)}${unit}`);
  };
  range(minimum, maximum, '');
  range(minItems, maxItems, ' entries');
  if (schema.format === undefined) range(undefined, maxLength, ' characters');
  if (schema.default !== undefined) said.push(`default ${literal(schema.default)}`);
  if (schema.example !== undefined) said.push(`such as ${literal(schema.example)}`);
  if (description !== undefined) said.push(marked(description));
  return said.length === 0 ? '' : ` <span class="soft">· ${said.join(' · ')}</span>`;
}

/** Backticks mark code in descriptions. */
export function marked(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function literal(value: unknown): string {
  if (value === '') return 'empty';
  return `<code>${escapeHtml(typeof value === 'string' ? value : JSON.stringify(value))}</code>`;
}

function schemaLink(name: string): string {
  return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
}

const NUMBER = new Intl.NumberFormat('en');
const number = (value: number) => NUMBER.format(value);
