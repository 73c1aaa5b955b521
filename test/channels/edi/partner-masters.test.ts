import { expect, test } from 'vitest';
import { segments, usePartners } from './outbound/partners.ts';

const { api, send } = usePartners();
const AT = '/v1/connections/harbor-markets';
const ADDRESS = {
  address1: '2200 Dock St',
  city: 'Tacoma',
  region: 'WA',
  postalCode: '98421',
  country: 'US',
};

/** An 850 to a place that is named by its code alone, of a product by the buyer's number alone. */
const order = (number: string, control: string) =>
  [
    `ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*${control}*0*P*>`,
    `GS*PO*6145550100*614141000*20260401*1200*${control}*X*004010`,
    ...[
      'ST*850*0001',
      `BEG*00*SA*${number}**20260401`,
      'N1*ST**92*0077',
      'PO1*1*2*CA*24**IN*B-100',
      'CTT*1*2',
      'SE*6*0001',
    ],
    ...[`GE*1*${control}`, `IEA*1*${control}`, ''],
  ].join('~');

const found = async (number: string) => {
  const { items } = await api('GET', `/v1/orders?purchaseOrderNumber=${number}`);
  return api('GET', `/v1/orders/${items[0].orderId}`);
};

test('codes of a partner are held until its lists say what they stand for', async () => {
  expect(segments(await send(order('LIST-1', '000700001')), 'AK9')[0]?.[1]).toBe('A');
  const held = await found('LIST-1');
  expect(held.holds).toHaveLength(1);
  expect(held.holds[0].note).toMatch(/0077.*|B-100/);

  expect(await api('PUT', `${AT}/locations/0077`, { name: 'Harbor DC 77', address: ADDRESS })).toMatchObject({
    code: '0077',
  });
  expect(await api('PUT', `${AT}/items/B-100`, { sku: 'NF-TS24', unitsPerCase: 12, unit: 'CA' })).toEqual({
    ...{ buyerItem: 'B-100', sku: 'NF-TS24', unitsPerCase: 12, unit: 'CA' },
  });
  await send(order('LIST-2', '000700002'));
  expect(await found('LIST-2')).toMatchObject({
    holds: [],
    shipTo: { name: 'Harbor DC 77', ...ADDRESS },
    lines: [{ sku: 'NF-TS24', ordered: 24, unitPrice: '2', unitsPerCase: 12 }],
  });
});

test('lists are read in pages, and an entry is changed and removed', async () => {
  for (const code of ['A', 'B', 'C']) await api('PUT', `${AT}/locations/${code}`, { address: ADDRESS });
  const page = await api('GET', `${AT}/locations?limit=2`);
  expect(page.items).toHaveLength(2);
  const rest = await api('GET', `${AT}/locations?limit=2&cursor=${encodeURIComponent(page.nextCursor)}`);
  const codes = [...page.items, ...rest.items].map(({ code }: { code: string }) => code);
  expect(codes).toEqual([...new Set(codes)].sort());
  expect(await api('GET', `${AT}/locations/A`)).toEqual({ code: 'A', address: ADDRESS });
  await api('DELETE', `${AT}/locations/A`);
  expect(await api('GET', `${AT}/locations/A`)).toMatchObject({ code: 'not_found' });
  expect(await api('GET', '/v1/connections/nobody/items')).toMatchObject({ code: 'not_found' });
});
