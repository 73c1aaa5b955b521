import { describe, expect, test } from 'vitest';
import { csvOf } from '../../console/src/finance/csv.ts';
import { emptyLine, totalOf, wantedBySku } from '../../console/src/intake/draft.ts';
import { amendmentOf, draftOf } from '../../console/src/order/amendment.ts';
import { sentenceOf } from '../../console/src/order/event-sentences.ts';
import { EVENT_CATALOGUE } from '../../contract/events/catalogue.ts';
import { exampleOf } from '../../contract/events/examples.ts';
import type { Invoice } from '../../contract/invoices.ts';
import type { OrderResponse } from '../../contract/responses.ts';
import { extend, sum } from '../../domain/money.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import fc from '../../testing/fast-check.ts';

describe('the history', () => {
  const ofOrders = EVENT_CATALOGUE.filter(({ subject }) => subject === 'order');
  test.each(ofOrders.map((event) => [event.type, event] as const))(
    'puts %s into a sentence',
    (type, event) => {
      const { data } = exampleOf(event);
      const sentence = sentenceOf({ type, data } as OrderEvent, 'USD');
      if (sentence === null) expect(['OrderDelivered', 'OrderClosed', 'OrderVoided']).toContain(type);
      else {
        expect(sentence).toMatch(/^\S.*\.$/);
        expect(sentence).not.toMatch(/undefined|null|NaN|\[object|\.\./);
      }
    },
  );
});

describe('an order that is being typed', () => {
  const price = fc.stringMatching(/^(0|[1-9]\d{0,5})(\.\d{1,6})?$/);
  const line = fc.record({ unitPrice: price, quantity: fc.integer({ min: 1, max: 1_000_000 }) });
  test('comes to what the API will say', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('USD', 'JPY', 'EUR', 'KWD'),
        (drafts, currency) => {
          const total = totalOf(
            drafts.map((draft, key) => ({ ...emptyLine(key), ...draft })),
            currency,
          );
          const amounts = drafts.map(({ unitPrice, quantity }) => extend(unitPrice, quantity, currency));
          expect(total).toBe(sum(amounts, currency));
        },
      ),
    );
  });

  test.each(['', '.', '1.', 'abc', '1,50', '-1', '1e3'])('has no total with the price %j', (unitPrice) => {
    expect(totalOf([{ ...emptyLine(1), unitPrice }], 'USD')).toBeNull();
  });

  test('has no total in a currency that is half typed', () => {
    expect(totalOf([{ ...emptyLine(1), unitPrice: '1' }], 'US')).toBeNull();
  });

  test('asks of a SKU what all of its lines ask', () => {
    const lines = [150, 150].map((quantity, key) => ({ ...emptyLine(key), sku: ' A ', quantity }));
    expect([...wantedBySku(lines)]).toEqual([['A', 300]]);
  });
});

describe('an amendment', () => {
  const order = {
    shipTo: { address1: '1 Quarry Road', city: 'Boise' },
    customer: { name: 'Ada' },
    lines: [{ lineNumber: 1, quantity: 2, unitPrice: '1.00' }],
  } as OrderResponse;

  test('is nothing while nothing is different', () => {
    expect(amendmentOf(order, draftOf(order))).toBeNull();
  });

  test('holds what is different, and an address as a whole', () => {
    const draft = { ...draftOf(order), 'shipTo city': 'Nampa', 'quantity 1': '3' };
    expect(amendmentOf(order, draft)).toEqual({
      shipTo: { address1: '1 Quarry Road', city: 'Nampa' },
      lines: [{ lineNumber: 1, quantity: 3 }],
    });
  });
});

test.each([
  ['=1+1', "'=1+1"],
  ['  +1', "'  +1"],
  ['a;=cmd', "a;'=cmd"],
  ['a, @SUM(A1)', "a,' @SUM(A1)"],
  ['a\t-1', "a\t'-1"],
  ['a\r\n=1', "a\r\n'=1"],
  ['a"=1', `a""'=1`],
  ['\uff1d1', "'\uff1d1"],
  ['C-88 = x', 'C-88 = x'],
])('the cell %j is no formula with commas, semicolons or tabs', (name, shown) => {
  const invoice = { kind: 'INVOICE', customer: { name }, total: '1.00' } as Invoice;
  expect(csvOf([{ ...invoice, invoiceId: 'I', orderId: 'O' }])).toContain(`,"${shown}",`);
});

test('a file of invoices holds no formula that somebody else wrote, and credits below zero', () => {
  const invoice = {
    invoiceId: 'I1',
    kind: 'CREDIT_NOTE',
    orderId: 'O1',
    customer: { name: '=HYPERLINK("x")' },
    invoiceDate: '2026-03-10',
    currency: 'USD',
    total: '5.00',
  } as Invoice;
  expect(csvOf([invoice]).split('\r\n')[1]).toBe(
    `"I1","CREDIT_NOTE","O1","'=HYPERLINK(""x"")","",2026-03-10,,USD,-5.00`,
  );
});
