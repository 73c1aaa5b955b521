// @module-tag long
import { readFileSync } from 'node:fs';
import { BreakingChangeType, buildSchema, findBreakingChanges } from 'graphql';
import { expect, test } from 'vitest';
import { adminSchemas } from '../../scripts/shopify/admin-schemas.ts';

const standIn = buildSchema(
  readFileSync(new URL('../../local/fakes/shopify.graphql', import.meta.url), 'utf8'),
);

/** Enumerations of all countries and currencies, which the stand-in repeats from orders as text. */
const REPEATED = ['MailingAddress.countryCodeV2', 'Order.currencyCode'];

/**
 * The stand-in answers every query of ours by its own schema, and refuses what that lacks. So where nothing that this
 * schema has is missing or other in Shopify's, each query is valid there and each answer is one that Shopify can give.
 */
test('what the stand-in knows of the Admin API is so in each of its versions', async (context) => {
  const schemas = await adminSchemas();
  // Where the check has to be complete, what cannot be checked fails.
  if (schemas === null && process.env.CI !== 'true')
    return context.skip('no package registry is reached, which has the schemas of Shopify');
  if (schemas === null) throw new Error('the schemas of Shopify cannot be fetched');
  expect([...schemas.keys()]).toEqual(['2025-10', '2026-01', '2026-04', '2026-07', '2026-10']);
  const differences = [...schemas].flatMap(([version, schema]) =>
    findBreakingChanges(standIn, schema)
      .filter(({ type }) => type !== BreakingChangeType.DIRECTIVE_LOCATION_REMOVED)
      .filter(
        ({ description }) => !REPEATED.some((field) => description.startsWith(`Field ${field} changed`)),
      )
      .map(({ description }) => `${version}: ${description}`),
  );
  expect(differences).toEqual([]);
}, 240_000);
