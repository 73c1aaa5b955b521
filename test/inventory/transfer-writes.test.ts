import { expect, test } from 'vitest';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { handleSendTransfer } from '../../functions/inventory/handle-transfer.ts';
import { createPorts } from '../../functions/wiring.ts';
import { Busy } from '../../functions/write-failures.ts';
import { testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;

test('a transfer is not replaced by another that is sent under its id', async () => {
  const table = await store.newTable();
  const base = createPorts(table, { receivesOrders: false });
  const { ports, stock } = testLoop(table, { ...base, pause: async () => {} });
  await locationStore(table).save({ locationId: 'EAST', name: 'East', address: {}, priority: 1 }, origin);
  await stock('MOVED', 'L1', 10);
  const send = (quantity: number) => {
    const lines = [{ sku: 'MOVED', lotNumber: 'L1', quantity }];
    const command = { fromLocationId: 'MAIN', toLocationId: 'EAST', lines };
    return handleSendTransfer(ports, { command, transferId: 'T1', origin });
  };
  expect(await send(4)).toMatchObject({ kind: 'done' });
  await expect(send(3)).rejects.toThrow(Busy);
  expect(await ports.stock.transfer('T1')).toMatchObject({ lines: [{ quantity: 4 }] });
  expect((await ports.stock.lotsOf(['MOVED'])).get('MOVED')).toMatchObject([{ available: 6 }]);
});
