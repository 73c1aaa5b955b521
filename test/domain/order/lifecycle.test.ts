import { describe, expect, it } from 'vitest';
import { OrderCommand, type OrderCommandType } from '../../../domain/order/commands.ts';
import type { OrderEvent } from '../../../domain/order/events.ts';
import { evolve } from '../../../domain/order/evolve.ts';
import {
  hasReached,
  isFinal,
  LIFECYCLE,
  MOVES,
  ORDER_STATES,
  type OrderState,
} from '../../../domain/order/lifecycle.ts';
import { type Given, given, lot, ORDER_ID } from '../specification.ts';
import type { WrittenCommand } from '../warehouse.ts';

const SHIPMENT = { carrier: 'UPS', trackingNumber: '1Z999' };
const DELIVERY = { shipmentId: `${ORDER_ID}-S1`, deliveredAt: '2026-03-04T10:00:00Z' };
const queue = { type: 'QueueFulfillment' } as const;
const ship = { type: 'RecordShipment', ...SHIPMENT } as const;
const deliver = { type: 'ConfirmDelivery', ...DELIVERY } as const;
const window = { start: '2026-03-10', end: '2026-03-14' };

/** An order of twelve units, of which so many are in stock. */
function receivedOrder(available: number): Given {
  const stock = available === 0 ? [] : [lot('BRS', 'A', available)];
  return given(stock).received({ lines: [{ quantity: 12 }], deliveryWindow: window });
}

/** How an order comes into each state. */
const REACHED: Readonly<Record<OrderState, () => Given>> = {
  RECEIVED: () => receivedOrder(0),
  ALLOCATED: () => receivedOrder(10),
  FULFILLMENT_QUEUED: () => receivedOrder(10).done(queue),
  SHIPPED: () => receivedOrder(12).done(queue, ship),
  DELIVERED: () => receivedOrder(12).done(queue, ship, deliver),
  CLOSED: () => receivedOrder(12).done(queue, ship, deliver, { type: 'CloseOrder' }),
  CANCELLED: () => receivedOrder(10).done({ type: 'CancelOrder', reason: 'changed their mind' }),
};

const COMMANDS: Readonly<Record<Exclude<OrderCommandType, 'ReceiveOrder'>, WrittenCommand>> = {
  AllocateOrder: { type: 'AllocateOrder' },
  CompleteAllocation: { type: 'CompleteAllocation' },
  ReleaseAllocation: { type: 'ReleaseAllocation' },
  ReplaceLot: { type: 'ReplaceLot', sku: 'BRS', lotNumber: 'A', reason: 'recalled' },
  QueueFulfillment: queue,
  RecordShipment: ship,
  RecordChannelShipment: {
    type: 'RecordChannelShipment',
    lines: [{ lineNumber: 1, quantity: 1 }],
    carrier: 'UPS',
    trackingNumber: '1Z',
  },
  CorrectShipment: { type: 'CorrectShipment', shipmentId: `${ORDER_ID}-S1`, trackingNumber: '1Y' },
  ContinueSteps: { type: 'ContinueSteps' },
  ConfirmDelivery: deliver,
  RecordDeliveryException: {
    type: 'RecordDeliveryException',
    shipmentId: `${ORDER_ID}-S1`,
    news: 'failed_attempt',
    occurredAt: '2026-03-04T10:00:00Z',
  },
  CloseOrder: { type: 'CloseOrder' },
  CancelOrder: { type: 'CancelOrder', reason: 'changed their mind' },
  PlaceHold: { type: 'PlaceHold', reason: 'OTHER' },
  ReleaseHold: { type: 'ReleaseHold', holdId: `${ORDER_ID}-H1` },
  AmendOrder: { type: 'AmendOrder', customerReference: 'C-88' },
  RecordChannelData: { type: 'RecordChannelData', channelTotal: '1.00' },
  ReceiveReturn: {
    type: 'ReceiveReturn',
    lines: [{ lineNumber: 1, quantity: 1, disposition: 'RESTOCK' }],
  },
  CreditRefund: { type: 'CreditRefund', refundId: '50', shipping: '0', allowance: '5.00', tax: '0' },
  VoidOrder: { type: 'VoidOrder' },
  ErasePersonalData: { type: 'ErasePersonalData', erasureId: 'E-1' },
  CheckDeliveryWindow: { type: 'CheckDeliveryWindow', today: '2026-03-13', atRiskDays: 2 },
};
const COMMAND_TYPES = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

/** Which states take which command, written down once more by hand: R, A, Q(ueued), S, D, C(losed), X (cancelled). */
const TAKEN: Readonly<Record<keyof typeof COMMANDS, string>> = {
  AllocateOrder: 'RAQ',
  CompleteAllocation: 'RAQ',
  ReleaseAllocation: 'A',
  ReplaceLot: 'RAQ',
  QueueFulfillment: 'A',
  RecordShipment: 'Q',
  RecordChannelShipment: 'RAQ',
  CorrectShipment: 'RAQSDC',
  ContinueSteps: 'RAQ',
  ConfirmDelivery: 'QS',
  RecordDeliveryException: 'QSDC',
  CloseOrder: 'D',
  CancelOrder: 'RAQ',
  PlaceHold: 'RAQ',
  ReleaseHold: 'RAQSDCX',
  AmendOrder: 'RAQ',
  RecordChannelData: 'RAQSDCX',
  ReceiveReturn: 'QSDC',
  CreditRefund: 'RAQSDC',
  VoidOrder: 'RX',
  ErasePersonalData: 'CX',
  CheckDeliveryWindow: 'RAQS',
};
const LETTER: Readonly<Record<OrderState, string>> = {
  RECEIVED: 'R',
  ALLOCATED: 'A',
  FULFILLMENT_QUEUED: 'Q',
  SHIPPED: 'S',
  DELIVERED: 'D',
  CLOSED: 'C',
  CANCELLED: 'X',
};

describe('every state', () => {
  it.each(ORDER_STATES)('%s is reached', (state) => {
    expect(REACHED[state]().order.state).toBe(state);
  });

  it('knows of every command but the reception', () => {
    const all = OrderCommand.options.map((option) => option.shape.type.value);
    expect([...COMMAND_TYPES, 'ReceiveOrder'].sort()).toEqual([...all].sort());
  });

  const pairs = ORDER_STATES.flatMap((state) => COMMAND_TYPES.map((command) => [state, command] as const));
  const taken = pairs.filter(([state, command]) => TAKEN[command].includes(LETTER[state]));
  const refused = pairs.filter(([state, command]) => !TAKEN[command].includes(LETTER[state]));

  it.each(refused)('%s refuses %s and says what it takes', (state, command) => {
    const outcome = REACHED[state]().when(COMMANDS[command]);
    outcome.refused('illegal_transition', /does not take/);
    expect(outcome.rejection).toMatchObject({ state, command, allowed: LIFECYCLE[state] });
  });

  it.each(taken)('%s takes %s', (state, command) => {
    expect(LIFECYCLE[state]).toContain(command);
    const outcome = REACHED[state]().when(COMMANDS[command]);
    expect(outcome.rejection?.detail ?? '').not.toMatch(/does not take/);
  });

  it.each(ORDER_STATES)('%s lists nothing else as taken', (state) => {
    const listed = taken.filter(([each]) => each === state).map(([, command]) => command);
    expect([...LIFECYCLE[state]].sort()).toEqual(listed.sort());
  });

  it.each(ORDER_STATES)('%s takes no second reception', (state) => {
    const again = {
      type: 'ReceiveOrder',
      currency: 'USD',
      customer: { name: 'A' },
      lines: [line()],
    } as const;
    REACHED[state]().when(again).refused('illegal_transition');
  });
});

describe('the moves between states', () => {
  /** What moves an order into a state, whatever state it is in. */
  const moving: Readonly<Record<OrderState, OrderEvent>> = {
    RECEIVED: { type: 'AllocationReleased', data: { released: [], reason: 'asked for', onRequest: true } },
    ALLOCATED: { type: 'OrderAllocated', data: { reserved: [] } },
    FULFILLMENT_QUEUED: { type: 'FulfillmentQueued', data: { pick: [] } },
    SHIPPED: { type: 'OrderShipped', data: { shipmentIds: [] } },
    DELIVERED: { type: 'OrderDelivered', data: { deliveredAt: '2026-03-04T10:00:00.000Z' } },
    CLOSED: { type: 'OrderClosed', data: {} },
    CANCELLED: {
      type: 'OrderCancelled',
      data: { reason: 'asked for', lines: [], released: [], recovered: [] },
    },
  };
  const occurredAt = '2026-03-05T08:00:00.000Z';

  it.each(ORDER_STATES.flatMap((from) => ORDER_STATES.map((to) => [from, to] as const)))(
    '%s to %s happens exactly where the table has it',
    (from, to) => {
      const order = REACHED[from]().order;
      const move = () => evolve(order, { ...moving[to], sequence: order.sequence + 1, occurredAt }, ORDER_ID);
      if (MOVES[from].includes(to)) expect(move().state).toBe(to);
      else expect(move).toThrow(`no move from ${from} to ${to}`);
    },
  );

  it('are those of the contract', () => {
    expect(MOVES).toEqual({
      RECEIVED: ['ALLOCATED', 'CANCELLED'],
      ALLOCATED: ['FULFILLMENT_QUEUED', 'RECEIVED', 'CANCELLED'],
      FULFILLMENT_QUEUED: ['SHIPPED', 'CANCELLED'],
      SHIPPED: ['DELIVERED'],
      DELIVERED: ['CLOSED'],
      CLOSED: [],
      CANCELLED: [],
    });
  });

  it('refuse a history that does not start with the reception', () => {
    const event = { ...moving.CLOSED, sequence: 1, occurredAt };
    expect(() => evolve(null, event, ORDER_ID)).toThrow('starts with OrderClosed');
  });
});

describe('an order that is not there', () => {
  it.each(COMMAND_TYPES)('takes no %s', (command) => {
    given().when(COMMANDS[command]).refused('not_found');
  });

  // What is hidden from people is still kept.
  it.each(COMMAND_TYPES.filter((type) => type !== 'ErasePersonalData'))(
    'takes no %s once it is voided',
    (command) => {
      REACHED.RECEIVED().done({ type: 'VoidOrder' }).when(COMMANDS[command]).refused('not_found');
    },
  );
});

describe('a refused attempt', () => {
  it('stands in the history and leaves the order, and its version, as they were', () => {
    const order = REACHED.ALLOCATED().order;
    const data = { command: 'CloseOrder', code: 'illegal_transition', detail: 'no', state: 'ALLOCATED' };
    const sequence = order.sequence + 1;
    const next = evolve(
      order,
      { type: 'TransitionRejected', data, sequence, occurredAt: '2026-03-05T08:00:00.000Z' },
      ORDER_ID,
    );
    expect(next).toEqual({ ...order, sequence });
  });
});

function line() {
  return { sku: 'BRS', quantity: 1, unitPrice: '1' };
}

describe('states along the way', () => {
  it('ends where no move leads out', () => {
    expect(ORDER_STATES.filter(isFinal)).toEqual(['CLOSED', 'CANCELLED']);
  });

  it('has come as far as the states that lead to it, and a cancelled order nowhere', () => {
    const reached = (state: OrderState) => ORDER_STATES.filter((wanted) => hasReached(state, wanted));
    expect(reached('RECEIVED')).toEqual(['RECEIVED']);
    expect(reached('SHIPPED')).toEqual(['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED', 'SHIPPED']);
    expect(reached('CLOSED')).toEqual(ORDER_STATES.filter((state) => state !== 'CANCELLED'));
    expect(reached('CANCELLED')).toEqual([]);
  });
});
