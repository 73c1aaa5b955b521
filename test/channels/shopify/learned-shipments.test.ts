import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../../functions/channels/core/outcome.ts';
import {
  CREATED,
  follow,
  type Json,
  json,
  known,
  lines,
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

  it('of a line that was reduced before the order was known is learned with all of its units', () => {
    const reduced = (fulfilled: boolean) => ({
      ...withFulfillments(...(fulfilled ? [4] : [])),
      line_items: lines(CREATED, (_, index) => (index === 0 ? { current_quantity: 4 } : {})),
    });
    const order = settle(received(Buffer.from(JSON.stringify(reduced(false)))), reduced(true));
    expect(tally(order)['NF-TS24']).toEqual([4, 0, 4, 0]);
  });

  it('of units that were added by a lost message is learned with them', () => {
    const more = lines(CREATED, (_, index) => (index === 0 ? { quantity: 8, current_quantity: 8 } : {}));
    const order = settle(received(payload(CREATED)), { ...withFulfillments(8), line_items: more });
    expect(tally(order)['NF-TS24']).toEqual([8, 0, 8, 0]);
  });

  it('of more than is left to ship holds the order, and is for an operator', () => {
    const order = received(payload(CREATED), {
      type: 'CancelOrder',
      reason: 'too many',
      lines: [{ lineNumber: 1, quantity: 4 }],
    });
    const cancelledHere = new Map([[1, 4]]);
    const shipped = follow(
      order,
      outcomeOf('orders/updated', withFulfillments(6), { ...known(order), cancelledHere }),
    );
    expect(tally(shipped)['NF-TS24']).toEqual([6, 4, 2, 0]);
    const outcome = outcomeOf('orders/updated', withFulfillments(6), { ...known(shipped), cancelledHere });
    expect(outcome).toMatchObject({ quarantined: { code: 'shipment_unexpected' } });
    expect(follow(shipped, outcome).holds[0]?.note).toContain('4 of line 1');
  });

  it('of an order that is on hold is a fact all the same', () => {
    const order = received(payload(CREATED), { type: 'PlaceHold', reason: 'OTHER' });
    expect(tally(settle(order, withFulfillments(2)))['NF-TS24']).toEqual([6, 0, 2, 0]);
  });
});

describe('fulfillments are known by their own id', () => {
  const sent = (fulfillments: Json[]) => json(CREATED, { updated_at: '2026-03-14T00:00:00Z', fulfillments });
  const of = (id: number, quantity: number, changes: Json = {}): Json => ({
    ...{ id, order_id: 6200407294101, status: 'success', tracking_numbers: [] },
    ...{ line_items: [{ id: SAUCE, quantity }], ...changes },
  });

  it('tracking that comes later corrects the shipment', () => {
    const first = settle(received(payload(CREATED)), sent([of(4, 2)]));
    const later = settle(first, sent([of(4, 2, { tracking_company: 'DHL', tracking_number: '1ZLATE' })]));
    expect(later.shipments).toMatchObject([{ carrier: 'DHL', trackingNumber: '1ZLATE' }]);
    expect(tally(later)['NF-TS24']).toEqual([6, 0, 2, 0]);
  });

  it('two under one tracking number are two shipments', () => {
    const van = { tracking_number: 'LOCAL VAN' };
    const order = settle(received(payload(CREATED)), sent([of(7, 2, van), of(8, 2, van)]));
    expect(order.shipments.map(({ channelFulfillmentId }) => channelFulfillmentId)).toEqual(['7', '8']);
    expect(tally(order)['NF-TS24']).toEqual([6, 0, 4, 0]);
  });

  it('one that was taken back and made again is the same shipment', () => {
    const first = settle(received(payload(CREATED)), sent([of(4, 2)]));
    const back = outcomeOf('orders/updated', sent([of(4, 2, { status: 'cancelled' })]), known(first));
    expect(back).toMatchObject({ quarantined: { code: 'fulfillment_taken_back' } });
    const again = [of(4, 2, { status: 'cancelled' }), of(5, 2, { tracking_number: '1Z-5' })];
    const order = settle(follow(first, back), sent(again));
    expect(order.shipments).toMatchObject([{ channelFulfillmentId: '5', trackingNumber: '1Z-5' }]);
    expect(tally(order)['NF-TS24']).toEqual([6, 0, 2, 0]);
  });

  it('one that the carrier has delivered is delivered', () => {
    const updated_at = '2026-03-13T10:00:00Z';
    const order = settle(
      received(payload(CREATED)),
      sent([of(4, 2, { shipment_status: 'delivered', updated_at })]),
    );
    expect(order.shipments).toMatchObject([{ deliveredAt: '2026-03-13T10:00:00.000Z' }]);
  });

  it('one of goods that wait for stock ends the waiting', () => {
    const order = received(payload(CREATED), { type: 'ReleaseAllocation' });
    const after = settle(order, sent([of(4, 6)]));
    expect(after.lines[0]).toMatchObject({ shipped: 6, backordered: 0 });
    const raised = outcomeOf('orders/updated', sent([of(4, 6)]), known(after));
    expect(raised.kind).toBe('ignore');
  });

  it('one after the order was cancelled here is raised once', () => {
    const order = received(payload(CREATED), { type: 'CancelOrder', reason: 'x' });
    const outcome = outcomeOf('orders/updated', sent([of(4, 2)]), known(order));
    expect(outcome).toMatchObject({ quarantined: { code: 'shipment_unexpected' } });
    expect(outcomeOf('orders/updated', sent([of(4, 2)]), known(follow(order, outcome))).kind).toBe('ignore');
  });
});
