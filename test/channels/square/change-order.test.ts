import { describe, expect, it } from 'vitest';
import { OrderCommand } from '../../../domain/order/commands.ts';
import type { Instruction } from '../../../functions/channels/core/outcome.ts';
import { follow, type Json, known, lines, money, outcomeOf, received, sample } from './support.ts';

const paid = () => received(sample());
const QUEUE: Instruction = { type: 'QueueFulfillment' };

const fulfilled = (changes: Json = {}, details: Json = {}): Json => {
  const [fulfillment] = sample().fulfillments as Json[];
  const shipment_details = { ...(fulfillment?.shipment_details as Json), ...details };
  return sample({ fulfillments: [{ ...fulfillment, state: 'COMPLETED', shipment_details, ...changes }] });
};

describe('a known order', () => {
  it('that is as Square says stays as it is', () => {
    expect(outcomeOf(sample(), known(paid())).kind).toBe('ignore');
  });

  it('is not changed by an older version', () => {
    const fewer = sample({ line_items: lines((_, index) => (index === 0 ? { quantity: '4' } : {})) });
    expect(outcomeOf(fewer, known(paid(), '0000000005')).kind).toBe('ignore');
    expect(outcomeOf(fewer, known(paid(), '0000000003')).kind).toBe('run');
  });

  it('follows quantities down and up, and lines that were removed', () => {
    const quantities = ['4', '5', undefined];
    const line_items = lines((_, index) => ({ quantity: quantities[index] })).slice(0, 2);
    const order = follow(paid(), outcomeOf(sample({ line_items }), known(paid())));
    expect(order.lines.map(({ ordered, cancelled }) => ordered - cancelled)).toEqual([4, 5, 0]);
  });

  it('does not get back what was cancelled here, unless Square wants more than ever', () => {
    const none = {
      ...{ total_discount_money: money(0), total_tax_money: money(0), gross_sales_money: money(0) },
    };
    const order = received(sample({ line_items: lines(() => none) }), {
      type: 'CancelOrder',
      reason: 'by telephone',
      lines: [{ lineNumber: 1, quantity: 2 }],
    });
    const since = known(order, null, new Map([[1, 2]]));
    const said = (quantity: string) => {
      const line_items = lines((_, index) => (index === 0 ? { quantity, ...none } : none));
      return outcomeOf(sample({ line_items }), since);
    };
    const left = (quantity: string) => {
      const [line] = follow(order, said(quantity)).lines;
      return line === undefined ? null : line.ordered - line.cancelled;
    };
    // The sample's total is not that of fewer units, which is raised beside.
    const asked = (quantity: string) => {
      const outcome = said(quantity);
      const commands = outcome.kind === 'run' ? outcome.commands : [];
      return commands.filter(({ type }) => type === 'CancelOrder' || type === 'AmendOrder').length;
    };
    expect([asked('6'), asked('5')]).toEqual([0, 0]);
    expect([left('3'), left('7')]).toEqual([3, 5]);
  });

  it('that grew by a line grows here too, also when it is queued', () => {
    const added = { ...lines(() => ({}))[0], uid: 'li-4' };
    const grown = sample({ line_items: [...lines(() => ({})), added] });
    for (const order of [paid(), received(sample(), QUEUE)]) {
      const after = follow(order, outcomeOf(grown, known(order)));
      expect(after.lines.map(({ channelLineId, ordered }) => [channelLineId, ordered])).toEqual([
        ['li-1', 6],
        ['li-2', 3],
        ['li-3', 1],
        ['li-4', 6],
      ]);
      expect(after.lines[3]?.allocations).toHaveLength(1);
    }
  });

  it('that is queued takes a new address until goods have left: then it is held', () => {
    const [fulfillment] = sample().fulfillments as Json[];
    const shipment_details = structuredClone(fulfillment?.shipment_details) as {
      recipient: { address: Json };
    };
    shipment_details.recipient.address.address_line_1 = '1 Other Street';
    const moved = sample({ fulfillments: [{ ...fulfillment, shipment_details }] });
    for (const order of [paid(), received(sample(), QUEUE)]) {
      expect(follow(order, outcomeOf(moved, known(order))).shipTo?.address1).toBe('1 Other Street');
    }
    const ship = {
      type: 'RecordShipment',
      carrier: 'UPS',
      trackingNumber: '1Z',
      lines: [{ lineNumber: 1, quantity: 1 }],
    };
    const begun = received(sample(), QUEUE, ship as Instruction);
    const outcome = outcomeOf(moved, known(begun));
    expect(outcome).toMatchObject({ quarantined: { code: 'too_late_to_amend' } });
    expect(follow(begun, outcome).holds.map(({ reason }) => reason)).toEqual(['INCORRECT_ADDRESS']);
  });

  it('whose fulfillment was given up is held once, while the order stands', () => {
    const [fulfillment] = sample().fulfillments as Json[];
    const given = sample({ fulfillments: [{ ...fulfillment, state: 'CANCELED' }] });
    const held = follow(paid(), outcomeOf(given, known(paid())));
    expect(held.holds.map(({ note }) => note).join()).toContain('given up');
    expect(outcomeOf(given, known(held)).kind).toBe('ignore');
    expect(received(given).holds.map(({ reason }) => reason)).toEqual(['OTHER']);
  });

  it('is cancelled with Square, also by a late message', () => {
    const canceled = sample({ state: 'CANCELED', version: 2 });
    expect(follow(paid(), outcomeOf(canceled, known(paid(), '0000000009'))).state).toBe('CANCELLED');
  });

  it('that is cancelled keeps what Square says of it, but for a total that is none', () => {
    const over = received(sample(), { type: 'CancelOrder', reason: 'by telephone' });
    const said = sample({ total_money: money(-1), reference_id: 'R-7', ticket_name: 'Zoë' });
    const outcome = outcomeOf(said, known(over));
    for (const command of outcome.kind === 'run' ? outcome.commands : [])
      expect(OrderCommand.safeParse(command).success).toBe(true);
    expect(follow(over, outcome).channelTotal).toBe(over.channelTotal);
  });
});

describe('a payment', () => {
  const unpaid = sample({ net_amount_due_money: money(6448), tenders: [] });
  const payment = (amount: number, status = 'COMPLETED') => ({
    paymentId: 'PAY',
    status,
    amount: BigInt(amount),
  });

  it('that covers what is due lets the goods go, though the order does not show it yet', () => {
    const order = received(unpaid);
    expect(follow(order, outcomeOf(unpaid, known(order), payment(6448))).holds).toEqual([]);
    expect(follow(order, outcomeOf(unpaid, known(order), payment(6448, 'APPROVED'))).holds).toEqual([]);
  });

  it('that covers a part does not', () => {
    const order = received(unpaid);
    expect(outcomeOf(unpaid, known(order), payment(6447)).kind).toBe('ignore');
  });

  it('is not counted twice', () => {
    const half = sample({ net_amount_due_money: money(3224), tenders: [{ id: 'PAY', payment_id: 'PAY' }] });
    const order = received(half);
    expect(outcomeOf(half, known(order), payment(3224)).kind).toBe('ignore');
  });

  it('leaves holds that people placed', () => {
    const order = received(sample(), { type: 'PlaceHold', reason: 'AWAITING_PAYMENT', note: 'call them' });
    expect(outcomeOf(sample(), known(order), payment(6448)).kind).toBe('ignore');
  });
});

describe('what Square has sent', () => {
  it('becomes a shipment with its tracking, once', () => {
    const order = follow(paid(), outcomeOf(fulfilled(), known(paid())));
    expect(order.state).toBe('SHIPPED');
    expect(order.shipments).toMatchObject([{ trackingNumber: '1Z9999W99999999997', carrier: 'UPS' }]);
    expect(outcomeOf(fulfilled(), known(order)).kind).toBe('ignore');
  });

  it('of some lines only leaves the others to be shipped', () => {
    const entries = [{ line_item_uid: 'li-2', quantity: '2' }];
    const part = fulfilled({ line_item_application: 'ENTRY_LIST', entries });
    const order = follow(paid(), outcomeOf(part, known(paid())));
    expect(order.lines.map(({ shipped }) => shipped)).toEqual([0, 2, 0]);
    expect(order.state).toBe('ALLOCATED');
  });

  it('under our own tracking number is what we reported, as far as the units are the same', () => {
    const shipment = (lines?: { lineNumber: number; quantity: number }[]): Instruction => ({
      type: 'RecordShipment',
      carrier: 'UPS',
      trackingNumber: 'OURS',
      lines,
    });
    const whole = received(sample(), QUEUE, shipment());
    expect(outcomeOf(fulfilled({}, { tracking_number: 'OURS' }), known(whole)).kind).toBe('ignore');
    const part = received(sample(), QUEUE, shipment([{ lineNumber: 1, quantity: 6 }]));
    const rest = follow(part, outcomeOf(fulfilled({}, { tracking_number: 'OURS' }), known(part)));
    expect(rest.lines.map(({ shipped }) => shipped)).toEqual([6, 3, 1]);
  });

  it('and is not reserved here left from elsewhere, and an operator corrects the stock', () => {
    const order = received(sample(), { type: 'ReleaseAllocation' });
    const shipped = follow(order, outcomeOf(fulfilled(), known(order)));
    expect(shipped.state).toBe('SHIPPED');
    const after = outcomeOf(fulfilled(), known(shipped));
    expect(after).toMatchObject({ quarantined: { code: 'shipment_unexpected' } });
    expect(outcomeOf(fulfilled(), known(follow(shipped, after))).kind).toBe('ignore');
  });

  it('a pickup that was fetched is delivered', () => {
    const pickup = {
      uid: 'p',
      type: 'PICKUP',
      state: 'COMPLETED',
      pickup_details: { picked_up_at: '2026-03-15T10:00:00Z' },
    };
    const order = follow(paid(), outcomeOf(sample({ fulfillments: [pickup] }), known(paid())));
    expect([order.state, order.shipments[0]?.deliveredAt]).toEqual(['DELIVERED', '2026-03-15T10:00:00.000Z']);
  });
});

describe('a sale at the counter', () => {
  const sale = sample({ state: 'COMPLETED', fulfillments: [], closed_at: '2026-03-15T08:59:00Z' });

  it('is received, and continues at once to shipped and delivered', () => {
    const outcome = outcomeOf(sale);
    if (outcome.kind !== 'receive') throw new Error(outcome.kind);
    expect(outcome.hasMore).toBe(true);
    const order = follow(received(sale), outcomeOf(sale, known(received(sale))));
    expect(order).toMatchObject({ state: 'DELIVERED', holds: [] });
    expect(order.shipments).toMatchObject([{ carrier: 'Counter', deliveredAt: '2026-03-15T08:59:00.000Z' }]);
    expect(outcomeOf(sale, known(order)).kind).toBe('ignore');
  });

  it('that was held while it was open is let go', () => {
    const open = received(sample({ fulfillments: [], net_amount_due_money: money(1) }));
    expect(open.holds).toHaveLength(2);
    expect(follow(open, outcomeOf(sale, known(open))).state).toBe('DELIVERED');
  });
});
