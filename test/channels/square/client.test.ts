import { describe, expect, test } from 'vitest';
import { guardedFetch } from '../../../functions/adapters/guarded-fetch.ts';
import {
  ShopRefused,
  ShopUnreadable,
  type SquareOrderChange,
} from '../../../functions/channels/core/shops.ts';
import { squareAccount } from '../../../functions/channels/square/client/square-account.ts';
import { Busy } from '../../../functions/write-failures.ts';
import { LOCAL_ACCESS_TOKEN } from '../../../local/aws/credentials.ts';
import { useShops } from '../../../testing/fakes.ts';
import { squarePayload } from '../../../testing/square.ts';

const shops = useShops();

const account = (inAll = 4000, accessToken: string | undefined = LOCAL_ACCESS_TOKEN) =>
  squareAccount({
    accessToken,
    apiBaseUrl: shops.url('square'),
    deadlines: { inAll, forOne: 1000 },
    fetch: guardedFetch({ allowPrivate: true }),
  });

const { order } = JSON.parse(squarePayload('retrieve_order_01_v1_shipment.json').toString());
const putOrder = (id: string) => shops.put('square', JSON.stringify({ ...order, id }));

const change = (orderId: string, more: Partial<SquareOrderChange> = {}): SquareOrderChange => ({
  orderId,
  locationId: 'LTESTLOCATION1',
  version: 1,
  idempotencyKey: `${orderId}-1`,
  fulfillments: [
    { uid: 'ful-1', state: 'COMPLETED', shipmentDetails: { carrier: 'UPS', trackingNumber: '1Z-1' } },
  ],
  ...more,
});

describe('an order', () => {
  test('comes with exact amounts, and null when there is none', async () => {
    await putOrder('a-1');
    expect(await account().retrieveOrder('a-1')).toMatchObject({
      version: 1,
      totalMoney: { amount: 6448, currency: 'USD' },
    });
    expect(await account().retrieveOrder('a/b?c')).toBeNull();
  });

  test('is changed on the version that the change rests on, once', async () => {
    await putOrder('a-2');
    expect(await account().updateOrder(change('a-2'))).toBe(true);
    // The same request again, as after a lost answer.
    expect(await account().updateOrder(change('a-2'))).toBe(true);
    expect(await account().retrieveOrder('a-2')).toMatchObject({
      version: 2,
      fulfillments: [{ state: 'COMPLETED', shipmentDetails: { trackingNumber: '1Z-1' } }],
    });
    expect(await account().updateOrder(change('a-2', { idempotencyKey: 'other' }))).toBe(false);
  });

  test('that takes no change is refused', async () => {
    await putOrder('a-3');
    const unknown = change('a-3', { fulfillments: [{ uid: 'none', state: 'COMPLETED' }] });
    await expect(account().updateOrder(unknown)).rejects.toBeInstanceOf(ShopRefused);
    const open = change('a-3', { state: 'CANCELED', fulfillments: [] });
    await expect(account().updateOrder(open)).rejects.toBeInstanceOf(ShopRefused);
  });

  test('is changed once when the answer was lost', async () => {
    await putOrder('a-4');
    await shops.fail({ operation: 'UpdateOrder', loseAnswer: true });
    expect(await account().updateOrder(change('a-4'))).toBe(true);
    expect(await account().retrieveOrder('a-4')).toMatchObject({ version: 2 });
  });
});

test('SKUs are asked for once, and again where there was none', async () => {
  const asked = async () =>
    (await shops.asked()).filter(({ operation }) => operation === 'BatchRetrieveCatalogObjects').length;
  const skus = await account().skusOf(['SKU:one', 'SKU:two', 'nothing']);
  expect([...skus]).toEqual([
    ['SKU:one', 'one'],
    ['SKU:two', 'two'],
  ]);
  const before = await asked();
  expect(await account().skusOf(['SKU:one', 'SKU:two'])).toEqual(skus);
  expect(await asked()).toBe(before);
  await account().skusOf(['SKU:one', 'nothing']);
  expect(await asked()).toBe(before + 1);
});

describe('an account that does not answer as asked', () => {
  test.each([
    ['busy', { status: 429, retryAfter: 0.1 }],
    ['failing', { status: 500 }],
    ['cutting the connection off', { loseAnswer: true }],
    ['slow', { delay: 1500 }],
  ])('%s: is asked again', async (_, fault) => {
    await shops.fail({ operation: 'RetrieveOrder', ...fault });
    expect(await account(6000).retrieveOrder('none')).toBeNull();
  });

  test.each([
    ['failing for good', { status: 503, times: 100 }],
    ['asking for a longer pause than there is time', { status: 429, retryAfter: 60 }],
  ])('%s: is given up in time', async (_, fault) => {
    await shops.fail({ operation: 'RetrieveOrder', ...fault });
    await expect(account(800).retrieveOrder('none')).rejects.toBeInstanceOf(Busy);
    await shops.fail();
  });

  test('a wrong token, or none, is refused', async () => {
    await expect(account(800, 'another').retrieveOrder('none')).rejects.toBeInstanceOf(ShopRefused);
    const none = squareAccount({
      accessToken: undefined,
      deadlines: { inAll: 800, forOne: 500 },
      fetch,
    });
    await expect(none.retrieveOrder('none')).rejects.toBeInstanceOf(ShopRefused);
  });
});

describe('a request', () => {
  /** An account whose requests end in a function, which gives the response. */
  const answeredBy = (answer: (url: string, init: RequestInit) => Response) =>
    squareAccount({
      accessToken: 'token',
      apiBaseUrl: 'https://square.example/',
      deadlines: { inAll: 800, forOne: 500 },
      fetch: async (input, init = {}) => answer(String(input), init),
    });

  test('names the version of the API, carries the token, and speaks the names of the API', async () => {
    const sent: [string, RequestInit][] = [];
    const asked = answeredBy((url, init) => {
      sent.push([url, init]);
      return Response.json({ order: {} });
    });
    await asked.updateOrder(change('a/5'));
    const [[url, { method, headers, body }] = ['', {}]] = sent;
    expect([method, url]).toEqual(['PUT', 'https://square.example/v2/orders/a%2F5']);
    expect(headers).toMatchObject({
      authorization: 'Bearer token',
      'square-version': expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
    });
    expect(JSON.parse(String(body))).toEqual({
      idempotency_key: 'a/5-1',
      order: {
        location_id: 'LTESTLOCATION1',
        version: 1,
        fulfillments: [
          {
            uid: 'ful-1',
            state: 'COMPLETED',
            shipment_details: { carrier: 'UPS', tracking_number: '1Z-1' },
          },
        ],
      },
    });
  });

  test.each([
    ['that is no JSON', () => new Response('<html>')],
    ['of another form', () => Response.json([])],
    ['that nests without end', () => new Response('['.repeat(20_000) + ']'.repeat(20_000))],
  ])('with a response %s cannot be read', async (_, answer) => {
    await expect(answeredBy(answer).retrieveOrder('a')).rejects.toBeInstanceOf(ShopUnreadable);
  });

  test("is refused with the codes of Square's errors, never with their details", async () => {
    const errors = [{ category: 'INVALID_REQUEST_ERROR', code: 'BAD_REQUEST', detail: 'ada@example.com' }];
    const refused = answeredBy(() => Response.json({ errors }, { status: 400 })).retrieveOrder('a');
    await expect(refused).rejects.toThrow('Square refused (400): BAD_REQUEST');
    await expect(refused).rejects.not.toThrow('ada@example.com');
  });
});
