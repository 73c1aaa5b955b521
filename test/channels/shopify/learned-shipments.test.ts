import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../../functions/channels/core/outcome.ts';
import {
  CREATED,
  follow,
  json,
  known,
  outcomeOf,
  payload,
  received,
  SAUCE,
  settle,
  tally,
} from './support.ts';

/** A full order that tells of fulfillments whose own messages were lost. */
const withFulfillments = (...quantities: readonly number[]) =>
  json(CREATED, {
    fulfillments: quantities.map((quantity, index) => ({
      id: index + 1,
      order_id: 6200407294101,
      status: 'success',
      tracking_company: 'UPS',
      tracking_number: `1Z-${index + 1}`,
      line_items: [{ id: SAUCE, quantity }],
    })),
  });

const QUEUE: Instruction = { type: 'QueueFulfillment' };

describe('a fulfillment whose message was lost', () => {
  it('is learned from the full order, each in its own shipment, once', () => {
    const order = settle(received(payload(CREATED)), withFulfillments(2, 3));
    expect(tally(order)['NF-TS24']).toEqual([6, 0, 5, 0]);
    expect(order.shipments.map(({ trackingNumber }) => trackingNumber)).toEqual(['1Z-1', '1Z-2']);
    expect(outcomeOf('orders/updated', withFulfillments(2, 3), known(order)).kind).toBe('ignore');
  });

  it('that was recorded is not learned again', () => {
    const shipment: Instruction = {
      type: 'RecordShipment',
      carrier: 'UPS',
      trackingNumber: '1Z-1',
      lines: [{ lineNumber: 1, quantity: 2 }],
    };
    const order = received(payload(CREATED), QUEUE, shipment);
    expect(outcomeOf('orders/updated', withFulfillments(2), known(order)).kind).toBe('ignore');
  });

  it('of more than is reserved holds the order, so that nothing ships twice', () => {
    const order = received(payload(CREATED), {
      type: 'CancelOrder',
      reason: 'too many',
      lines: [{ lineNumber: 1, quantity: 4 }],
    });
    const outcome = outcomeOf('orders/updated', withFulfillments(6), known(order));
    const held = follow(order, outcome);
    expect(held.holds.map(({ reason }) => reason)).toEqual(['OTHER']);
    expect(held.holds[0]?.note).toContain('4 of line 1');
    expect(held.shipments).toEqual([]);
  });

  it('of an order that is on hold is quarantined, and the hold says that goods have left', () => {
    const order = received(payload(CREATED), { type: 'PlaceHold', reason: 'OTHER' });
    const outcome = outcomeOf('orders/updated', withFulfillments(2), known(order));
    expect(outcome).toMatchObject({ aside: { code: 'shipment_unexpected' } });
    expect(follow(order, outcome).holds.at(-1)?.note).toContain('Shopify has shipped 1Z-1');
  });
});
