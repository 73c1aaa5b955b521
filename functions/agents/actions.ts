import { AGENT_ACTIONS, AGENT_TOOLS, type AgentAction, type AgentTool } from '../../contract/agents.ts';
import type { CommandOf } from '../../domain/order/commands.ts';
import { LIFECYCLE, ORDER_STATES, type OrderState } from '../../domain/order/lifecycle.ts';
import type { NotReceiving } from '../orders/handle-order-command.ts';

/** An action on an order that is there already. */
export type ActionOnOrder = Exclude<AgentAction, { tool: 'create_order' }>;

/**
 * Checks the arguments of a tool.
 *
 * @throws ZodError that names each argument at fault
 */
export function actionOf(tool: AgentTool, given: unknown): AgentAction {
  return { tool, arguments: AGENT_ACTIONS[tool].parse(given) } as AgentAction;
}

/** @returns the command for an order that an agent creates, the same as that of POST /v1/orders. */
export function receptionCommand({
  arguments: { lines, ...terms },
}: Extract<AgentAction, { tool: 'create_order' }>): CommandOf<'ReceiveOrder'> {
  return {
    type: 'ReceiveOrder',
    ...terms,
    lines: lines.map((line) => ({ ...line, requiresShipping: true })),
    holds: [],
    unmetPins: 'REFUSE',
  };
}

/** Which command each tool gives to an order that is there already. */
const COMMANDS = {
  allocate_order: 'AllocateOrder',
  pin_lot: 'AllocateOrder',
  release_allocation: 'ReleaseAllocation',
  hold_order: 'PlaceHold',
  release_hold: 'ReleaseHold',
  ship_order: 'RecordShipment',
  confirm_delivery: 'ConfirmDelivery',
  cancel_order: 'CancelOrder',
  amend_order: 'AmendOrder',
  create_return: 'ReceiveReturn',
} as const satisfies Record<ActionOnOrder['tool'], NotReceiving['type']>;

/** @returns the tools that give one of these commands; those that only the loop gives have none. */
export function toolsGiving(commands: readonly string[]): readonly AgentTool[] {
  return AGENT_TOOLS.filter((tool) => tool !== 'create_order' && commands.includes(COMMANDS[tool]));
}

/** @returns the states in which an order takes what a tool asks of it. */
export function statesTaking(tool: ActionOnOrder['tool']): readonly OrderState[] {
  return ORDER_STATES.filter((state) => LIFECYCLE[state].includes(COMMANDS[tool]));
}

/** @returns the command that an action gives to its order. */
export function commandOf(action: ActionOnOrder): NotReceiving {
  switch (action.tool) {
    case 'allocate_order':
      return { type: 'AllocateOrder' };
    case 'pin_lot':
      return { type: 'AllocateOrder', pins: action.arguments.pins };
    case 'release_allocation':
      return { type: 'ReleaseAllocation' };
    case 'hold_order':
      return { type: 'PlaceHold', ...withoutOrder(action.arguments) };
    case 'release_hold':
      return { type: 'ReleaseHold', ...withoutOrder(action.arguments) };
    case 'ship_order':
      return { type: 'RecordShipment', ...withoutOrder(action.arguments) };
    case 'confirm_delivery':
      return { type: 'ConfirmDelivery', ...withoutOrder(action.arguments) };
    case 'cancel_order':
      return { type: 'CancelOrder', ...withoutOrder(action.arguments) };
    case 'amend_order':
      return { type: 'AmendOrder', ...withoutOrder(action.arguments) };
    case 'create_return':
      return { type: 'ReceiveReturn', ...withoutOrder(action.arguments) };
  }
}

function withoutOrder<Arguments extends { readonly orderId: string }>({ orderId: _, ...rest }: Arguments) {
  return rest;
}
