import { describe, expect, test } from 'vitest';
import { leasedOf, leaseOwner, unleasedOf } from '../../domain/inventory/lease.ts';
import type { Lot } from '../../domain/inventory/lot.ts';
import { sendTransfer } from '../../domain/inventory/transfer.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import type { Ports } from '../../functions/orders/ports.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;
const SKU = 'LMB-BRS-001';
const SHOP = leaseOwner('SHOPIFY', 'one.example');
const OTHER = leaseOwner('SQUARE', 'merchant-1');

const theLoop = async () => testLoop(await store.newTable());

async function lotOf(ports: Ports, lotNumber = 'L1'): Promise<Lot> {
  const lot = (await ports.stock.lotsOf([SKU])).get(SKU)?.find((each) => each.lotNumber === lotNumber);
  if (lot === undefined) throw new Error(`no lot ${lotNumber}`);
  return lot;
}

async function leased(ports: Ports, owner: string, units: number): Promise<boolean> {
  return ports.stock.lease(await lotOf(ports), owner, units);
}

const ofShop = (loop: TestLoop, orderId: string, quantity: number, source = 'one.example') =>
  loop.receive({ orderId, channel: 'SHOPIFY', source, externalId: orderId, lines: [{ sku: SKU, quantity }] });

const adjust = (ports: Ports, adjustment: number) =>
  handleLotCommand(ports, {
    command: { type: 'AdjustStock', sku: SKU, lotNumber: 'L1', adjustment, reason: 'counted' },
    origin: ORIGIN,
  });

describe('leased units', () => {
  test('are drawn by their owner first, and by nobody else', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 10);
    expect(await leased(loop.ports, SHOP, 6)).toBe(true);
    expect((await ofShop(loop, 'A-1', 4)).lines[0]?.allocations[0]?.quantity).toBe(4);
    expect(await lotOf(loop.ports)).toMatchObject({ available: 6, reserved: 4, leases: { [SHOP]: 2 } });
    // Four units are leased to nobody.
    const other = await loop.receive({ orderId: 'A-2', lines: [{ sku: SKU, quantity: 5 }] });
    expect(other.lines[0]).toMatchObject({ backordered: 1, allocations: [{ quantity: 4 }] });
    const last = await ofShop(loop, 'A-3', 3);
    expect(last.lines[0]).toMatchObject({ backordered: 1, allocations: [{ quantity: 2 }] });
    const lot = await lotOf(loop.ports);
    expect(lot).toMatchObject({ available: 0, reserved: 10, leases: { [SHOP]: 0 } });
  });

  test('are named where an order finds nothing else', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 10);
    await loop.stock(SKU, 'L2', 10);
    await leased(loop.ports, SHOP, 10);
    const other = await loop.receive({ orderId: 'A-1', lines: [{ sku: SKU, quantity: 5 }] });
    expect(other.lines[0]?.allocations[0]?.reason).toContain(
      'L1: nothing available, and 10 leased to other channels',
    );
  });

  test('come back to their owner, who may show them again, even where all were sold', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 10);
    await leased(loop.ports, SHOP, 4);
    await ofShop(loop, 'A-1', 4);
    await loop.command('A-1', { type: 'CancelOrder', reason: 'CUSTOMER' });
    const lot = await lotOf(loop.ports);
    expect([lot.available, leasedOf(lot, SHOP), unleasedOf(lot)]).toEqual([10, 4, 6]);
    // Another lot for the same units takes none of those that the sender shows.
    await loop.stock(SKU, 'L2', 10);
    await loop.ports.stock.lease(await lotOf(loop.ports, 'L2'), SHOP, 5);
    await ofShop(loop, 'A-2', 3);
    await handleLotCommand(loop.ports, {
      command: { type: 'ChangeLotStatus', sku: SKU, lotNumber: 'L1', status: 'HOLD', reason: 'look' },
      origin: ORIGIN,
    });
    await loop.command('A-2', { type: 'ReplaceLot', sku: SKU, lotNumber: 'L1', reason: 'look' });
    expect((await loop.order('A-2')).lines[0]?.allocations[0]?.lotNumber).toBe('L2');
    const left = [await lotOf(loop.ports, 'L1'), await lotOf(loop.ports, 'L2')];
    expect(left.map((each) => leasedOf(each, SHOP)).reduce((sum, units) => sum + units)).toBe(9);
    // A lease that is over gets nothing back.
    for (const each of left) expect(await loop.ports.stock.endLease(each, SHOP)).toBe(true);
    await loop.command('A-2', { type: 'CancelOrder', reason: 'CUSTOMER' });
    for (const number of ['L1', 'L2']) expect((await lotOf(loop.ports, number)).leases).toBeUndefined();
    expect(await loop.ports.stock.endLease(left[0] as Lot, SHOP)).toBe(false);
  });

  test('are the last that a backorder takes, which its sender sold before it showed them', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 1);
    await ofShop(loop, 'A-1', 4);
    await loop.stock(SKU, 'L1', 10);
    await leased(loop.ports, SHOP, 5);
    await leased(loop.ports, OTHER, 3);
    await loop.command('A-1', { type: 'CompleteAllocation' });
    expect((await loop.order('A-1')).lines[0]?.backordered).toBe(0);
    // Two were leased to nobody, and one had to be of the lease.
    expect(await lotOf(loop.ports)).toMatchObject({ available: 7, leases: { [SHOP]: 4, [OTHER]: 3 } });
  });

  test('are leased to nobody when somebody else gives them back or receives them', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 10);
    await leased(loop.ports, SHOP, 6);
    await loop.receive({ orderId: 'A-1', lines: [{ sku: SKU, quantity: 4 }] });
    await loop.command('A-1', { type: 'ReleaseAllocation' });
    const lot = await lotOf(loop.ports);
    expect([lot.available, leasedOf(lot, SHOP), unleasedOf(lot)]).toEqual([10, 6, 4]);
    await loop.stock(SKU, 'L1', 5);
    expect(unleasedOf(await lotOf(loop.ports))).toBe(9);
    expect(await leased(loop.ports, OTHER, 10)).toBe(false);
    expect(await leased(loop.ports, OTHER, 9)).toBe(true);
  });

  test('are not leased beyond what is there, nor given back beyond what is leased', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 10);
    expect(await leased(loop.ports, SHOP, 11)).toBe(false);
    expect(await leased(loop.ports, SHOP, 7)).toBe(true);
    expect(await leased(loop.ports, OTHER, 4)).toBe(false);
    expect(await leased(loop.ports, OTHER, -1)).toBe(false);
    expect(await leased(loop.ports, SHOP, -8)).toBe(false);
    expect(await leased(loop.ports, SHOP, -7)).toBe(true);
    expect(unleasedOf(await lotOf(loop.ports))).toBe(10);
    await loop.ports.stock.lease(await lotOf(loop.ports), SHOP, 3);
    await handleLotCommand(loop.ports, {
      command: { type: 'ChangeLotStatus', sku: SKU, lotNumber: 'L1', status: 'HOLD', reason: 'look' },
      origin: ORIGIN,
    });
    expect(await leased(loop.ports, SHOP, 1)).toBe(false);
    expect(await leased(loop.ports, SHOP, -3)).toBe(true);
  });

  test('are the last that a correction takes, and a transfer takes none', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 10);
    await leased(loop.ports, SHOP, 6);
    await leased(loop.ports, OTHER, 2);
    const transfer = (quantity: number) => ({
      ...{ fromLocationId: 'MAIN', toLocationId: 'EAST' },
      lines: [{ sku: SKU, lotNumber: 'L1', quantity }],
    });
    const stock = new Map([[SKU, [await lotOf(loop.ports)]]]);
    const now = new Date().toISOString();
    expect(sendTransfer(transfer(3), 'T-1', stock, now)).toMatchObject({
      rejection: {
        code: 'insufficient_stock',
        detail: expect.stringContaining('units that are leased to channels are not sent'),
      },
    });
    expect(sendTransfer(transfer(2), 'T-1', stock, now)).toHaveProperty('transfer');
    await adjust(loop.ports, -2);
    expect((await lotOf(loop.ports)).leases).toEqual({ [SHOP]: 6, [OTHER]: 2 });
    await adjust(loop.ports, -3);
    expect((await lotOf(loop.ports)).leases).toEqual({ [SHOP]: 3, [OTHER]: 2 });
    await adjust(loop.ports, 4);
    const lot = await lotOf(loop.ports);
    expect([lot.available, lot.leases, unleasedOf(lot)]).toEqual([9, { [SHOP]: 3, [OTHER]: 2 }, 4]);
  });

  test('stay the sum of what is there while orders, leases and corrections contend', async () => {
    const loop = await theLoop();
    await loop.stock(SKU, 'L1', 60);
    await leased(loop.ports, SHOP, 20);
    const work = [
      ...Array.from({ length: 12 }, (_, index) => ofShop(loop, `S-${index}`, 3)),
      ...Array.from({ length: 8 }, (_, index) =>
        loop.receive({ orderId: `M-${index}`, lines: [{ sku: SKU, quantity: 2 }] }),
      ),
      ...Array.from({ length: 6 }, async () => void (await leased(loop.ports, OTHER, 4))),
      ...Array.from({ length: 4 }, async () => void (await leased(loop.ports, SHOP, 3))),
      ...Array.from({ length: 4 }, async () => void (await adjust(loop.ports, -2))),
    ];
    await Promise.allSettled(work);
    const lot = await lotOf(loop.ports);
    // The units that the store keeps as leased to nobody are what is available and not leased.
    expect(lot.available + lot.reserved).toBeLessThanOrEqual(60);
    expect(unleasedOf(lot)).toBeGreaterThanOrEqual(0);
    if (unleasedOf(lot) > 0) expect(await leased(loop.ports, 'CHECK#1', unleasedOf(lot))).toBe(true);
    expect(await leased(loop.ports, 'CHECK#2', 1)).toBe(false);
  });
});
