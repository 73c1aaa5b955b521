import { describe, expect, it } from 'vitest';
import { OrderCommand, ReceiveOrder } from '../../../domain/order/commands.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Instruction, KnownOrder, ShopOutcome } from '../../../functions/channels/core/outcome.ts';
import { camelCased } from '../../../functions/channels/square/client/rest.ts';
import { translate } from '../../../functions/channels/square/inbound/channel-update.ts';
import { readEnvelope, readJson, readMessage } from '../../../functions/channels/square/inbound/message.ts';
import { SquareOrder } from '../../../functions/channels/square/inbound/payload.ts';
import fc from '../../../testing/fast-check.ts';
import { mutate, mutation } from '../../../testing/mutations.ts';
import { caseCount } from '../../../testing/property-runs.ts';
import { MERCHANT, squarePayload } from '../../../testing/square.ts';
import { known, received, SKUS, sample, tryOut } from './support.ts';

const RUNS = caseCount(1500);

const SAMPLES = [
  'retrieve_order_01_v1_shipment.json',
  'retrieve_order_01_v4_prepared_paid.json',
  'retrieve_order_03_canceled.json',
];
const EVENTS = [
  'event_01_order_created.json',
  'event_03_order_fulfillment_updated.json',
  'event_04_payment_updated.json',
];

const QUEUE: Instruction = { type: 'QueueFulfillment' };
const SHIP: Instruction = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' };

/** The sample order in each stage that matters to updates of it. */
const KNOWN: readonly (KnownOrder | null)[] = [
  null,
  known(received(sample())),
  known(received(sample({}, SAMPLES[0])), '0000000001'),
  known(received(sample(), { type: 'ReleaseAllocation' })),
  known(received(sample(), QUEUE, { ...SHIP, lines: [{ lineNumber: 1, quantity: 4 }] })),
  known(received(sample(), QUEUE, SHIP)),
  known(received(sample(), { type: 'CancelOrder', reason: 'x' })),
];

/** States that change what an order asks for, so that all ways are gone. */
const changes = fc.record({
  state: fc.constantFrom('OPEN', 'OPEN', 'COMPLETED', 'CANCELED', 'DRAFT'),
  fulfillment: fc.constantFrom('PROPOSED', 'PREPARED', 'COMPLETED', 'CANCELED', 'none'),
});

const damaged = fc
  .tuple(fc.constantFrom(...SAMPLES), changes, fc.array(mutation, { maxLength: 5 }))
  .map(([file, { state, fulfillment }, mutations]) => {
    const order = sample({ state }, file);
    const fulfillments = order.fulfillments as Record<string, unknown>[];
    order.fulfillments = fulfillment === 'none' ? [] : [{ ...fulfillments[0], state: fulfillment }];
    for (const each of mutations) mutate(order, each);
    return camelCased(order);
  });

const payments = fc.option(
  fc.record({
    paymentId: fc.constantFrom('PAYTEST0001', 'OTHER'),
    status: fc.constantFrom('COMPLETED', 'FAILED'),
    amount: fc.bigInt({ min: -1n, max: 10_000n }),
  }),
);

/** Whatever was told: a command that its schema takes as it is, or a name for what is wrong. */
function expectSound(outcome: ShopOutcome, before: KnownOrder | null): void {
  switch (outcome.kind) {
    case 'receive':
      expect(ReceiveOrder.parse(outcome.command)).toEqual(outcome.command);
      if (outcome.cancellation !== null) OrderCommand.parse(outcome.cancellation);
      tryOut(null, outcome.command);
      return;
    case 'run': {
      expect(outcome.commands.length).toBeGreaterThan(0);
      let order: Order | null = before?.order ?? null;
      for (const command of outcome.commands) {
        expect(OrderCommand.parse(command)).toEqual(command);
        order = tryOut(order, command) ?? order;
      }
      return;
    }
    case 'quarantine':
      expect(outcome.problem.detail).not.toBe('');
      return;
    case 'fetch-order':
    case 'ignore':
      expect(outcome.reason).not.toBe('');
  }
}

describe('damaged orders', () => {
  it('give sound commands or a name for what is wrong', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(damaged, fc.constantFrom(...KNOWN), payments, (order, before, payment) => {
        const parsed = SquareOrder.safeParse(order);
        if (!parsed.success) {
          kinds.add('malformed');
          return;
        }
        const outcome = translate({ square: parsed.data, payment, merchant: MERCHANT, skus: SKUS }, before);
        kinds.add(outcome.kind);
        expectSound(outcome, before);
      }),
      { numRuns: RUNS },
    );
    // The damage is neither so slight nor so great that only one thing was tried.
    expect([...kinds]).toEqual(
      expect.arrayContaining(['malformed', 'receive', 'run', 'quarantine', 'ignore']),
    );
  });
});

describe('damaged events', () => {
  it('are read, or named for what is wrong', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EVENTS),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (file, mutations) => {
          const event = JSON.parse(squarePayload(file).toString()) as Record<string, unknown>;
          for (const each of mutations) mutate(event, each);
          const envelope = readEnvelope(event);
          if (envelope === null) return;
          const read = readMessage(envelope.type, event);
          if ('problem' in read) expect(read.problem.detail).not.toBe('');
          else expect(['order', 'payment']).toContain(read.message.about);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        readEnvelope(readJson(body));
      }),
    );
    expect(readJson(Buffer.from('['.repeat(500_000)))).toBeUndefined();
  });
});
