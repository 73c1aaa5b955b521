// @module-tag long
import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, getDirectiveValues, isObjectType } from 'graphql';
import { expect, type TestContext, test } from 'vitest';
import { API_VERSIONS } from '../../functions/channels/shopify/descriptor.ts';
import { adminSchemas } from '../../scripts/shopify/admin-schemas.ts';

const standIn = buildSchema(
  readFileSync(new URL('../../local/fakes/shopify.graphql', import.meta.url), 'utf8'),
);

/** Where the check has to be complete, what cannot be checked fails. */
async function fetched({ skip }: TestContext) {
  const schemas = await adminSchemas();
  if (schemas !== null) return schemas;
  if (process.env.CI === 'true') throw new Error('the schemas of Shopify cannot be fetched');
  return skip('no package registry is reached, which has the schemas of Shopify');
}

/** Enumerations of all countries and currencies, which the stand-in repeats from orders as text. */
const REPEATED = ['MailingAddress.countryCodeV2', 'Order.currencyCode'];

/** What stock needs, which is refused by name where the connection asks in a version without it. */
const STOCK_SINCE = '2026-01';
const OF_STOCK = /InventoryQuantityInput[.]changeFromQuantity|InventorySetQuantitiesUserErrorCode/;

/**
 * The stand-in answers every query of ours by its own schema, and refuses what that lacks. So where nothing that this
 * schema has is missing or other in Shopify's, each query is valid there and each answer is one that Shopify can give.
 */
test('what the stand-in knows of the Admin API is so in each of its versions', async (context) => {
  const schemas = await fetched(context);
  expect([...schemas.keys()]).toEqual(API_VERSIONS);
  const differences = [...schemas].flatMap(([version, { schema }]) =>
    findBreakingChanges(standIn, schema)
      .filter(({ type }) => !type.startsWith('DIRECTIVE'))
      .filter(
        ({ description }) => !REPEATED.some((field) => description.startsWith(`Field ${field} changed`)),
      )
      .filter(({ description }) => version >= STOCK_SINCE || !OF_STOCK.test(description))
      .map(({ description }) => `${version}: ${description}`),
  );
  expect(differences).toEqual([]);
}, 240_000);

test('a change of stock is recognized when it is repeated, in each version that has it', async (context) => {
  const schemas = await fetched(context);
  const argumentsOf = (schema: typeof standIn) =>
    schema.getDirective('idempotent')?.args.map(({ name, type }) => `${name}: ${type}`);
  const found = [...schemas].map(([version, { schema }]) => [version, argumentsOf(schema)]);
  expect(found).toEqual(
    API_VERSIONS.map((version) => [version, version < STOCK_SINCE ? undefined : argumentsOf(standIn)]),
  );
  expect(argumentsOf(standIn)).toEqual(['key: String!']);
}, 240_000);

test('the stand-in asks for the access scopes that Shopify asks for', async (context) => {
  const { access = [] } = (await fetched(context)).get('2026-10') ?? {};
  const directive = standIn.getDirective('access');
  if (directive == null) throw new Error('the stand-in asks for no scopes');
  const ours = new Map<string, unknown>();
  const fields: string[] = [];
  for (const type of Object.values(standIn.getTypeMap()).filter(isObjectType)) {
    for (const { name, astNode } of [type, ...Object.values(type.getFields())]) {
      const place = name === type.name ? name : `${type.name}.${name}`;
      fields.push(place);
      const scopes = astNode == null ? undefined : getDirectiveValues(directive, astNode)?.scopes;
      if (scopes !== undefined) ours.set(place, scopes);
    }
  }
  const theirs = access
    .map(({ typeName, fieldName, offlineScopes }) => ({
      place: fieldName === undefined ? typeName : `${typeName}.${fieldName}`,
      offlineScopes,
    }))
    .filter(({ place, offlineScopes }) => offlineScopes.length > 0 && fields.includes(place));
  expect(ours.size).toBeGreaterThan(20);
  // Of the fields, those of the roots: any other field needs what its type needs.
  const missing = theirs.filter(({ place }) => !place.includes('.') || /^(QueryRoot|Mutation)\./.test(place));
  expect(Object.fromEntries(ours)).toEqual(
    Object.fromEntries(missing.map(({ place, offlineScopes }) => [place, offlineScopes])),
  );
}, 240_000);
