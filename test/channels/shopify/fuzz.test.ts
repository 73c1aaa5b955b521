import { describe, expect, it } from 'vitest';
import { OrderCommand, ReceiveOrder } from '../../../domain/order/commands.ts';
import type { Order } from '../../../domain/order/order.ts';
import { hasBase64Signature } from '../../../functions/channels/core/base64-signature.ts';
import type { Instruction, KnownOrder, ShopOutcome } from '../../../functions/channels/core/outcome.ts';
import { translateMessage } from '../../../functions/channels/shopify/inbound/channel-update.ts';
import { readMessage } from '../../../functions/channels/shopify/inbound/message.ts';
import fc from '../../../testing/fast-check.ts';
import { mutate, mutation } from '../../../testing/mutations.ts';
import { caseCount } from '../../../testing/property-runs.ts';
import {
  B2B,
  CANCELLED,
  CREATED,
  carryOut,
  FULFILLMENT,
  follow,
  type Json,
  json,
  known,
  lines,
  payload,
  REFUND,
  received,
  SHOP,
  tryOut,
  UPDATED,
  VOUCHERS,
} from './support.ts';

const RUNS = caseCount(1500);

const SAMPLES = [
  ['orders/create', CREATED],
  ['orders/create', B2B],
  ['orders/create', VOUCHERS],
  ['orders/updated', UPDATED],
  ['orders/cancelled', CANCELLED],
  ['fulfillments/create', FULFILLMENT],
  ['refunds/create', REFUND],
  ['orders/edited', 'orders_edited_10.json'],
  ['orders/delete', 'orders_delete_11.json'],
] as const;

const SHIP: Instruction = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' };
const QUEUE: Instruction = { type: 'QueueFulfillment' };

/** The order of most fixtures, in each stage that matters to a message. */
const KNOWN: readonly (KnownOrder | null)[] = [
  null,
  known(received(payload(CREATED))),
  known(received(payload(UPDATED)), '2026-03-14T15:11:40.000Z'),
  known(received(payload(CREATED), { type: 'ReleaseAllocation' }), '2026-03-12T16:20:10.000Z'),
  known(received(payload(CREATED), QUEUE, { ...SHIP, lines: [{ lineNumber: 1, quantity: 4 }] })),
  known(received(payload(CREATED), QUEUE, SHIP)),
  known(received(payload(CREATED), { type: 'CancelOrder', reason: 'x' })),
];

const fuzzedJson = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([[topic, file], mutations]) => {
    const body = json(file);
    for (const each of mutations) mutate(body, each);
    return { topic, body: Buffer.from(JSON.stringify(body)) };
  });

/** Bytes that mean something in JSON, and now and then any other. */
const telling = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...Buffer.from('0123456789-.eE"tfn[]{},: \\u')) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);

const fuzzedBytes = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.tuple(fc.nat(), telling), { minLength: 1, maxLength: 5 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat() }),
  )
  .map(([[topic, file], changes, end]) => {
    const body = Buffer.from(payload(file));
    for (const [position, byte] of changes) body[position % body.length] = byte;
    return { topic, body: end === null ? body : body.subarray(0, end % body.length) };
  });

/** Whatever was sent: a command that its schema takes as it is, or a name for what is wrong. */
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

describe('damaged messages', () => {
  it.each([
    ['in their JSON', fuzzedJson, ['malformed_payload', 'receive', 'run', 'quarantine']],
    ['in their bytes', fuzzedBytes, ['unreadable_json', 'run']],
  ])('%s give sound commands or a name for what is wrong', (_name, damaged, met) => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(damaged, fc.constantFrom(...KNOWN), ({ topic, body }, before) => {
        const read = readMessage(topic, body);
        if ('problem' in read) {
          kinds.add(read.problem.code);
          expect(read.problem.detail).not.toBe('');
          return;
        }
        const outcome = translateMessage(read.message, before, SHOP);
        kinds.add(outcome.kind);
        expectSound(outcome, before);
      }),
      { numRuns: RUNS },
    );
    // The damage is neither so slight nor so great that only one thing was tried.
    expect([...kinds]).toEqual(expect.arrayContaining(met));
  });

  it('of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLES), fc.uint8Array({ maxLength: 200 }), ([topic], body) => {
        readMessage(topic, body);
      }),
    );
  });

  it('are never signed', () => {
    const body = payload(CREATED);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (signature) => {
        expect(hasBase64Signature(body, signature, ['secret'])).toBe(false);
      }),
    );
  });
});

describe('messages in any order', () => {
  /** How many units of each line an edit leaves; null cancels the order. */
  const edit = fc.option(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }), {
    freq: 6,
  });

  /** A full order for each edit, as Shopify words it: quantities never fall, current ones do. */
  function statesOf(edits: readonly (readonly number[] | null)[]): Json[] {
    let greatest = [6, 3, 1, 1];
    let current: readonly number[] = greatest;
    let cancelled = false;
    return edits.map((after, index) => {
      cancelled ||= after === null;
      if (!cancelled && after !== null) current = after;
      greatest = greatest.map((quantity, line) => Math.max(quantity, current[line] ?? 0));
      return json(CREATED, {
        updated_at: new Date(Date.UTC(2026, 2, 13, 0, index)).toISOString(),
        cancelled_at: cancelled ? '2026-03-13T00:00:00Z' : null,
        line_items: lines(CREATED, (_line, line) => {
          const left = cancelled ? 0 : current[line];
          return { quantity: greatest[line], current_quantity: left, fulfillable_quantity: left };
        }),
      });
    });
  }

  /** What the handler of the webhook does, without a store. */
  function take(before: KnownOrder | null, body: Json): KnownOrder | null {
    const read = readMessage('orders/updated', Buffer.from(JSON.stringify(body)));
    if ('problem' in read || !('order' in read.message)) throw new Error('not read');
    const outcome = translateMessage(read.message, before, SHOP);
    const newest = [before?.channelVersion ?? '', read.message.updatedAt ?? ''].sort().at(-1) ?? null;
    if (outcome.kind === 'receive') {
      const order = carryOut(null, outcome.command);
      const { cancellation } = outcome;
      return { order: cancellation === null ? order : carryOut(order, cancellation), channelVersion: newest };
    }
    if (before === null) throw new Error(outcome.kind);
    return {
      order: outcome.kind === 'run' ? follow(before.order, outcome) : before.order,
      channelVersion: newest,
    };
  }

  it('and as often as they like lead to the newest order', () => {
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 5 }).chain((edits) => {
          const states = statesOf(edits);
          const repeats = fc.array(fc.constantFrom(...states), { maxLength: 5 });
          return fc.tuple(
            fc.constant(states),
            repeats.chain((more) =>
              fc.shuffledSubarray([...states, ...more], { minLength: states.length + more.length }),
            ),
          );
        }),
        ([states, deliveries]) => {
          const last = deliveries.reduce<KnownOrder | null>(take, null);
          const newest = states.at(-1) as Json;
          if (newest.cancelled_at !== null) {
            expect(last?.order.state).toBe('CANCELLED');
            return;
          }
          const units = last?.order.lines.map((line) => line.ordered - line.cancelled);
          expect(units).toEqual((newest.line_items as Json[]).map((line) => line.current_quantity));
        },
      ),
      { numRuns: caseCount(300) },
    );
  });
});
