import { expect, test } from 'vitest';
import { ConnectionRequest, foreignApiHost } from '../../contract/connections.ts';

const shopify = { shop: 'acme.myshopify.com' };
const square = { merchantId: 'M1' };
const woo = { store: 'https://shop.example/wp' };

test.each([
  ['SHOPIFY', shopify, undefined, true],
  ['SHOPIFY', shopify, 'https://acme.myshopify.com', true],
  ['SHOPIFY', shopify, 'https://other.myshopify.com', false],
  ['SHOPIFY', shopify, 'https://acme.myshopify.com.evil.example', false],
  ['SHOPIFY', shopify, 'https://evil.example/acme.myshopify.com', false],
  ['SQUARE', square, 'https://connect.squareupsandbox.com', true],
  ['SQUARE', square, 'https://connect.squareup.com:8443', false],
  ['WOOCOMMERCE', woo, 'https://shop.example/api', true],
  ['WOOCOMMERCE', woo, 'https://api.shop.example', false],
] as const)('%s %j is reached at %s: %s', (kind, settings, apiBaseUrl, isOwn) => {
  const given = { kind, name: 'A', settings: { ...settings, ...(apiBaseUrl && { apiBaseUrl }) } };
  expect(foreignApiHost(ConnectionRequest.parse(given)) === null).toBe(isOwn);
});
