import { expect, test, vi } from 'vitest';
import { useDrivenApi } from '../../../testing/api.ts';
import { soon } from '../../../testing/until.ts';
import { segments, usePartners } from './outbound/partners.ts';

const loop = useDrivenApi();
const { api, send, about } = usePartners(loop);
const patch = (orderId: string, body: object, headers: Record<string, string>) =>
  loop().send('PATCH', `/v1/orders/${orderId}`, { body, headers });
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

test('an unknown item is listed with its orders, resolved once, and the held orders continue', async () => {
  await api('PUT', `${AT}/locations/0077`, { name: 'Harbor DC 77', address: ADDRESS });
  const unknown = (number: string, control: string) => order(number, control).replaceAll('B-100', 'B-900');
  await send(unknown('UNKNOWN-1', '000700011'));
  await send(unknown('UNKNOWN-2', '000700012'));
  const [first, second] = [await found('UNKNOWN-1'), await found('UNKNOWN-2')];
  const listed = async () =>
    (await api('GET', `${AT}/unknown-items`)).items.filter(
      ({ buyerItem }: { buyerItem: string }) => buyerItem === 'B-900',
    );
  const [item] = await vi.waitFor(async () => {
    const items = await listed();
    expect(items[0]?.orderIds).toHaveLength(2);
    return items;
  }, soon);
  expect(item).toMatchObject({ buyerItem: 'B-900', qualifier: 'IN', unit: 'CA' });
  expect(item.orderIds.toSorted()).toEqual([first.orderId, second.orderId].toSorted());

  // One of them was changed by hand meanwhile.
  const etag = { 'if-match': `"${second.version}"` };
  await patch(second.orderId, { lines: [{ lineNumber: 1, quantity: 3 }] }, etag);
  await api('PUT', `${AT}/items/B-900`, { sku: 'NF-TS24', unitsPerCase: 12, unit: 'CA' });
  const { items } = await api('POST', `${AT}/held-orders/retry`);
  expect(items).toContainEqual({ orderId: first.orderId, isReleased: true });
  expect(items).toContainEqual({
    ...{ orderId: second.orderId, isReleased: false },
    problem: 'line 1 was changed since; amend it',
  });
  expect(await listed()).toEqual([]);
  const continued = await found('UNKNOWN-1');
  expect(continued.holds).toEqual([]);
  expect(continued.lines.filter((line: { cancelled: number }) => line.cancelled === 0)).toMatchObject([
    { sku: 'NF-TS24', ordered: 24, unitPrice: '2', channelLineId: '1' },
  ]);
  // The partner hears of the line that it ordered, once.
  const [acknowledged] = await vi.waitFor(async () => {
    const sent = await about('harbor-markets', 'UNKNOWN-1', '855');
    expect(sent).toHaveLength(1);
    return sent;
  }, soon);
  expect(segments(acknowledged?.content ?? '', 'PO1')).toEqual([
    ['PO1', '1', '2', 'CA', '24', '', 'IN', 'B-900'],
  ]);
  expect(segments(acknowledged?.content ?? '', 'ACK')[0]?.slice(0, 4)).toEqual(['ACK', 'IA', '2', 'CA']);
  const again = await api('POST', `${AT}/held-orders/retry`);
  expect(again.items.map(({ orderId }: { orderId: string }) => orderId)).not.toContain(first.orderId);
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
