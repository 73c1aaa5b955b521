import { refuse } from '../decider.ts';
import type { OrderCommandType } from './commands.ts';

/** The states of the loop, in order; CANCELLED is the way out while nothing has shipped. */
export const ORDER_STATES = [
  'RECEIVED',
  'ALLOCATED',
  'FULFILLMENT_QUEUED',
  'SHIPPED',
  'DELIVERED',
  'CLOSED',
  'CANCELLED',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/**
 * The lifecycle: which commands each state takes. Whether a command that is taken is also carried out is the
 * business of its guard in `decide`.
 */
export const LIFECYCLE: Readonly<Record<OrderState, readonly OrderCommandType[]>> = {
  RECEIVED: [
    'AllocateOrder',
    'CompleteAllocation',
    'ReplaceLot',
    'CancelOrder',
    'PlaceHold',
    'ReleaseHold',
    'AmendOrder',
    'RecordChannelData',
    'RecordChannelShipment',
    'CorrectShipment',
    'CreditRefund',
    'VoidOrder',
    'ContinueSteps',
    'CheckDeliveryWindow',
  ],
  ALLOCATED: [
    'AllocateOrder',
    'CompleteAllocation',
    'ReleaseAllocation',
    'ReplaceLot',
    'QueueFulfillment',
    'CancelOrder',
    'PlaceHold',
    'ReleaseHold',
    'AmendOrder',
    'RecordChannelData',
    'RecordChannelShipment',
    'CorrectShipment',
    'CreditRefund',
    'ContinueSteps',
    'CheckDeliveryWindow',
  ],
  FULFILLMENT_QUEUED: [
    'AllocateOrder',
    'CompleteAllocation',
    'ReplaceLot',
    'AmendOrder',
    'RecordChannelData',
    'RecordShipment',
    'RecordChannelShipment',
    'CorrectShipment',
    'CreditRefund',
    'ConfirmDelivery',
    'RecordDeliveryException',
    'CancelOrder',
    'PlaceHold',
    'ReleaseHold',
    'ReceiveReturn',
    'ContinueSteps',
    'CheckDeliveryWindow',
  ],
  SHIPPED: [
    'RecordChannelData',
    'CorrectShipment',
    'CreditRefund',
    'ConfirmDelivery',
    'RecordDeliveryException',
    'ReleaseHold',
    'ReceiveReturn',
    'CheckDeliveryWindow',
  ],
  DELIVERED: [
    'RecordChannelData',
    'CorrectShipment',
    'CreditRefund',
    'RecordDeliveryException',
    'CloseOrder',
    'ReleaseHold',
    'ReceiveReturn',
  ],
  CLOSED: [
    'RecordChannelData',
    'CorrectShipment',
    'CreditRefund',
    'RecordDeliveryException',
    'ReleaseHold',
    'ReceiveReturn',
    'ErasePersonalData',
  ],
  CANCELLED: ['RecordChannelData', 'ReleaseHold', 'VoidOrder', 'ErasePersonalData'],
};

/** The moves from state to state that exist at all; `evolve` makes no others. */
export const MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  RECEIVED: ['ALLOCATED', 'CANCELLED'],
  ALLOCATED: ['FULFILLMENT_QUEUED', 'RECEIVED', 'CANCELLED'],
  FULFILLMENT_QUEUED: ['SHIPPED', 'CANCELLED'],
  SHIPPED: ['DELIVERED'],
  DELIVERED: ['CLOSED'],
  CLOSED: [],
  CANCELLED: [],
};

/** @returns whether an order in this state has come to its end: no move leads out of it. */
export function isFinal(state: OrderState): boolean {
  return MOVES[state].length === 0;
}

/** @returns whether an order has come as far as `wanted`, or farther, on its way to CLOSED; a cancelled one never has. */
export function hasReached(state: OrderState, wanted: OrderState): boolean {
  return state !== 'CANCELLED' && ORDER_STATES.indexOf(state) >= ORDER_STATES.indexOf(wanted);
}

/** @returns whether something of an order in this state is still to ship: it was neither shipped whole nor cancelled. */
export function isUnshipped(state: OrderState): boolean {
  return state !== 'CANCELLED' && !hasReached(state, 'SHIPPED');
}

/** @returns whether the state takes the command. */
export function isTaken(state: OrderState, command: OrderCommandType): boolean {
  return LIFECYCLE[state].includes(command);
}

/** Refuses a command that the order's state, or a guard, forbids. */
export function illegal(state: OrderState, command: OrderCommandType, detail?: string) {
  return refuse({
    code: 'illegal_transition',
    detail: detail ?? `an order that is ${state} does not take ${command}`,
    state,
    command,
    allowed: LIFECYCLE[state],
  });
}
