import { describe, expect, test } from 'vitest';
import type { InventoryResponse } from '../../contract/responses.ts';
import { lotPath, TRACKED, unique, useApi } from '../../testing/api.ts';

const api = useApi();

async function location(): Promise<string> {
  const locationId = unique('WH');
  await api().done('PUT', `/v1/locations/${locationId}`, {
    body: { name: locationId, address: {}, priority: 5 },
  });
  return locationId;
}

/** Promises for each lot in each location. */
function expectConserved({ onHand, reserved, locations, lots }: InventoryResponse): void {
  for (const lot of lots) {
    expect(lot.onHand).toBe(lot.available + lot.reserved);
    expect(Math.min(lot.available, lot.reserved)).toBeGreaterThanOrEqual(0);
  }
  const total = (units: readonly number[]) => units.reduce((sum, each) => sum + each, 0);
  for (const each of locations) {
    const own = lots.filter(({ locationId }) => locationId === each.locationId);
    expect(each.onHand).toBe(total(own.map((lot) => lot.onHand)));
    expect(each.reserved).toBe(total(own.map((lot) => lot.reserved)));
  }
  expect([onHand, reserved]).toEqual([
    total(lots.map((lot) => lot.onHand)),
    total(lots.map((lot) => lot.reserved)),
  ]);
}

describe('stock in several locations', () => {
  test('of the same lot number is several lots, and is summed by location', async () => {
    const [sku, east] = [unique('PLACED'), await location()];
    expect(await api().stock(sku, 'L1', 10, { expiryDate: '2099-01-31' })).toMatchObject({
      locationId: 'MAIN',
      onHand: 10,
    });
    expect(await api().stock(sku, 'L1', 4, { locationId: east })).toMatchObject({
      locationId: east,
      onHand: 4,
      expiryDate: '2099-01-31',
    });
    const inventory = await api().inventory(sku);
    expect(inventory.locations).toEqual([
      { locationId: 'MAIN', onHand: 10, reserved: 0, available: 10, unavailable: 0 },
      { locationId: east, onHand: 4, reserved: 0, available: 4, unavailable: 0 },
    ]);
    expect(inventory.lots.map(({ lotNumber, locationId }) => [lotNumber, locationId])).toEqual([
      ['L1', 'MAIN'],
      ['L1', east],
    ]);
    expectConserved(inventory);
  });

  test('comes into no location that there is not', async () => {
    const { status, body } = await api().send('POST', lotPath(unique('PLACED')), {
      body: { lotNumber: 'L1', quantity: 4, locationId: 'NOWHERE' },
    });
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path: 'locationId', message: 'there is no location NOWHERE' }]);
  });

  test('has one expiry date and one status for each lot number', async () => {
    const [sku, east] = [unique('PLACED'), await location()];
    await api().stock(sku, 'L1', 4, { expiryDate: '2099-01-31', status: 'QUARANTINE' });
    const receive = (more: object) =>
      api().send('POST', lotPath(sku), { body: { lotNumber: 'L1', quantity: 4, locationId: east, ...more } });
    expect((await receive({ expiryDate: '2099-02-28' })).body.errors?.[0]?.path).toBe('expiryDate');
    expect((await receive({ status: 'AVAILABLE' })).body.errors?.[0]?.path).toBe('status');
    expect(await receive({})).toMatchObject({ status: 201, body: { status: 'QUARANTINE' } });
  });

  test('is corrected in the location that is named', async () => {
    const [sku, east] = [unique('PLACED'), await location()];
    await api().stock(sku, 'L1', 10);
    await api().stock(sku, 'L1', 4, { locationId: east });
    const adjust = (more: object) =>
      api().send('PATCH', lotPath(sku, 'L1'), { body: { adjustment: -3, reason: 'counted', ...more } });
    expect((await adjust({})).body.errors).toEqual([
      { path: 'locationId', message: `lot L1 is in MAIN, ${east}: name one of them` },
    ]);
    expect((await adjust({ locationId: 'NOWHERE' })).body.errors?.[0]?.path).toBe('locationId');
    expect(await adjust({ locationId: east })).toMatchObject({
      status: 200,
      body: { locationId: east, onHand: 1 },
    });
    expect((await api().inventory(sku)).locations.map(({ onHand }) => onHand)).toEqual([10, 1]);
  });

  test('is recalled in all of them', async () => {
    const [sku, east] = [unique('PLACED'), await location()];
    await api().stock(sku, 'L1', 10);
    await api().stock(sku, 'L1', 4, { locationId: east });
    const { orderId } = await api().receive({ lines: [{ sku, quantity: 14 }] });
    const recalled = await api().done<Record<string, unknown>>('PATCH', lotPath(sku, 'L1'), {
      body: { status: 'RECALLED', reason: 'a bad seal' },
    });
    expect(recalled).toMatchObject({
      replacement: 'COMPLETE',
      lots: [
        { locationId: 'MAIN', status: 'RECALLED', reserved: 0 },
        { locationId: east, status: 'RECALLED', reserved: 0 },
      ],
    });
    expect((await api().order(orderId)).lines[0]).toMatchObject({ allocated: 0, backordered: 14 });
    expectConserved(await api().inventory(sku));
  });

  test('keeps its location from being removed', async () => {
    const [sku, east] = [unique('PLACED'), await location()];
    await api().stock(sku, 'L1', 4, { locationId: east });
    const remove = () => api().send('DELETE', `/v1/locations/${east}`);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'location_in_use' } });
    await api().stock(sku, 'L1', 1, { locationId: east });
    await api().done('PATCH', lotPath(sku, 'L1'), { body: { adjustment: -5, reason: 'counted' } });
    expect(await remove()).toMatchObject({ status: 204 });
    const again = await api().send('POST', lotPath(sku), {
      body: { lotNumber: 'L1', quantity: 1, locationId: east },
    });
    expect(again).toMatchObject({ status: 422 });
  });
});

test('an order ships from the one location that is near and has all of it, and the panel says why', async () => {
  const [sku, near] = [unique('PLACED'), unique('NEAR')];
  await api().done('PUT', `/v1/locations/${near}`, {
    body: { name: 'Near', address: { country: 'US', region: 'NJ' }, priority: 9 },
  });
  await api().stock(sku, 'L1', 10, { expiryDate: '2099-01-31' });
  await api().stock(sku, 'L1', 4, { locationId: near });
  const shipTo = { country: 'US', region: 'NJ' };
  const small = await api().receive({ shipTo, lines: [{ sku, quantity: 3 }] });
  const { items } = await api().panel(small.orderId);
  expect(items.map(({ locationId, reserved }) => [locationId, reserved])).toEqual([[near, 3]]);
  expect(items[0]?.reason).toContain(`Ships from ${near}. Passed over: MAIN is farther from the ship-to.`);
  const large = await api().receive({ shipTo, lines: [{ sku, quantity: 10 }] });
  expect(large.lines[0]?.allocations.map(({ locationId }) => locationId)).toEqual(['MAIN']);
});

describe('an order that ships from several locations', () => {
  const splitOrder = async () => {
    const [sku, east] = [unique('PLACED'), await location()];
    await api().stock(sku, 'L1', 10);
    await api().stock(sku, 'L1', 4, { locationId: east });
    const { orderId, lines } = await api().receive({ lines: [{ sku, quantity: 14 }] });
    expect(lines[0]?.allocations).toMatchObject([
      { lotNumber: 'L1', locationId: 'MAIN', quantity: 10 },
      { lotNumber: 'L1', locationId: east, quantity: 4 },
    ]);
    await api().command(orderId, 'fulfillment');
    return { sku, east, orderId };
  };
  const ship = (orderId: string, more: object) =>
    api().send('POST', `/v1/orders/${orderId}/shipments`, { body: { ...TRACKED, ...more } });

  test('shows what it holds in each', async () => {
    const { east, orderId } = await splitOrder();
    const { items } = await api().panel(orderId);
    expect(items.map(({ locationId, reserved }) => [locationId, reserved])).toEqual([
      ['MAIN', 10],
      [east, 4],
    ]);
  });

  test('makes a shipment for each, and names them where it is not said which', async () => {
    const { sku, east, orderId } = await splitOrder();
    const refused = await ship(orderId, {});
    expect(refused.status).toBe(422);
    expect(refused.body.errors?.[0]).toMatchObject({ path: 'locationId' });
    const mixed = await ship(orderId, { lines: [{ lineNumber: 1, quantity: 12 }] });
    expect(mixed.body.errors?.[0]).toMatchObject({ path: 'lines' });
    const nowhere = await ship(orderId, { locationId: 'NOWHERE' });
    expect(nowhere.body.errors?.[0]).toMatchObject({ path: 'locationId' });

    expect(await ship(orderId, { locationId: east })).toMatchObject({ status: 201 });
    const { shipments, state } = await api().order(orderId);
    expect(state).toBe('FULFILLMENT_QUEUED');
    expect(shipments).toMatchObject([
      {
        locationId: east,
        lines: [{ quantity: 4, lots: [{ lotNumber: 'L1', locationId: east, quantity: 4 }] }],
      },
    ]);
    expect(await ship(orderId, {})).toMatchObject({ status: 201 });
    expect(await api().order(orderId)).toMatchObject({
      state: 'SHIPPED',
      shipments: [{ locationId: east }, { locationId: 'MAIN' }],
    });
    const inventory = await api().inventory(sku);
    expect(inventory).toMatchObject({ onHand: 0, reserved: 0 });
    expectConserved(inventory);
  });

  test('gets goods back into the location that they came from', async () => {
    const { sku, east, orderId } = await splitOrder();
    for (const locationId of [east, 'MAIN']) await ship(orderId, { locationId });
    for (const { shipmentId } of (await api().order(orderId)).shipments)
      await api().deliver(orderId, shipmentId);
    await api().command(orderId, 'returns', {
      lines: [{ lineNumber: 1, quantity: 12, disposition: 'RESTOCK' }],
    });
    const { locations } = await api().inventory(sku);
    expect(locations.map(({ onHand }) => onHand)).toEqual([10, 2]);
  });
});
