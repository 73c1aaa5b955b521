import { beforeAll, describe, expect, it } from 'vitest';
import { ledgerStore } from '../../functions/adapters/dynamodb/ledger-store.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { ledgerOf, type MovementLedger } from '../../functions/inventory/ledger.ts';
import { onHandByDay } from '../../functions/reporting/on-hand.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const sku = 'LMB-BRS-001';
const orderId = 'LMB-ORD-2026-0041';
let loop: TestLoop;
let ledger: MovementLedger;

const on = (day: number) => loop.setClock(`2026-03-${day}T10:00:00.000Z`);
const booked = async (events: Parameters<typeof ledgerOf>[0][]) => {
  for (const event of events) await ledger.write(ledgerOf(event));
};
const days = async (from: string, to: string) => {
  const lots = (await loop.ports.stock.lotsOf([sku])).get(sku) ?? [];
  const onHand = lots.reduce((sum, lot) => sum + lot.available + lot.reserved, 0);
  const movements = ledger.since(sku, `${from}T00:00:00.000Z`);
  return onHandByDay({ from, to, today: '2026-03-14' }, onHand, movements);
};

describe('what is on hand, day by day', () => {
  beforeAll(async () => {
    const table = await store.newTable();
    loop = testLoop(table);
    ledger = ledgerStore(table);
    on(10);
    await booked([...(await loop.stock(sku, 'L1', 30))]);
    on(11);
    await loop.receive({ orderId, lines: [{ sku, quantity: 8 }] });
    await loop.command(orderId, { type: 'QueueFulfillment' });
    await loop.command(orderId, { type: 'RecordShipment', carrier: 'UPS', trackingNumber: 'T1' });
    on(12);
    const deliveredAt = '2026-03-12T10:00:00Z';
    const shipmentId = `${orderId}-S1`;
    await loop.command(orderId, { type: 'ConfirmDelivery', shipmentId, deliveredAt });
    on(13);
    const back = (quantity: number, disposition: 'RESTOCK' | 'QUARANTINE' | 'WRITE_OFF') =>
      ({ lineNumber: 1, quantity, disposition, lotNumber: 'L1' }) as const;
    await loop.command(orderId, {
      type: 'ReceiveReturn',
      lines: [back(2, 'RESTOCK'), back(1, 'QUARANTINE'), back(1, 'WRITE_OFF')],
    });
    await booked([...(await loop.history(orderId))]);
    const counted = await handleLotCommand(loop.ports, {
      command: { type: 'AdjustStock', sku, lotNumber: 'L1', adjustment: -4, reason: 'counted' },
      origin: { actor: { type: 'human', id: 'ada' }, correlationId: 'test' },
    });
    if (counted.kind !== 'done') throw new Error(JSON.stringify(counted));
    await booked([...counted.events]);
  });

  it('adds up: reservations move nothing, what is written off never comes in', async () => {
    const nothing = { received: 0, returned: 0, shipped: 0, adjusted: 0, transferred: 0 };
    expect(await days('2026-03-09', '2026-03-14')).toEqual([
      { ...nothing, date: '2026-03-09', onHand: 0 },
      { ...nothing, date: '2026-03-10', onHand: 30, received: 30 },
      { ...nothing, date: '2026-03-11', onHand: 22, shipped: 8 },
      { ...nothing, date: '2026-03-12', onHand: 22 },
      { ...nothing, date: '2026-03-13', onHand: 21, returned: 3, adjusted: -4 },
      { ...nothing, date: '2026-03-14', onHand: 21 },
    ]);
  });

  it('is the same for a span that begins and ends in between', async () => {
    const some = await days('2026-03-11', '2026-03-12');
    expect(some.map(({ onHand }) => onHand)).toEqual([22, 22]);
  });
});
