import { beforeAll, expect, test } from 'vitest';
import type { LotCommand } from '../../domain/inventory/lot.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { handleReceiveTransfer, handleSendTransfer } from '../../functions/inventory/handle-transfer.ts';
import type { StockWrite } from '../../functions/inventory/ports.ts';
import type { Ports } from '../../functions/orders/ports.ts';
import { createPorts } from '../../functions/wiring.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let ports: Ports;

const SKU = 'RECALLED';
const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;

beforeAll(async () => {
  const table = await store.newTable();
  ports = createPorts(table, { receivesOrders: false });
  const east = { locationId: 'EAST', name: 'East', address: {}, priority: 1 };
  await locationStore(table).save(east, origin);
});

/** Ports whose first write of stock waits until something else was done. */
function interruptedBy(first: () => Promise<unknown>): Ports {
  let writes = 0;
  const save = async (write: StockWrite) => {
    writes += 1;
    if (writes === 1) await first();
    await ports.stock.save(write);
  };
  return { ...ports, stock: { ...ports.stock, save } };
}

const run = async (command: LotCommand, on = ports) => {
  const outcome = await handleLotCommand(on, { command, origin });
  expect(outcome).toMatchObject({ kind: 'done' });
};
const statuses = async (lotNumber: string) =>
  ((await ports.stock.lotsOf([SKU])).get(SKU) ?? [])
    .filter((lot) => lot.lotNumber === lotNumber)
    .map(({ locationId = 'MAIN', status }) => `${locationId} ${status}`);

test('a recall finds units that came into another location while it was written', async () => {
  const [sku, lotNumber, quantity] = [SKU, 'L1', 4];
  await run({ type: 'ReceiveStock', sku, lotNumber, quantity: 10 });
  const lines = [{ sku, lotNumber, quantity }];
  const command = { fromLocationId: 'MAIN', toLocationId: 'EAST', lines };
  await handleSendTransfer(ports, { command, transferId: lotNumber, origin });
  const recalling = interruptedBy(() =>
    handleReceiveTransfer(ports, { command: {}, transferId: lotNumber, origin }),
  );
  await run({ type: 'ChangeLotStatus', sku, lotNumber, status: 'RECALLED', reason: 'metal' }, recalling);
  expect(await statuses(lotNumber)).toEqual(['MAIN RECALLED', 'EAST RECALLED']);
});

test('of two first receipts of a lot number at once the second one follows the first', async () => {
  const receipt = { type: 'ReceiveStock', sku: SKU, lotNumber: 'L3', quantity: 4 } as const;
  const first = () => run({ ...receipt, expiryDate: '2099-01-31', status: 'HOLD' });
  const second = { ...receipt, locationId: 'EAST' };
  await run(second, interruptedBy(first));
  const lots = (await ports.stock.lotsOf([SKU])).get(SKU)?.filter((lot) => lot.lotNumber === 'L3');
  const agreed = { expiryDate: '2099-01-31', status: 'HOLD', available: 4 };
  expect(lots).toMatchObject([agreed, { ...agreed, locationId: 'EAST' }]);
});

test('two changes of status at once leave the lot with one of them in all locations', async () => {
  const [sku, lotNumber] = [SKU, 'L2'];
  await run({ type: 'ReceiveStock', sku, lotNumber, quantity: 10 });
  await run({ type: 'ReceiveStock', sku, lotNumber, quantity: 10, locationId: 'EAST' });
  const other = () => run({ type: 'ChangeLotStatus', sku, lotNumber, status: 'HOLD', reason: 'count' });
  await run(
    { type: 'ChangeLotStatus', sku, lotNumber, status: 'RECALLED', reason: 'metal' },
    interruptedBy(other),
  );
  expect(await statuses(lotNumber)).toEqual(['MAIN RECALLED', 'EAST RECALLED']);
});
