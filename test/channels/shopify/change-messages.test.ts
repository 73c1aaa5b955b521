import { describe, expect, it } from 'vitest';
import type { SnapshotResult } from '../../../functions/channels/core/order-snapshot.ts';
import type { Instruction } from '../../../functions/channels/core/outcome.ts';
import { channelUpdateOf } from '../../../functions/channels/shopify/inbound/channel-update.ts';
import { snapshotOf } from '../../../functions/channels/shopify/inbound/snapshot.ts';
import {
  B2B,
  CARD,
  CHILI,
  CREATED,
  carryOut,
  FULFILLMENT,
  follow,
  type Json,
  json,
  known,
  message,
  outcomeOf,
  payload,
  REFUND,
  received,
  SAUCE,
  SHOP,
  settle,
  tally,
  UPDATED,
  VOUCHERS,
} from './support.ts';

const QUEUE: Instruction = { type: 'QueueFulfillment' };
const SHIP_ALL: Instruction = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' };
const arrived = (shipmentId: string): Instruction => ({
  type: 'ConfirmDelivery',
  shipmentId,
  deliveredAt: '2026-03-15T10:00:00.000Z',
});
const DELIVERED = [QUEUE, SHIP_ALL, arrived('LMB-ORD-2026-0001-S1')];
const ordered = (...since: readonly Instruction[]) => received(payload(CREATED), ...since);

describe('messages that do not tell the order', () => {
  it.each([
    ['orders/edited', 'orders_edited_10.json', 'fetch-order'],
    ['fulfillments/create', FULFILLMENT, 'fetch-order'],
    ['refunds/create', REFUND, 'fetch-order'],
    ['orders/delete', 'orders_delete_11.json', 'mark-deleted'],
  ])('%s of an unknown order: %s', (topic, file, kind) => {
    expect(outcomeOf(topic, payload(file)).kind).toBe(kind);
  });

  it('asks for the order when it was edited, known or not', () => {
    expect(outcomeOf('orders/edited', payload('orders_edited_10.json'), known(ordered())).kind).toBe(
      'fetch-order',
    );
  });
});

describe('fulfillments/create', () => {
  const shipment = {
    type: 'RecordChannelShipment',
    lines: [
      { lineNumber: 1, quantity: 6 },
      { lineNumber: 4, quantity: 1 },
    ],
    carrier: 'UPS',
    trackingNumber: '1Z9999W99999999999',
    packages: 2,
    channelFulfillmentId: '255858046101',
  };
  const fulfil = (changes: Json, order = ordered(QUEUE)) =>
    outcomeOf('fulfillments/create', json(FULFILLMENT, changes), known(order));

  it('records a shipment of the lines and units that left', () => {
    const order = ordered(QUEUE);
    const outcome = outcomeOf('fulfillments/create', payload(FULFILLMENT), known(order));
    expect(outcome).toEqual({ kind: 'run', commands: [shipment], quarantined: null });
    const shipped = follow(order, outcome);
    expect(tally(shipped)).toMatchObject({ 'NF-TS24': [6, 0, 6, 0], 'NF-CARD': [1, 0, 1, 0] });
    expect(shipped.state).toBe('FULFILLMENT_QUEUED');
  });

  it('does so also where our workflow has not queued the order yet', () => {
    expect(follow(ordered(), fulfil({}, ordered())).shipments).toHaveLength(1);
  });

  it('does nothing on a repeat, nor when our own shipment comes back', () => {
    const shipped = follow(ordered(QUEUE), fulfil({}));
    expect(fulfil({}, shipped)).toEqual({ kind: 'ignore', reason: 'the shipment is recorded already' });
    const ours = ordered(QUEUE, { ...SHIP_ALL, trackingNumber: '1Z9999W99999999999' } as Instruction);
    expect(fulfil({ id: 999 }, ours).kind).toBe('ignore');
  });

  it('corrects the shipment when its tracking comes later, and confirms its delivery', () => {
    const shipped = follow(ordered(QUEUE), fulfil({ tracking_number: null, tracking_numbers: [] }));
    const tracked = follow(shipped, fulfil({ tracking_number: 'X', tracking_numbers: ['X'] }, shipped));
    expect(tracked.shipments).toMatchObject([{ trackingNumber: 'X' }]);
    expect(tally(tracked)).toEqual(tally(shipped));
    const arrived = { tracking_number: 'X', tracking_numbers: ['X'], shipment_status: 'delivered' };
    expect(fulfil(arrived, tracked)).toMatchObject({ commands: [{ type: 'ConfirmDelivery' }] });
  });

  it('asks for the order where another fulfillment of the same lines is known', () => {
    const shipped = follow(ordered(QUEUE), fulfil({}));
    expect(fulfil({ id: 999 }, shipped).kind).toBe('fetch-order');
    expect(fulfil({ status: 'cancelled' }, shipped).kind).toBe('fetch-order');
  });

  it('compares tracking numbers as they are kept', () => {
    const numbered = { tracking_number: null, tracking_numbers: ['Cafe\u0301 1\u200b '] };
    const outcome = fulfil(numbered);
    expect(outcome).toMatchObject({ commands: [{ trackingNumber: 'Caf\u00e9 1' }] });
    expect(fulfil(numbered, follow(ordered(QUEUE), outcome)).kind).toBe('ignore');
  });

  it('takes a second fulfillment in the same parcel for what it is', () => {
    const shipped = follow(ordered(QUEUE), fulfil({}));
    const more = fulfil({ id: 998, line_items: [{ id: CHILI, quantity: 3 }] }, shipped);
    expect(tally(follow(shipped, more))['NF-CC08']).toEqual([3, 0, 3, 0]);
  });

  it('knows a fulfillment without tracking by its own id', () => {
    const untracked = { tracking_number: null, tracking_numbers: [], tracking_company: null };
    const outcome = fulfil(untracked);
    expect(outcome).toMatchObject({
      commands: [{ carrier: 'Other', trackingNumber: 'Shopify fulfillment 255858046101' }],
    });
    expect(outcome).not.toHaveProperty('commands.0.packages');
    expect(fulfil(untracked, follow(ordered(QUEUE), outcome)).kind).toBe('ignore');
  });

  it.each([
    ['cancelled', 'ignore'],
    ['error', 'ignore'],
    ['failure', 'ignore'],
    ['pending', 'quarantine'],
    ['open', 'quarantine'],
    ['success', 'run'],
    [null, 'run'],
  ])('with status %s: %s', (status, kind) => {
    expect(fulfil({ status }).kind).toBe(kind);
  });

  it.each([
    ['it is cancelled', [{ type: 'CancelOrder', reason: 'x' }], 'the order is CANCELLED'],
    ['it has shipped', [QUEUE, SHIP_ALL], 'the order is SHIPPED'],
  ] as [string, Instruction[], string][])('is for an operator when %s', (_name, since, why) => {
    const outcome = fulfil({}, ordered(...since));
    expect(outcome).toMatchObject({ kind: 'quarantine', problem: { code: 'shipment_unexpected' } });
    if (outcome.kind === 'quarantine') expect(outcome.problem.detail).toContain(why);
  });

  it.each([
    ['nothing is reserved', [{ type: 'ReleaseAllocation' }]],
    ['it is on hold', [QUEUE, { type: 'PlaceHold', reason: 'OTHER' }]],
  ] as [string, Instruction[]][])('is a fact also when %s', (_name, since) => {
    const order = ordered(...since);
    expect(tally(follow(order, fulfil({}, order)))['NF-TS24']).toEqual([6, 0, 6, 0]);
  });

  it('of a line that is not known asks for the order: the line was added to it', () => {
    const line_items = [
      { id: SAUCE, quantity: 6 },
      { id: 4711, quantity: 1 },
    ];
    expect(fulfil({ line_items }).kind).toBe('fetch-order');
  });

  it('minds vouchers, which Shopify fulfills by itself, where the order has nothing else', () => {
    const vouchers = received(payload(VOUCHERS));
    const outcome = fulfil({ line_items: [{ id: 15518907892401, quantity: 1 }] }, vouchers);
    expect(outcome).toMatchObject({ kind: 'run', commands: [{ type: 'RecordChannelShipment' }] });
  });
});

describe('refunds/create', () => {
  const refund = (items: Json[], changes: Json = {}): Json => ({
    ...json(REFUND),
    note: 'one jar broken',
    refund_line_items: items,
    ...changes,
  });
  const item = (
    id: number,
    quantity: number,
    restock_type: string,
    current: number,
    fulfillable: number,
  ) => ({
    line_item_id: id,
    quantity,
    restock_type,
    line_item: { current_quantity: current, fulfillable_quantity: fulfillable },
  });
  const outcomeOn = (order: ReturnType<typeof ordered>, ...items: Json[]) =>
    outcomeOf('refunds/create', refund(items), known(order));

  it('moves no goods when the customer keeps them', () => {
    expect(outcomeOf('refunds/create', payload(REFUND), known(ordered())).kind).toBe('ignore');
  });

  it.each([
    ['ALLOCATED', []],
    ['RECEIVED', [{ type: 'ReleaseAllocation' }]],
    ['FULFILLMENT_QUEUED', [QUEUE]],
  ] as [string, Instruction[]][])('takes units off an order that is %s', (state, since) => {
    const order = ordered(...since);
    expect(order.state).toBe(state);
    const outcome = outcomeOn(order, item(SAUCE, 2, 'cancel', 4, 4), item(CARD, 1, 'cancel', 0, 0));
    expect(outcome).toMatchObject({
      commands: [{ type: 'CancelOrder', reason: 'Refunded in Shopify', note: 'one jar broken' }],
    });
    expect(tally(follow(order, outcome))).toMatchObject({
      'NF-TS24': [6, 2, 0, 0],
      'NF-CARD': [1, 1, 0, 0],
    });
  });

  it('and orders/updated take the same units off once, whichever comes first', () => {
    const items = [item(CHILI, 3, 'cancel', 0, 0)];
    const updateFirst = settle(ordered(), payload(UPDATED));
    expect(outcomeOn(updateFirst, ...items).kind).toBe('ignore');
    const refundFirst = settle(follow(ordered(), outcomeOn(ordered(), ...items)), payload(UPDATED));
    expect(tally(updateFirst)).toEqual(tally(refundFirst));
  });

  it('and orders/updated do so also when a return of the line is not known here', () => {
    const shipped = { ...SHIP_ALL, lines: [{ lineNumber: 1, quantity: 3 }] } as Instruction;
    const cancelled: Instruction = {
      type: 'CancelOrder',
      reason: 'Removed from the order in Shopify',
      lines: [{ lineNumber: 1, quantity: 1 }],
    };
    const order = ordered(QUEUE, shipped, cancelled);
    // Of six, one came back and one was cancelled; two are to be shipped, as they are here.
    expect(outcomeOn(order, item(SAUCE, 1, 'cancel', 4, 2)).kind).toBe('ignore');
  });

  it('counts two entries for one line together', () => {
    const items = [item(SAUCE, 1, 'cancel', 3, 3), item(SAUCE, 2, 'cancel', 3, 3)];
    expect(tally(follow(ordered(), outcomeOn(ordered(), ...items)))['NF-TS24']).toEqual([6, 3, 0, 0]);
  });

  it('brings delivered goods back into stock, once', () => {
    const order = ordered(...DELIVERED);
    const back = item(SAUCE, 1, 'return', 5, 0);
    const outcome = outcomeOn(order, back);
    expect(outcome).toEqual({
      kind: 'run',
      commands: [
        {
          type: 'ReceiveReturn',
          lines: [{ lineNumber: 1, quantity: 1, disposition: 'RESTOCK' }],
          mayPrecedeDelivery: true,
        },
      ],
      quarantined: null,
    });
    const returned = follow(order, outcome);
    expect(tally(returned)['NF-TS24']).toEqual([6, 0, 6, 1]);
    expect(outcomeOn(returned, back).kind).toBe('ignore');
  });

  it('takes off and brings back in one refund', () => {
    const order = ordered(
      QUEUE,
      { ...SHIP_ALL, lines: [{ lineNumber: 1, quantity: 4 }] } as Instruction,
      arrived('LMB-ORD-2026-0001-S1'),
    );
    const items = [item(SAUCE, 1, 'return', 3, 0), item(SAUCE, 2, 'cancel', 3, 0)];
    expect(tally(follow(order, outcomeOn(order, ...items)))['NF-TS24']).toEqual([6, 2, 4, 1]);
  });

  it('brings goods back of which no delivery is known', () => {
    const order = ordered(QUEUE, { ...SHIP_ALL, lines: [{ lineNumber: 1, quantity: 6 }] } as Instruction);
    const outcome = outcomeOn(order, item(SAUCE, 1, 'return', 5, 0), item(CHILI, 1, 'cancel', 2, 2));
    expect(tally(follow(order, outcome))).toMatchObject({
      'NF-TS24': [6, 0, 6, 1],
      'NF-CC08': [3, 1, 0, 0],
    });
  });

  it('of goods that had not left our stock is for an operator', () => {
    const order = received(payload(UPDATED));
    const outcome = outcomeOn(order, item(SAUCE, 2, 'return', 3, 0));
    expect(outcome).toMatchObject({ quarantined: { code: 'return_unexpected' } });
    expect(outcomeOn(follow(order, outcome), item(SAUCE, 2, 'return', 3, 0)).kind).toBe('ignore');
  });

  it('of all money holds the goods, and of a part of it does not', () => {
    const money = (amount: string) => ({ transactions: [{ amount, kind: 'refund', status: 'success' }] });
    const outcome = outcomeOf('refunds/create', refund([], money('64.92')), known(ordered()));
    expect(follow(ordered(), outcome).holds.map(({ note }) => note)).toEqual([
      'Shopify has refunded the whole order.',
    ]);
    expect(outcomeOf('refunds/create', refund([], money('64.91')), known(ordered())).kind).toBe('ignore');
  });

  it('is for an operator when what it takes off has shipped', () => {
    expect(outcomeOn(ordered(QUEUE, SHIP_ALL), item(SAUCE, 1, 'cancel', 5, 0))).toEqual({
      kind: 'quarantine',
      problem: {
        code: 'cancelled_after_shipping',
        detail: 'Shopify cancelled 1 of line 1 of LMB-ORD-2026-0001, which have shipped',
      },
    });
    const partly = ordered(QUEUE, { ...SHIP_ALL, lines: [{ lineNumber: 1, quantity: 5 }] } as Instruction);
    const outcome = outcomeOn(partly, item(SAUCE, 2, 'cancel', 4, 0));
    expect(outcome).toMatchObject({ quarantined: { code: 'cancelled_after_shipping' } });
    expect(tally(follow(partly, outcome))['NF-TS24']).toEqual([6, 1, 5, 0]);
  });

  it('reads the old restocking by what has become of the line', () => {
    const open = outcomeOn(ordered(), item(SAUCE, 1, 'legacy_restock', 5, 5));
    expect(open).toMatchObject({ commands: [{ type: 'CancelOrder' }] });
    const gone = outcomeOn(ordered(...DELIVERED), item(SAUCE, 1, 'legacy_restock', 5, 0));
    expect(gone).toMatchObject({ commands: [{ type: 'ReceiveReturn' }] });
  });

  it('asks for the order when it does not tell what it left of a line', () => {
    const bare = { line_item_id: SAUCE, quantity: 1, restock_type: 'cancel' };
    expect(outcomeOn(ordered(), bare).kind).toBe('fetch-order');
  });

  it('quarantines an unknown line', () => {
    expect(outcomeOn(ordered(), item(4711, 1, 'cancel', 0, 0))).toMatchObject({
      kind: 'quarantine',
      problem: { code: 'unknown_line' },
    });
  });
});

describe('money that goes back without goods', () => {
  const business = received(payload(B2B));
  const [line] = business.lines;
  const shipped = carryOut(business, {
    ...{ type: 'RecordChannelShipment', carrier: 'UPS', trackingNumber: '1Z', channelFulfillmentId: '1' },
    lines: [{ lineNumber: 1, quantity: line?.ordered ?? 0 }],
  });
  const [shipment] = shipped.shipments;
  const afterwards = '2099-01-01T00:00:00Z';
  const refund = (changes: Json) =>
    json(REFUND, {
      ...{
        order_id: Number(business.externalId),
        created_at: afterwards,
        refund_line_items: [],
        order_adjustments: [],
      },
      transactions: [{ kind: 'refund', status: 'success', amount: '10.80' }],
      ...changes,
    });
  const ofLine = (restock_type: string, changes: Json = {}) => ({
    ...{ line_item_id: Number(line?.channelLineId), quantity: 1, restock_type },
    line_item: { current_quantity: (line?.ordered ?? 1) - 1, fulfillable_quantity: 0 },
    ...changes,
  });
  const credited = (changes: Json) => {
    const outcome = outcomeOf('refunds/create', refund(changes), known(shipped));
    return outcome.kind === 'run' ? outcome.commands.find(({ type }) => type === 'CreditRefund') : undefined;
  };

  it('is credited to a customer who was invoiced, once', () => {
    expect(outcomeOf('refunds/create', refund({}), known(business))).toMatchObject({ kind: 'ignore' });
    const outcome = outcomeOf('refunds/create', refund({ id: 50 }), known(shipped));
    expect(outcome).toMatchObject({
      kind: 'run',
      commands: [{ type: 'CreditRefund', refundId: '50', shipping: '0.00', allowance: '10.80', tax: '0.00' }],
      quarantined: null,
    });
    const after = follow(shipped, outcome);
    expect(after.creditedRefunds).toEqual(['50']);
    expect(outcomeOf('refunds/create', refund({ id: 50 }), known(after)).kind).toBe('ignore');
  });

  it('is divided into shipping, goods that stay with the customer, and the taxes on both', () => {
    const order_adjustments = [{ kind: 'shipping_refund', amount: '-10.00', tax_amount: '-0.80' }];
    expect(credited({ order_adjustments })).toMatchObject({
      shipping: '10.00',
      allowance: '0.00',
      tax: '0.80',
    });
    const kept = ofLine('no_restock', { subtotal: 9, total_tax: 0.8 });
    expect(credited({ refund_line_items: [kept] })).toMatchObject({
      ...{ shipping: '0.00', allowance: '10.00', tax: '0.80' },
    });
  });

  it('is the shipping alone where goods came back, which are credited by themselves', () => {
    const goods = { refund_line_items: [ofLine('return')] };
    expect(credited(goods)).toBeUndefined();
    const order_adjustments = [{ kind: 'shipping_refund', amount: '-10.00', tax_amount: '-0.80' }];
    expect(credited({ ...goods, order_adjustments })).toMatchObject({
      ...{ shipping: '10.00', allowance: '0.00', tax: '0.80' },
    });
  });

  it('is no more than went back', () => {
    const order_adjustments = [{ kind: 'shipping_refund', amount: '-12.00', tax_amount: '-0.98' }];
    expect(credited({ order_adjustments })).toMatchObject({ shipping: '0', allowance: '10.80', tax: '0' });
  });

  it('is for a person where it went back before the goods left, or has no id', () => {
    const before = new Date(Date.parse(shipment?.shippedAt ?? '') - 60_000).toISOString();
    for (const changes of [{ created_at: before }, { id: null }]) {
      const outcome = outcomeOf('refunds/create', refund(changes), known(shipped));
      expect(outcome).toMatchObject({
        quarantined: { code: 'credit_needed', detail: expect.stringContaining('10.80') },
      });
    }
  });

  it('is found in the order, where its own message was lost', () => {
    const whole = { ...json(B2B), updated_at: afterwards, refunds: [{ ...refund({}), id: 50 }] };
    const outcome = outcomeOf('orders/updated', whole, known(shipped));
    expect(outcome).toMatchObject({ kind: 'run' });
    expect(follow(shipped, outcome).creditedRefunds).toEqual(['50']);
  });

  it('is for a person by the order as well, once, where it went back before the goods left', () => {
    const created_at = new Date(Date.parse(shipment?.shippedAt ?? '') - 60_000).toISOString();
    const early = { ...refund({ created_at }), id: 50 };
    const whole = { ...json(B2B), updated_at: afterwards, refunds: [early] };
    const outcome = outcomeOf('orders/updated', whole, known(shipped));
    expect(outcome).toMatchObject({
      quarantined: { code: 'credit_needed', detail: expect.stringContaining('refund 50') },
    });
    const after = follow(shipped, outcome);
    expect(outcomeOf('orders/updated', whole, known(after))).toMatchObject({ kind: 'ignore' });
    expect(outcomeOf('refunds/create', early, known(after))).toMatchObject({ kind: 'ignore' });
    const first = follow(shipped, outcomeOf('refunds/create', early, known(shipped)));
    expect(outcomeOf('orders/updated', whole, known(first))).not.toHaveProperty('quarantined.code');
  });

  it('asks for nothing where nobody was invoiced', () => {
    const delivered = ordered(...DELIVERED);
    expect(outcomeOf('refunds/create', refund({}), known(delivered)).kind).toBe('ignore');
  });
});

describe('orders/delete', () => {
  it('counts when the shop says that it has the order no more: the topic is not signed', async () => {
    const order = ordered();
    const deletion = message('orders/delete', payload('orders_delete_11.json'));
    const asked = async (inShop: SnapshotResult | null) => {
      const update = channelUpdateOf(deletion, SHOP, { retrieveOrder: async () => inShop }, []);
      expect(update.translate(known(order)).kind).toBe('fetch-order');
      return (await update.fetch?.())?.translate(known(order));
    };
    const whole = message('orders/updated', payload(CREATED));
    if (!('order' in whole)) throw new Error('no order');
    expect(await asked(snapshotOf(whole.order, SHOP))).toMatchObject({
      kind: 'quarantine',
      problem: { detail: expect.stringContaining('still has the order') },
    });
    const gone = await asked(null);
    expect(gone?.kind === 'run' && follow(order, gone)).toMatchObject({ state: 'CANCELLED', voided: true });
  });

  const remove = (order: ReturnType<typeof ordered>) =>
    outcomeOf('orders/delete', payload('orders_delete_11.json'), known(order));

  it('cancels and hides an order of which nothing has left', () => {
    for (const since of [[], [QUEUE]]) {
      const order = ordered(...since);
      expect(follow(order, remove(order))).toMatchObject({ state: 'CANCELLED', voided: true });
    }
  });

  it('hides a cancelled one', () => {
    const order = ordered({ type: 'CancelOrder', reason: 'x' });
    const hidden = follow(order, remove(order));
    expect(hidden.voided).toBe(true);
    expect(remove(hidden).kind).toBe('ignore');
  });

  it('keeps in the books what has left', () => {
    expect(remove(ordered(QUEUE, SHIP_ALL))).toMatchObject({
      kind: 'quarantine',
      problem: { code: 'deleted_after_shipping' },
    });
    expect(remove(ordered(...DELIVERED, { type: 'CloseOrder' })).kind).toBe('ignore');
  });
});
