import { describe, expect, test } from 'vitest';
import * as requests from '../../contract/requests.ts';

const ORDER = {
  currency: 'USD',
  customer: { name: 'IRONRIDGE Construction' },
  lines: [{ sku: 'LMB-BRS-001', quantity: 1, unitPrice: '20.00' }],
};

/** What is said of a request, as `field: sentence`. */
function said(schema: { safeParse: typeof requests.OrderRequest.safeParse }, request: unknown): string {
  const { error } = schema.safeParse(request);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

const order = (change: object) => said(requests.OrderRequest, { ...ORDER, ...change });
const line = (change: object) => order({ lines: [{ ...ORDER.lines[0], ...change }] });

describe('what is refused says in a sentence how it should be', () => {
  test.each([
    ['Germany', 'DE'],
    ['Deutschland', 'DE'],
    ['de', 'DE'],
    ['UK', 'GB'],
  ])('country %s', (country, code) => {
    expect(order({ shipTo: { country } })).toMatch(new RegExp(`^shipTo.country: .*: ${code}$`));
  });

  test.each(['XX', 'ZZ', 'Atlantis', 'USA?'])('country %s, for which there is no code', (country) => {
    expect(order({ shipTo: { country } })).toMatch(/^shipTo.country: must be a country code/);
  });

  test.each(['US', 'DE', 'GB', ''])('country %j is right', (country) => {
    expect(order({ shipTo: { country } })).toBe('');
  });

  test('money with a comma', () => {
    expect(line({ unitPrice: '12,50' })).toBe('lines.0.unitPrice: must have a decimal point: 12.50');
    expect(order({ shippingAmount: '6,00' })).toBe('shippingAmount: must have a decimal point: 6.00');
    expect(line({ unitPrice: '$12.50' })).toMatch(/^lines.0.unitPrice: must be digits with a decimal point/);
    expect(line({ unitPrice: 12.5 })).toBe('lines.0.unitPrice: must be text, not a fraction');
  });

  test('numbers, lists and words', () => {
    expect(line({ quantity: '3' })).toBe('lines.0.quantity: must be a number, not text');
    expect(line({ quantity: 0 })).toBe('lines.0.quantity: must be at least 1');
    expect(order({ lines: [] })).toBe('lines: must have at least 1 entries');
    expect(order({ customer: undefined })).toBe('customer: is missing');
    expect(order({ orderType: 'Retail' })).toBe('orderType: must be one of DTC, B2B');
    expect(order({ deliveryWindow: { start: '14.3.2026', end: '2026-03-14' } })).toMatch(
      /^deliveryWindow.start: must be a date such as 2026-03-14/,
    );
  });
});

test('nothing is refused in the words of the validator', () => {
  const wrong = [undefined, null, 'x', 1, -1, 1.5, [], {}, { x: 1 }, true];
  const sentences = Object.values(requests).flatMap((schema) => {
    if (typeof schema !== 'object' || !('shape' in schema)) return [];
    return wrong.flatMap((value) => [
      said(schema as never, value),
      ...Object.keys(schema.shape).map((field) => said(schema as never, { ...ORDER, [field]: value })),
    ]);
  });
  expect(sentences.length).toBeGreaterThan(100);
  expect(
    sentences.filter((each) => /Invalid|expected|received|Too |Unrecognized|pattern/.test(each)),
  ).toEqual([]);
});
