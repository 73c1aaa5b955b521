import { expect, test } from 'vitest';
import { MAIN_LOCATION } from '../../domain/inventory/location.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const ORIGIN = { actor: { type: 'automation', id: 'test' }, correlationId: 'test' } as const;
const SKU = 'LMB-BRS-001';
const lines = [{ sku: SKU, quantity: 2 }];

test('MAIN gives nothing to orders that it does not serve, though all stock is there', async () => {
  const table = await store.newTable();
  const loop = testLoop(table);
  const locations = locationStore(table);
  await loop.stock(SKU, 'L1', 10);
  await locations.save({ ...MAIN_LOCATION, channels: ['EDI'] }, ORIGIN);
  const manual = await loop.receive({ orderId: 'MANUAL-1', lines });
  expect(manual.lines).toMatchObject([{ allocations: [], backordered: 2 }]);
  const edi = await loop.receive({
    orderId: 'EDI-1',
    channel: 'EDI',
    externalId: '1',
    source: 'ACME',
    lines,
  });
  expect(edi.lines).toMatchObject([{ allocations: [{ lotNumber: 'L1', quantity: 2 }], backordered: 0 }]);

  await locations.save({ ...MAIN_LOCATION, orderTypes: ['B2B'] }, ORIGIN);
  await loop.command('MANUAL-1', { type: 'CompleteAllocation' });
  expect((await loop.order('MANUAL-1')).lines).toMatchObject([{ backordered: 2 }]);
  await locations.save(MAIN_LOCATION, ORIGIN);
  await loop.command('MANUAL-1', { type: 'CompleteAllocation' });
  expect((await loop.order('MANUAL-1')).lines).toMatchObject([
    { backordered: 0, allocations: [{ quantity: 2 }] },
  ]);
});
