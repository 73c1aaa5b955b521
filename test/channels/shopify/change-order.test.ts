import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../../functions/channels/core/outcome.ts';
import {
  CANCELLED,
  CARD,
  CHILI,
  CREATED,
  follow,
  type Json,
  json,
  known,
  lines,
  outcomeOf,
  payload,
  received,
  SALT,
  SAUCE,
  settle,
  tally,
  UPDATED,
} from './support.ts';

const OLD = '2026-03-12T16:20:10.000Z';
const NEW = '2026-03-14T15:11:40.000Z';
const LATER = '2026-03-15T00:00:00Z';

const QUEUE: Instruction = { type: 'QueueFulfillment' };
const ship = (lineNumber: number, quantity: number): Instruction => ({
  type: 'RecordShipment',
  carrier: 'UPS',
  trackingNumber: `1Z-${lineNumber}`,
  lines: [{ lineNumber, quantity }],
});
const SHIP_ALL: Instruction = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' };

/** What `orders/updated` asks for when the order was received as it was created and then went through `since`. */
function update(changes: Json, ...since: readonly Instruction[]) {
  const order = received(payload(CREATED), ...since);
  const outcome = outcomeOf(
    'orders/updated',
    json(CREATED, { updated_at: LATER, ...changes }),
    known(order, OLD),
  );
  return { order, outcome };
}

/** The lines of the order with some fields of one changed. */
const withLine = (id: number, changes: Json) => lines(CREATED, (line) => (line.id === id ? changes : {}));

/** What an outcome does to the order; that what the channel says is kept goes without saying. */
const commandsOf = (outcome: ReturnType<typeof outcomeOf>) => {
  if (outcome.kind !== 'run') return outcome.kind;
  const types = outcome.commands.map(({ type }) => type).filter((type) => type !== 'RecordChannelData');
  return types.length > 0 || outcome.quarantined !== null ? types : 'ignore';
};

describe('what is newer', () => {
  const order = received(payload(CREATED));

  it('lets no older state overwrite a newer one', () => {
    const updated = follow(order, outcomeOf('orders/updated', payload(UPDATED), known(order, OLD)));
    const late = outcomeOf('orders/create', payload(CREATED), known(updated, NEW));
    expect(late).toEqual({ kind: 'ignore', reason: 'a newer state of the order has been received' });
  });

  it('compares instants, not texts: offsets differ', () => {
    const sameInstant = json(CREATED, { updated_at: '2026-03-14T16:11:40+01:00', po_number: 'X' });
    expect(commandsOf(outcomeOf('orders/updated', sameInstant, known(order, NEW)))).toEqual(['AmendOrder']);
    const earlier = json(CREATED, { updated_at: '2026-03-14T16:11:39+01:00', po_number: 'X' });
    expect(outcomeOf('orders/updated', earlier, known(order, NEW)).kind).toBe('ignore');
  });

  it('asks for the order when a state has no date', () => {
    const undated = json(CREATED, { updated_at: null, po_number: 'X' });
    expect(outcomeOf('orders/updated', undated, known(order, OLD)).kind).toBe('fetch-order');
    expect(commandsOf(outcomeOf('orders/updated', undated, known(order)))).toEqual(['AmendOrder']);
  });

  it('does nothing on a repeat, under any topic', () => {
    for (const topic of ['orders/create', 'orders/updated', 'orders/cancelled']) {
      expect(outcomeOf(topic, payload(CREATED), known(order, OLD)).kind).toBe('ignore');
    }
  });

  it('does nothing on a repeat of an order that was first seen edited', () => {
    const edited = received(payload(UPDATED));
    expect(outcomeOf('orders/updated', payload(UPDATED), known(edited, NEW)).kind).toBe('ignore');
    expect(outcomeOf('orders/create', payload(CREATED), known(edited, NEW)).kind).toBe('ignore');
  });
});

describe('the recorded edit', () => {
  it('takes off what was removed, and not what came back after it had shipped', () => {
    const order = received(payload(CREATED));
    const learned = outcomeOf('orders/updated', payload(UPDATED), known(order, OLD));
    expect(commandsOf(learned)).toEqual(['RecordChannelShipment']);
    const shipped = follow(order, learned);
    // One jar came back after it had left, and the chili never left.
    expect(commandsOf(outcomeOf('orders/updated', payload(UPDATED), known(shipped, OLD)))).toEqual([
      'CancelOrder',
      'ReceiveReturn',
    ]);
    const edited = settle(order, payload(UPDATED), OLD);
    expect(tally(edited)).toEqual({
      'NF-TS24': [6, 0, 6, 1],
      'NF-CC08': [3, 3, 0, 0],
      'NF-SS1K': [1, 0, 0, 0],
      'NF-CARD': [1, 0, 1, 0],
    });
    expect(outcomeOf('orders/updated', payload(UPDATED), known(edited, NEW)).kind).toBe('ignore');
  });
});

describe('goods that were removed beside a voucher', () => {
  const voucher = { id: 11, gift_card: true, requires_shipping: false, quantity: 1, price: '5' };
  const goods = { id: 12, sku: 'NF-CARD', requires_shipping: true, quantity: 1, price: '5' };
  const sold = json(CREATED, { line_items: [voucher, goods], shipping_lines: [], tax_lines: [] });

  it('do not keep the order open when the shop has sent the voucher', () => {
    const removed = [voucher, { ...goods, current_quantity: 0, fulfillable_quantity: 0 }];
    const edited = settle(received(sold), { ...sold, line_items: removed, updated_at: NEW }, OLD);
    expect(tally(edited)['NF-CARD']).toEqual([1, 1, 0, 0]);
    const fulfillments = [{ id: 1, status: 'success', line_items: [{ id: 11, quantity: 1 }] }];
    const sent = { ...sold, line_items: removed, fulfillments, fulfillment_status: 'fulfilled' };
    const over = settle(edited, { ...sent, updated_at: LATER }, NEW);
    expect([over.state, tally(over)['line 1']]).toEqual(['DELIVERED', [1, 0, 1, 0]]);
  });
});

describe('quantities of an open order', () => {
  it('goes down by cancelling units', () => {
    const line_items = withLine(SAUCE, { current_quantity: 4, fulfillable_quantity: 4 });
    const { order, outcome } = update({ line_items });
    expect(tally(follow(order, outcome))['NF-TS24']).toEqual([6, 2, 0, 0]);
  });

  it('goes up by amending the line, and discount and tax go along', () => {
    const line_items = withLine(CARD, { quantity: 3, current_quantity: 3, fulfillable_quantity: 3 });
    const { order, outcome } = update({ line_items });
    expect(outcome).toEqual({
      kind: 'run',
      commands: [{ type: 'AmendOrder', lines: [{ lineNumber: 4, quantity: 3 }] }],
      quarantined: null,
    });
    expect(tally(follow(order, outcome))['NF-CARD']).toEqual([3, 0, 0, 0]);

    const taxed = withLine(SALT, {
      quantity: 2,
      current_quantity: 2,
      fulfillable_quantity: 2,
      tax_lines: [{ price: '1.14' }],
    });
    const second = update({ line_items: taxed, current_total_price: '71.79' });
    const grown = follow(second.order, second.outcome);
    expect(grown).toMatchObject({ total: '71.79', channelTotal: '71.79', holds: [] });
    expect(tally(grown)['NF-SS1K']).toEqual([2, 0, 0, 0]);
  });

  it('goes up again after it went down', () => {
    const fewer = withLine(CARD, { quantity: 3, current_quantity: 0, fulfillable_quantity: 0 });
    const more = withLine(CARD, { quantity: 3, current_quantity: 2, fulfillable_quantity: 2 });
    const { order, outcome } = update({ line_items: fewer });
    const emptied = follow(order, outcome);
    const refilled = follow(
      emptied,
      outcomeOf(
        'orders/updated',
        json(CREATED, { updated_at: LATER, line_items: more }),
        known(emptied, OLD),
      ),
    );
    expect(tally(refilled)['NF-CARD']).toEqual([3, 1, 0, 0]);
  });

  it('ends the order when every line is removed', () => {
    const line_items = lines(CREATED, () => ({ current_quantity: 0, fulfillable_quantity: 0 }));
    const { order, outcome } = update({ line_items });
    expect(follow(order, outcome).state).toBe('CANCELLED');
  });

  it('takes units off that were refunded without restocking before they shipped', () => {
    const refunds = [
      { refund_line_items: [{ line_item_id: SAUCE, quantity: 2, restock_type: 'no_restock' }] },
    ];
    const line_items = withLine(SAUCE, { current_quantity: 4, fulfillable_quantity: 4 });
    const { order, outcome } = update({ line_items, refunds });
    expect(tally(follow(order, outcome))['NF-TS24']).toEqual([6, 2, 0, 0]);
  });

  it('leaves units that the customer keeps though they were refunded', () => {
    const refunds = [
      { refund_line_items: [{ line_item_id: SAUCE, quantity: 2, restock_type: 'no_restock' }] },
    ];
    const fulfillments = [
      { id: 1, order_id: 2, status: 'success', line_items: [{ id: SAUCE, quantity: 6 }] },
    ];
    const line_items = withLine(SAUCE, { current_quantity: 4, fulfillable_quantity: 0 });
    const order = settle(received(payload(CREATED)), json(CREATED, { line_items, refunds, fulfillments }));
    expect(tally(order)['NF-TS24']).toEqual([6, 0, 6, 0]);
  });

  it('is not misled where Shopify counts cancelled units of a partly fulfilled line as fulfillable', () => {
    const refunds = [{ refund_line_items: [{ line_item_id: SAUCE, quantity: 2, restock_type: 'cancel' }] }];
    const fulfillments = [
      { id: 1, order_id: 2, status: 'success', line_items: [{ id: SAUCE, quantity: 3 }] },
    ];
    const line_items = withLine(SAUCE, { current_quantity: 4, fulfillable_quantity: 3 });
    const order = settle(received(payload(CREATED)), json(CREATED, { line_items, refunds, fulfillments }));
    expect(tally(order)['NF-TS24']).toEqual([6, 2, 3, 0]);
  });

  it('cancels many lines in parts that one step of the domain takes', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      id: index + 1,
      sku: `SKU-${index}`,
      quantity: 2,
      price: '1.00',
    }));
    const body = json(CREATED, { line_items: many, total_price: null, current_total_price: null });
    const order = received(body);
    const fewer = many.map((line) => ({ ...line, current_quantity: 1, fulfillable_quantity: 1 }));
    const outcome = outcomeOf('orders/updated', { ...body, line_items: fewer }, known(order));
    expect(commandsOf(outcome)).toEqual(['CancelOrder', 'CancelOrder', 'CancelOrder']);
    expect(follow(order, outcome).lines.every((line) => line.cancelled === 1)).toBe(true);
    const more = many.map((line) => ({ ...line, quantity: 3 }));
    const grown = follow(order, outcomeOf('orders/updated', { ...body, line_items: more }, known(order)));
    expect(grown.lines.every((line) => line.ordered === 3)).toBe(true);
  });
});

describe('a line that Shopify adds', () => {
  const added = { id: 15518907892105, sku: 'NF-NEW', quantity: 2, current_quantity: 2, price: '3.00' };
  const line_items = [...lines(CREATED, () => ({})), added];
  const grown = { line_items, current_total_price: '70.92' };

  it.each([
    ['open', []],
    ['queued', [QUEUE]],
  ] as const)('is added to an order that is %s', (_name, since) => {
    const { order, outcome } = update(grown, ...since);
    const after = follow(order, outcome);
    expect(after).toMatchObject({ total: '70.92', holds: [] });
    expect(after.lines[4]).toMatchObject({ sku: 'NF-NEW', ordered: 2, channelLineId: '15518907892105' });
    const again = outcomeOf(
      'orders/updated',
      json(CREATED, { updated_at: LATER, ...grown }),
      known(after, OLD),
    );
    expect(again.kind).toBe('ignore');
  });

  it('in place of another does not end the order', () => {
    const only = { ...added, id: 1, sku: 'NF-SS1K' };
    const untaxed = { shipping_lines: [], tax_lines: [], total_tax: null, current_total_tax: null };
    const totals = { ...untaxed, current_total_price: '6.00' };
    const order = received(json(CREATED, { line_items: [only], ...totals }));
    const gone = { ...only, current_quantity: 0, fulfillable_quantity: 0 };
    const swapped = json(CREATED, { line_items: [gone, added], ...totals });
    const after = settle(order, swapped);
    expect(after).toMatchObject({ state: 'RECEIVED', holds: [] });
    expect(tally(after)).toEqual({ 'NF-SS1K': [2, 2, 0, 0], 'NF-NEW': [2, 0, 0, 0] });
  });

  it('is recorded as shipped in the same message where it has left already', () => {
    const fulfillments = [
      { id: 9, order_id: 2, status: 'success', line_items: [{ id: added.id, quantity: 2 }] },
    ];
    const after = settle(received(payload(CREATED)), json(CREATED, { ...grown, fulfillments }));
    expect(tally(after)['NF-NEW']).toEqual([2, 0, 2, 0]);
  });

  it('after some goods have left ships with the rest', () => {
    const { order, outcome } = update(grown, QUEUE, ship(2, 1));
    expect(outcome).toMatchObject({ quarantined: null });
    const after = follow(order, outcome);
    expect(after).toMatchObject({ state: 'FULFILLMENT_QUEUED', holds: [] });
    expect(tally(after)['NF-NEW']).toEqual([2, 0, 0, 0]);
    const again = json(CREATED, { updated_at: LATER, ...grown });
    expect(outcomeOf('orders/updated', again, known(after, OLD)).kind).toBe('ignore');
  });

  it('after all goods have left is raised once, and kept on the order', () => {
    const { order, outcome } = update(grown, QUEUE, SHIP_ALL);
    expect(outcome).toMatchObject({
      quarantined: { code: 'too_late_to_amend', detail: expect.stringContaining('2 × NF-NEW added') },
    });
    const raised = follow(order, outcome);
    expect(raised.lines).toHaveLength(4);
    expect(raised.channelData).toContainEqual(
      expect.objectContaining({ label: 'To be looked at', value: expect.stringContaining('NF-NEW added') }),
    );
    const again = json(CREATED, { updated_at: LATER, ...grown, tags: 'x' });
    expect(outcomeOf('orders/updated', again, known(raised, OLD))).toMatchObject({ quarantined: null });
  });
});

describe('terms', () => {
  const shipping_address = { ...(json(CREATED).shipping_address as Json), address1: '1 New Street' };

  it('follow the shop while the order is open', () => {
    const { order, outcome } = update({
      shipping_address,
      note_attributes: [{ name: 'delivery_window', value: '2026-03-20/2026-03-21' }],
      po_number: 'PO-9',
    });
    expect(commandsOf(outcome)).toEqual(['AmendOrder']);
    expect(follow(order, outcome)).toMatchObject({
      shipTo: { address1: '1 New Street', city: 'Tacoma' },
      deliveryWindow: { start: '2026-03-20', end: '2026-03-21' },
      purchaseOrderNumber: 'PO-9',
    });
  });

  it('stay as they are where Shopify leaves them out', () => {
    const bare = { shipping_address: null, note_attributes: [], po_number: null };
    expect(commandsOf(update(bare).outcome)).toBe('ignore');
  });

  it('follow the shop also when it is queued, until goods have left: then the order is held', () => {
    const queued = update({ shipping_address, po_number: 'PO-9' }, QUEUE);
    expect(follow(queued.order, queued.outcome)).toMatchObject({
      shipTo: { address1: '1 New Street' },
      purchaseOrderNumber: 'PO-9',
      holds: [],
    });
    const { order, outcome } = update({ shipping_address }, QUEUE, ship(2, 1));
    expect(outcome).toMatchObject({ quarantined: { code: 'too_late_to_amend' } });
    const held = follow(order, outcome);
    expect(held.holds.map((hold) => hold.reason)).toEqual(['INCORRECT_ADDRESS']);
    expect(held.shipTo?.address1).toBe('88 Commerce St');
  });
});

describe('a queued order', () => {
  it('still loses units that have not shipped', () => {
    const line_items = withLine(CHILI, { current_quantity: 1, fulfillable_quantity: 1 });
    const { order, outcome } = update({ line_items }, QUEUE);
    expect(tally(follow(order, outcome))['NF-CC08']).toEqual([3, 2, 0, 0]);
  });

  it('does not lose those that have, and tells an operator', () => {
    const line_items = withLine(CHILI, { current_quantity: 1, fulfillable_quantity: 1 });
    const { order, outcome } = update({ line_items }, QUEUE, ship(2, 2));
    expect(outcome).toMatchObject({
      kind: 'run',
      quarantined: {
        code: 'cancelled_after_shipping',
        detail: 'Shopify removed units that have shipped: 1 of line 2',
      },
    });
    expect(tally(follow(order, outcome))['NF-CC08']).toEqual([3, 1, 2, 0]);
  });

  it('loses all that is left, and an operator hears of what had left already', () => {
    const line_items = lines(CREATED, () => ({ current_quantity: 0, fulfillable_quantity: 0 }));
    const { order, outcome } = update({ line_items }, QUEUE, ship(1, 4));
    expect(outcome).toMatchObject({
      quarantined: {
        code: 'cancelled_after_shipping',
        detail: 'Shopify removed units that have shipped: 4 of line 1',
      },
    });
    const after = follow(order, outcome);
    expect(after.state).toBe('SHIPPED');
    expect(tally(after)['NF-TS24']).toEqual([6, 2, 4, 0]);
  });

  it('grows as long as nothing of it has left', () => {
    const line_items = withLine(CARD, { quantity: 3, current_quantity: 3, fulfillable_quantity: 3 });
    const { order, outcome } = update({ line_items }, QUEUE);
    expect(tally(follow(order, outcome))['NF-CARD']).toEqual([3, 0, 0, 0]);
    const begun = update({ line_items }, QUEUE, ship(2, 1));
    expect(follow(begun.order, begun.outcome).holds.map((hold) => hold.note)).toEqual([
      'Shopify changed LMB-ORD-2026-0001 after goods had left: 3 units in line 4.',
    ]);
  });
});

describe('an order that has shipped', () => {
  it('does not change, and what Shopify changed of it is for an operator, once', () => {
    const line_items = withLine(CHILI, { current_quantity: 0, fulfillable_quantity: 0 });
    const { order, outcome } = update({ line_items }, QUEUE, SHIP_ALL);
    expect(outcome).toMatchObject({ quarantined: { code: 'cancelled_after_shipping' } });
    const raised = follow(order, outcome);
    expect(
      outcomeOf('orders/updated', json(CREATED, { updated_at: LATER, line_items }), known(raised, OLD)).kind,
    ).toBe('ignore');
    expect(update({ po_number: 'PO-9' }, QUEUE, SHIP_ALL).outcome).toMatchObject({
      quarantined: { detail: expect.stringContaining('another purchase order number') },
    });
  });

  it('whose amounts change is for an operator, but for a refund', () => {
    const cheaper = { line_items: withLine(SALT, { discount_allocations: [{ amount: '2.00' }] }) };
    expect(update({ ...cheaper, current_total_price: '63.55' }, QUEUE, SHIP_ALL).outcome).toMatchObject({
      quarantined: { detail: expect.stringContaining('other amounts, with a total of 63.55') },
    });
    const refunds = [{ id: 1, transactions: [{ kind: 'refund', amount: '1.37' }] }];
    expect(update({ ...cheaper, refunds }, QUEUE, SHIP_ALL).outcome).toMatchObject({ quarantined: null });
  });
});

describe('discounts and taxes by an edit', () => {
  it('change the amounts of the order, and its total is that of the shop', () => {
    const line_items = withLine(SALT, { discount_allocations: [{ amount: '2.00' }] });
    const { order, outcome } = update({ line_items, current_total_price: '63.55' });
    expect(commandsOf(outcome)).toEqual(['AmendOrder']);
    expect(follow(order, outcome)).toMatchObject({ total: '63.55', channelTotal: '63.55', holds: [] });
    const shipping_lines = [{ price: '9.00', tax_lines: [] }];
    const moved = update({ shipping_lines, current_total_price: '69.52' });
    expect(follow(moved.order, moved.outcome)).toMatchObject({ shippingAmount: '9.00', total: '69.52' });
  });

  it('that do not come out hold the order; a rounded cent does not', () => {
    const { order, outcome } = update({ current_total_price: '70.00' });
    expect(follow(order, outcome).holds.map(({ note }) => note)).toEqual([
      "The channel's total is 70.00 USD, ours is 64.92.",
    ]);
    expect(commandsOf(update({ current_total_price: '64.93' }).outcome)).toEqual('ignore');
  });
});

describe('an order whose money went back', () => {
  it('is held, once, as long as its goods are here', () => {
    const { order, outcome } = update({ financial_status: 'refunded' });
    const held = follow(order, outcome);
    expect(held.holds.map(({ note }) => note)).toEqual(['Shopify has refunded the whole order.']);
    const released = follow(held, {
      kind: 'run',
      commands: [{ type: 'ReleaseHold', holdId: held.holds[0]?.holdId ?? '' }],
      quarantined: null,
    });
    const again = json(CREATED, { updated_at: LATER, financial_status: 'refunded', tags: 'x' });
    expect(commandsOf(outcomeOf('orders/updated', again, known(released, OLD)))).toBe('ignore');
  });
});

describe('payment', () => {
  const pending = json(CREATED, { financial_status: 'pending' });
  const paid = json(CREATED, { updated_at: LATER });

  it('lifts the hold that waited for it, in every state', () => {
    const order = received(pending);
    expect(order.holds.map((hold) => hold.reason)).toEqual(['AWAITING_PAYMENT']);
    expect(follow(order, outcomeOf('orders/updated', paid, known(order, OLD))).holds).toEqual([]);
  });

  it('leaves a hold alone that a person placed', () => {
    const order = received(payload(CREATED), {
      type: 'PlaceHold',
      reason: 'AWAITING_PAYMENT',
      note: 'Ask the bank.',
    });
    expect(outcomeOf('orders/updated', paid, known(order, OLD)).kind).toBe('ignore');
  });

  it('that is lost again holds the order, once', () => {
    const { order, outcome } = update({ financial_status: 'voided' });
    const held = follow(order, outcome);
    expect(held.holds.map((hold) => hold.note)).toEqual(['Shopify reports the payment as voided.']);
    const again = json(CREATED, { updated_at: LATER, financial_status: 'voided' });
    expect(outcomeOf('orders/updated', again, known(held, OLD)).kind).toBe('ignore');
    const paidAgain = follow(
      held,
      outcomeOf('orders/updated', json(CREATED, { updated_at: LATER }), known(held, OLD)),
    );
    expect(paidAgain.holds).toEqual([]);
    const { order: open, outcome: owed } = update({ financial_status: 'partially_paid' });
    expect(follow(open, owed).holds.map((hold) => hold.reason)).toEqual(['AWAITING_PAYMENT']);
  });
});

describe('an address that was missing', () => {
  it('amends the order and lifts the hold that waited for it', () => {
    const order = received(json(CREATED, { shipping_address: null }));
    expect(order.holds.map((hold) => hold.reason)).toEqual(['INCORRECT_ADDRESS']);
    const outcome = outcomeOf('orders/updated', json(CREATED, { updated_at: LATER }), known(order, OLD));
    expect(commandsOf(outcome)).toEqual(['AmendOrder', 'ReleaseHold']);
    expect(follow(order, outcome)).toMatchObject({ holds: [], shipTo: { city: 'Tacoma' } });
  });
});

describe('an address that a person doubts', () => {
  it('stays in doubt, whatever Shopify says', () => {
    const order = received(payload(CREATED), {
      type: 'PlaceHold',
      reason: 'INCORRECT_ADDRESS',
      note: 'Call them.',
    });
    const again = json(CREATED, { updated_at: LATER });
    expect(outcomeOf('orders/updated', again, known(order, OLD)).kind).toBe('ignore');
  });
});

describe('cancellation', () => {
  const cancelled = json(CREATED, { cancelled_at: '2026-03-12T17:00:00Z', cancel_reason: 'fraud' });

  it.each([
    ['ALLOCATED', []],
    ['RECEIVED', [{ type: 'ReleaseAllocation' }]],
    ['FULFILLMENT_QUEUED', [QUEUE]],
  ] as const)('cancels an order that is %s', (state, since) => {
    const order = received(payload(CREATED), ...since);
    expect(order.state).toBe(state);
    const after = follow(order, outcomeOf('orders/cancelled', cancelled, known(order, OLD)));
    expect(after.state).toBe('CANCELLED');
    expect(outcomeOf('orders/cancelled', cancelled, known(after, OLD)).kind).toBe('ignore');
  });

  it('counts under any topic, and also when it comes after a newer state', () => {
    const order = received(payload(CREATED));
    expect(commandsOf(outcomeOf('orders/updated', cancelled, known(order, NEW)))).toEqual(['CancelOrder']);
  });

  it('takes off what is left of a partly shipped order', () => {
    const order = received(payload(CREATED), QUEUE, ship(1, 4));
    const after = follow(order, outcomeOf('orders/cancelled', cancelled, known(order)));
    expect(after.state).toBe('SHIPPED');
    expect(tally(after)['NF-TS24']).toEqual([6, 2, 4, 0]);
  });

  it('is for an operator when everything has shipped', () => {
    const order = received(payload(CREATED), QUEUE, SHIP_ALL);
    expect(outcomeOf('orders/cancelled', cancelled, known(order))).toMatchObject({
      kind: 'quarantine',
      problem: { code: 'cancelled_after_shipping' },
    });
  });

  it('is not undone by an order that comes late, whatever date it bears', () => {
    const order = received(payload(CREATED), { type: 'CancelOrder', reason: 'Cancelled in Shopify' });
    const late = json(CREATED, { updated_at: LATER });
    expect(outcomeOf('orders/create', late, known(order))).toEqual({
      kind: 'ignore',
      reason: 'the order is cancelled here',
    });
  });

  it('of an unknown order takes it in as cancelled', () => {
    expect(outcomeOf('orders/cancelled', payload(CANCELLED))).toMatchObject({
      kind: 'receive',
      cancellation: { type: 'CancelOrder', reason: 'Cancelled in Shopify: customer' },
    });
  });
});

describe('an order that was taken out here', () => {
  it('stays out', () => {
    const order = received(payload(CREATED), { type: 'ReleaseAllocation' }, { type: 'VoidOrder' });
    expect(order).toMatchObject({ state: 'RECEIVED', voided: true });
    expect(outcomeOf('orders/updated', payload(UPDATED), known(order)).kind).toBe('ignore');
  });
});

describe('a change that no order can hold', () => {
  it('is quarantined whole, what could be done of it included', () => {
    const line_items = lines(CREATED, (line) =>
      line.id === SAUCE ? { current_quantity: 2_000_000 } : { current_quantity: 0 },
    );
    expect(update({ line_items }).outcome).toMatchObject({
      kind: 'quarantine',
      problem: { code: 'quantity_too_large' },
    });
  });
});
