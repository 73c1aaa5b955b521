import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import type { TransferResponse } from '../../contract/transfers.ts';
import { lotPath, unique, useApi } from '../../testing/api.ts';
import fc from '../../testing/fast-check.ts';
import { propertyRuns } from '../../testing/property-runs.ts';
import { until } from '../../testing/until.ts';

const api = useApi();

type Transfer = z.infer<typeof TransferResponse>;
type Lines = readonly { sku: string; lotNumber: string; quantity: number }[];

async function location(): Promise<string> {
  const locationId = unique('TO');
  await api().done('PUT', `/v1/locations/${locationId}`, {
    body: { name: locationId, address: {}, priority: 5 },
  });
  return locationId;
}

async function stocked(quantity = 10): Promise<{ sku: string; toLocationId: string }> {
  const sku = unique('MOVED');
  await api().stock(sku, 'L1', quantity, { expiryDate: '2099-01-31' });
  return { sku, toLocationId: await location() };
}

const send = (toLocationId: string, lines: Lines, more: object = {}, headers: Record<string, string> = {}) =>
  api().send('POST', '/v1/transfers', {
    body: { fromLocationId: 'MAIN', toLocationId, lines, ...more },
    headers,
  });
const sent = (toLocationId: string, lines: Lines) =>
  api().done<Transfer>('POST', '/v1/transfers', { body: { fromLocationId: 'MAIN', toLocationId, lines } });
const receive = (transferId: string, body?: unknown, headers: Record<string, string> = {}) =>
  api().send('POST', `/v1/transfers/${transferId}/receipt`, { ...(body !== undefined && { body }), headers });

describe('a transfer', () => {
  test('takes units off one location, and brings them into another', async () => {
    const { sku, toLocationId } = await stocked();
    const lines = [{ sku, lotNumber: 'L1', quantity: 4 }];
    const answer = await send(toLocationId, lines);
    expect(answer).toMatchObject({ status: 201, body: { state: 'IN_TRANSIT', toLocationId } });
    const { transferId } = answer.body as unknown as Transfer;
    expect(answer.headers.location).toBe(`/v1/transfers/${transferId}`);
    expect(await api().inventory(sku)).toMatchObject({ onHand: 6, available: 6, lots: [{ onHand: 6 }] });
    expect(await receive(transferId)).toMatchObject({ status: 200, body: { state: 'RECEIVED' } });
    expect(await api().done<Transfer>('GET', `/v1/transfers/${transferId}`)).toMatchObject({
      state: 'RECEIVED',
      lines: [{ sku, lotNumber: 'L1', expiryDate: '2099-01-31', quantity: 4, received: 4 }],
    });
    expect((await api().inventory(sku)).lots).toMatchObject([
      { lotNumber: 'L1', locationId: 'MAIN', onHand: 6, expiryDate: '2099-01-31' },
      { lotNumber: 'L1', locationId: toLocationId, onHand: 4, expiryDate: '2099-01-31' },
    ]);
    const kinds = await until(
      async () => (await api().movements(sku)).map(({ kind, quantity }) => `${kind} ${quantity}`),
      (movements) => movements.length === 3,
    );
    expect(kinds).toEqual(['TRANSFER_IN 4', 'TRANSFER_OUT 4', 'RECEIPT 10']);
  });

  test('is received once', async () => {
    const { sku, toLocationId } = await stocked();
    const { transferId } = await sent(toLocationId, [{ sku, lotNumber: 'L1', quantity: 4 }]);
    const key = { 'idempotency-key': unique('receipt') };
    expect(await receive(transferId, {}, key)).toMatchObject({ status: 200 });
    const repeat = await receive(transferId, {}, key);
    expect(repeat).toMatchObject({ status: 200, body: { state: 'RECEIVED' } });
    expect(repeat.headers['idempotent-replayed']).toBe('true');
    expect(await receive(transferId)).toMatchObject({ status: 409, body: { code: 'transfer_received' } });
    expect((await api().inventory(sku)).onHand).toBe(10);
  });

  test('is sent once for each key', async () => {
    const { sku, toLocationId } = await stocked();
    const key = { 'idempotency-key': unique('transfer') };
    const lines = [{ sku, lotNumber: 'L1', quantity: 4 }];
    const [first, second] = [
      await send(toLocationId, lines, {}, key),
      await send(toLocationId, lines, {}, key),
    ];
    expect(second.body).toEqual(first.body);
    expect((await api().inventory(sku)).onHand).toBe(6);
  });

  test('sends no more than is available', async () => {
    const { sku, toLocationId } = await stocked();
    await api().receive({ lines: [{ sku, quantity: 7 }] });
    const { status, body } = await send(toLocationId, [
      { sku, lotNumber: 'L1', quantity: 4 },
      { sku, lotNumber: 'NONE', quantity: 1 },
    ]);
    expect([status, body.code]).toEqual([409, 'insufficient_stock']);
    expect(body.shortages).toEqual([
      { sku, lotNumber: 'L1', requested: 4, available: 3 },
      { sku, lotNumber: 'NONE', requested: 1, available: 0 },
    ]);
    expect((await api().inventory(sku)).onHand).toBe(10);
  });

  test.each([
    ['from nowhere', { fromLocationId: 'NOWHERE' }, 'fromLocationId'],
    ['to nowhere', { toLocationId: 'NOWHERE' }, 'toLocationId'],
    ['to where it is', { toLocationId: 'MAIN' }, 'toLocationId'],
  ])('%s is refused by name', async (_, more, path) => {
    const { sku, toLocationId } = await stocked();
    const { status, body } = await send(toLocationId, [{ sku, lotNumber: 'L1', quantity: 4 }], more);
    expect([status, body.errors?.[0]?.path]).toEqual([422, path]);
  });

  test('names each lot once', async () => {
    const { sku, toLocationId } = await stocked();
    const line = { sku, lotNumber: 'L1', quantity: 1 };
    const { body } = await send(toLocationId, [line, line]);
    expect(body.errors?.[0]?.path).toBe('lines[1].lotNumber');
  });

  test('that arrives with a difference is corrected with its reason', async () => {
    const { sku, toLocationId } = await stocked();
    await api().stock(sku, 'L2', 5);
    const { transferId } = await sent(toLocationId, [
      { sku, lotNumber: 'L1', quantity: 4 },
      { sku, lotNumber: 'L2', quantity: 5 },
    ]);
    const only = await receive(transferId, { lines: [{ sku, lotNumber: 'L1', quantity: 3 }] });
    expect(only.body.errors?.[0]).toMatchObject({ path: 'lines' });
    const other = await receive(transferId, { lines: [{ sku, lotNumber: 'L9', quantity: 3 }] });
    expect(other.body.errors?.[0]).toMatchObject({ path: 'lines[0].lotNumber' });
    await api().done('POST', `/v1/transfers/${transferId}/receipt`, {
      body: {
        lines: [
          { sku, lotNumber: 'L1', quantity: 3, reason: 'one broke' },
          { sku, lotNumber: 'L2', quantity: 0 },
        ],
      },
    });
    const { locations } = await api().inventory(sku);
    expect(locations.find((each) => each.locationId === toLocationId)?.onHand).toBe(3);
    const adjusted = await until(
      async () => (await api().movements(sku)).filter(({ kind }) => kind === 'ADJUSTMENT'),
      (movements) => movements.length === 2,
    );
    expect(adjusted.map(({ quantity }) => quantity).sort()).toEqual([-1, -5].sort());
    expect(adjusted.map(({ reason }) => reason)).toContain('one broke');
  });

  test('serves the orders that wait for it', async () => {
    const { sku, toLocationId } = await stocked(4);
    const { transferId } = await sent(toLocationId, [{ sku, lotNumber: 'L1', quantity: 4 }]);
    const { orderId, lines } = await api().receive({ lines: [{ sku, quantity: 3 }] });
    expect(lines[0]?.backordered).toBe(3);
    await receive(transferId);
    expect((await api().order(orderId)).lines[0]).toMatchObject({
      allocated: 3,
      allocations: [{ locationId: toLocationId, quantity: 3 }],
    });
  });

  test('of a lot that is recalled on the way arrives recalled', async () => {
    const { sku, toLocationId } = await stocked();
    const { transferId } = await sent(toLocationId, [{ sku, lotNumber: 'L1', quantity: 4 }]);
    await api().done('PATCH', lotPath(sku, 'L1'), { body: { status: 'RECALLED', reason: 'a bad seal' } });
    await receive(transferId);
    const { lots } = await api().inventory(sku);
    expect(lots.map(({ status }) => status)).toEqual(['RECALLED', 'RECALLED']);
  });

  test('keeps its target from being removed', async () => {
    const { sku, toLocationId } = await stocked();
    const { transferId } = await sent(toLocationId, [{ sku, lotNumber: 'L1', quantity: 4 }]);
    const remove = () => api().send('DELETE', `/v1/locations/${toLocationId}`);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'location_in_use' } });
    await receive(transferId, { lines: [{ sku, lotNumber: 'L1', quantity: 0 }] });
    expect(await remove()).toMatchObject({ status: 204 });
  });

  test('that there is not is not received', async () => {
    expect(await receive('01K7Q4W0V5R8N2D3F6G9H1J4M7')).toMatchObject({ status: 404 });
    expect(await api().send('GET', '/v1/transfers/x!')).toMatchObject({ status: 404 });
  });
});

test('units are neither lost nor made by any sequence of transfers', async () => {
  const [east, west] = [await location(), await location()];
  const places = ['MAIN', east, west] as const;
  const Step = fc.record({
    from: fc.constantFrom(...places),
    to: fc.constantFrom(...places),
    quantity: fc.integer({ min: 1, max: 8 }),
    isReceived: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const sku = unique('CONSERVED');
      await api().stock(sku, 'L1', 12);
      let inTransit = 0;
      for (const { from, to, quantity, isReceived } of steps) {
        const lines = [{ sku, lotNumber: 'L1', quantity }];
        const { status, body } = await send(to, lines, { fromLocationId: from });
        if (status === 201) {
          inTransit += quantity;
          expect((await api().inventory(sku)).onHand + inTransit).toBe(12);
          if (isReceived) {
            await receive((body as unknown as Transfer).transferId);
            inTransit -= quantity;
          }
        }
        expect((await api().inventory(sku)).onHand + inTransit).toBe(12);
      }
    }),
    propertyRuns(20),
  );
});
