import type { Lot } from '../../../domain/inventory/lot.ts';
import fc from '../../../testing/fast-check.ts';
import { reception } from '../specification.ts';
import type { WrittenCommand } from '../warehouse.ts';

const COMMANDS_A_RUN = 50;

export const MAX_ORDERS = 6;
const SKUS = ['BRS', 'NYL', 'GEL'];
const LOTS = ['A', 'B', 'C', 'D'];

/** Whatever is asked of an order, or what happens to a lot between two commands. */
export type Step =
  | { readonly order: number; readonly command: WrittenCommand | 'NEXT' }
  | { readonly sku: string; readonly lotNumber: string; readonly change: Partial<Lot> & { units?: number } };

const units = fc.integer({ min: 1, max: 6 });
const lineNumber = fc.integer({ min: 1, max: 4 });
const lineQuantity = { lineNumber, quantity: units };
const lotNumber = fc.constantFrom(...LOTS);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const some = <Value>(value: fc.Arbitrary<Value>, most = 4) =>
  fc.array(value, { minLength: 1, maxLength: most });

const received = fc
  .record({
    orderType: fc.constantFrom('DTC', 'B2B'),
    backorderPolicy: fc.constantFrom(
      'SHIP_PARTIAL',
      'SHIP_PARTIAL',
      'SHIP_PARTIAL',
      'SHIP_COMPLETE',
      'REJECT',
    ),
    unmetPins: fc.constantFrom('BACKORDER', 'BACKORDER', 'REFUSE'),
    minimumShelfLifeDays: maybe(fc.constantFrom(0, 30)),
    discount: maybe(fc.constant('0.07')),
    tax: maybe(fc.constant('3.33')),
    lines: some(
      fc.record({
        sku: fc.constantFrom(...SKUS),
        quantity: fc.integer({ min: 1, max: 12 }),
        unitsPerCase: maybe(fc.constantFrom(1, 2, 3)),
        lotPin: fc.option(lotNumber, { nil: undefined, freq: 4 }),
        requiresShipping: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
      }),
    ),
  })
  .map(({ lines, ...terms }) =>
    // Whole cases, so that most of what comes in is taken.
    reception({
      ...terms,
      lines: lines.map((each) => ({ ...each, quantity: each.quantity * (each.unitsPerCase ?? 1) })),
    }),
  );

const command: fc.Arbitrary<WrittenCommand | 'NEXT'> = fc.oneof(
  { weight: 15, arbitrary: fc.constant('NEXT' as const) },
  { weight: 1, arbitrary: received },
  { weight: 3, arbitrary: fc.constant({ type: 'AllocateOrder' as const }) },
  {
    weight: 3,
    arbitrary: some(fc.record({ lineNumber, lotNumber, quantity: maybe(units) }), 3).map((pins) => ({
      type: 'AllocateOrder' as const,
      pins,
    })),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'CompleteAllocation' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'ReleaseAllocation' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ sku: fc.constantFrom(...SKUS), lotNumber }).map((which) => ({
      type: 'ReplaceLot' as const,
      ...which,
      reason: 'recalled',
    })),
  },
  { weight: 10, arbitrary: fc.constant({ type: 'QueueFulfillment' as const }) },
  {
    weight: 12,
    arbitrary: fc
      .option(some(fc.record({ ...lineQuantity, lotNumber: maybe(lotNumber) }), 2), {
        nil: undefined,
        freq: 2,
      })
      .map((lines) => ({
        type: 'RecordShipment' as const,
        carrier: 'UPS',
        trackingNumber: '1Z999',
        lines,
      })),
  },
  { weight: 4, arbitrary: fc.constant({ type: 'ContinueSteps' as const }) },
  {
    weight: 10,
    arbitrary: fc.integer({ min: 1, max: 3 }).map((which) => ({
      type: 'ConfirmDelivery' as const,
      shipmentId: `S${which}`,
      deliveredAt: '2026-03-04T10:00:00Z',
    })),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'CloseOrder' as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<WrittenCommand>(
      { type: 'CancelOrder', reason: 'changed their mind' },
      { type: 'ContinueSteps' },
    ),
  },
  {
    weight: 3,
    arbitrary: some(fc.record(lineQuantity), 2).map((lines) => ({
      type: 'CancelOrder' as const,
      reason: 'fewer, please',
      lines,
    })),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'PlaceHold' as const, reason: 'OTHER' }) },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 9 }).map((which) => ({
      type: 'ReleaseHold' as const,
      holdId: `H${which}`,
    })),
  },
  {
    weight: 3,
    arbitrary: some(fc.record({ ...lineQuantity, unitPrice: maybe(fc.constant('3.075')) }), 2).map(
      (lines) => ({ type: 'AmendOrder' as const, lines }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('2026-03-20', '2026-05-01').map((end) => ({
      type: 'AmendOrder' as const,
      deliveryWindow: { start: '2026-03-10', end },
    })),
  },
  {
    weight: 3,
    arbitrary: some(
      fc.record({
        ...lineQuantity,
        disposition: fc.constantFrom('RESTOCK', 'QUARANTINE', 'WRITE_OFF'),
        lotNumber: maybe(lotNumber),
      }),
      2,
    ).map((lines) => ({ type: 'ReceiveReturn' as const, lines })),
  },
  { weight: 1, arbitrary: fc.constantFrom<WrittenCommand>({ type: 'VoidOrder' }, { type: 'ContinueSteps' }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ order: fc.nat(MAX_ORDERS - 1), command }) },
  {
    weight: 1,
    arbitrary: fc.record({
      sku: fc.constantFrom(...SKUS),
      lotNumber,
      change: fc.oneof(
        fc.record({ units }),
        fc.record({
          status: fc.constantFrom('AVAILABLE', 'HOLD', 'RECALLED') as fc.Arbitrary<Lot['status']>,
        }),
      ),
    }),
  },
);

/** Lots, orders, and what is asked of them afterwards, in no sensible order; few reservations fit into a step. */
export const history = fc.record({
  mostReservations: fc.constantFrom(2, 3, 4, 25),
  lots: fc.array(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      lotNumber,
      available: fc.integer({ min: 0, max: 40 }),
      expiryDate: fc.constantFrom(null, '2026-02-01', '2026-03-25', '2026-12-31'),
    }),
    { maxLength: 12 },
  ),
  receptions: fc.array(received, { minLength: 2, maxLength: 4 }),
  steps: fc.array(step, { minLength: COMMANDS_A_RUN, maxLength: COMMANDS_A_RUN }),
});
