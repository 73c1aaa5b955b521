import { describe, expect, it } from 'vitest';
import {
  decideLot,
  evolveLot,
  type Lot,
  LotCommand,
  type StockEvent,
} from '../../../domain/inventory/lot.ts';
import { lot } from '../warehouse.ts';

const IDENTITY = { sku: 'BRS', lotNumber: 'A' };
const known: Lot = { ...lot('BRS', 'A', 10, { expiryDate: '2026-06-30' }), reserved: 5, location: 'Reno' };

function decided(before: Lot | null, command: object) {
  return decideLot(LotCommand.parse({ ...IDENTITY, ...command }), before);
}

/** The lot after a command that is accepted. */
function afterwards(before: Lot | null, command: object): Lot | null {
  const decision = decided(before, command);
  if ('rejection' in decision) throw new Error(decision.rejection.detail);
  return decision.events.reduce<Lot | null>((state, event) => evolveLot(state, event, IDENTITY), before);
}

describe('receiving stock', () => {
  it('makes a lot', () => {
    const command = { type: 'ReceiveStock', quantity: 7, expiryDate: '2026-06-30', location: 'Reno' };
    expect(afterwards(null, command)).toEqual({
      ...IDENTITY,
      expiryDate: '2026-06-30',
      location: 'Reno',
      status: 'AVAILABLE',
      available: 7,
      reserved: 0,
      sequence: 1,
    });
  });

  it('adds to a lot that is known, which keeps its status, expiry and place', () => {
    const held: Lot = { ...known, status: 'HOLD' };
    expect(afterwards(held, { type: 'ReceiveStock', quantity: 7 })).toEqual({
      ...held,
      available: 17,
      sequence: 2,
    });
    expect(afterwards(held, { type: 'ReceiveStock', quantity: 7, location: 'Elko' })).toMatchObject({
      location: 'Elko',
    });
  });

  it.each([
    ['another expiry', { quantity: 1, expiryDate: '2026-07-01' }, /known to expire 2026-06-30/],
    ['another status', { quantity: 1, status: 'HOLD' }, /is AVAILABLE; change its status by itself/],
  ])('refuses %s', (_, terms, detail) => {
    expect(decided(known, { type: 'ReceiveStock', ...terms })).toMatchObject({
      rejection: { code: 'validation_failed', detail: expect.stringMatching(detail) },
    });
  });

  it('ends where sums would leave whole numbers', () => {
    const full = { ...known, available: 999_999_999 };
    expect(afterwards(full, { type: 'ReceiveStock', quantity: 1 })?.available).toBe(1_000_000_000);
    expect(decided(full, { type: 'ReceiveStock', quantity: 2 })).toMatchObject({
      rejection: { code: 'validation_failed' },
    });
    expect(decided(full, { type: 'AdjustStock', adjustment: 2, reason: 'counted' })).toMatchObject({
      rejection: { code: 'validation_failed' },
    });
  });
});

describe('an adjustment', () => {
  it('counts up and down to what is reserved', () => {
    expect(afterwards(known, { type: 'AdjustStock', adjustment: 3, reason: 'counted' })?.available).toBe(13);
    expect(afterwards(known, { type: 'AdjustStock', adjustment: -10, reason: 'counted' })).toMatchObject({
      available: 0,
      reserved: 5,
    });
  });

  it('never takes what is reserved', () => {
    expect(decided(known, { type: 'AdjustStock', adjustment: -11, reason: 'counted' })).toMatchObject({
      rejection: {
        code: 'insufficient_stock',
        detail: 'lot A has 10 available and 5 reserved: it cannot lose 11',
        shortages: [{ ...IDENTITY, requested: 11, available: 10 }],
      },
    });
  });

  it.each([0, 1.5, 1_000_001, Number.NaN])('is not %s', (adjustment) => {
    expect(
      LotCommand.safeParse({ type: 'AdjustStock', ...IDENTITY, adjustment, reason: 'counted' }).success,
    ).toBe(false);
  });
});

describe('a status', () => {
  const recall = { type: 'ChangeLotStatus', status: 'RECALLED', reason: 'glass found' };

  it('changes once, and tells what it was', () => {
    expect(decided(known, recall)).toEqual({
      events: [
        { type: 'LotStatusChanged', data: { before: 'AVAILABLE', after: 'RECALLED', reason: 'glass found' } },
      ],
    });
    const recalled = afterwards(known, recall);
    expect(recalled).toEqual({ ...known, status: 'RECALLED', sequence: 2 });
    expect(decided(recalled, recall)).toEqual({ events: [] });
  });

  it('needs a reason', () => {
    expect(LotCommand.safeParse({ ...IDENTITY, ...recall, reason: '  ' }).success).toBe(false);
  });
});

describe('a lot that is not there', () => {
  it.each([
    { type: 'AdjustStock', adjustment: 1, reason: 'counted' },
    { type: 'ChangeLotStatus', status: 'HOLD', reason: 'looked at' },
  ])('takes no $type', (command) => {
    expect(decided(null, command)).toMatchObject({
      rejection: { code: 'not_found', detail: 'BRS has no lot A' },
    });
  });

  it('has no history that starts otherwise than with its stock', () => {
    const low: StockEvent = { type: 'StockLow', data: { available: 1, threshold: 5 } };
    expect(() => evolveLot(null, low, IDENTITY)).toThrow('starts with StockLow');
    expect(evolveLot(known, low, IDENTITY)).toEqual({ ...known, sequence: 2 });
  });
});
