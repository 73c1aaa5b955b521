import type { CommandOf, OrderCommand } from '../../../domain/order/commands.ts';
import type { Order } from '../../../domain/order/order.ts';
import { type Problem, type ProblemCode, problem } from './problem.ts';

/** What is known of the order that a message speaks of. */
export interface KnownOrder {
  readonly order: Order;
  /** How new the newest full order is that the channel sent and that was processed; sorts by time. Null: not known. */
  readonly channelVersion: string | null;
  /**
   * Units by line number that are cancelled and that the channel's own order may still name: somebody else than the
   * channel cancelled them, or a return that is an order of its own there. @default none
   */
  readonly cancelledHere?: ReadonlyMap<number, number>;
  /** Units that a return of the channel took off or brought back, by line number and the channel's id of the return. */
  readonly byReturn?: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Units that came back and that somebody else than the channel recorded, by line number. @default none */
  readonly returnedHere?: ReadonlyMap<number, number>;
  /** The order is cancelled, and the channel cancelled it. @default false */
  readonly isCancelledThere?: boolean;
}

/** A command to an order that exists. */
export type Instruction = Exclude<OrderCommand, { type: 'ReceiveOrder' }>;

/** What is to be done about a message. */
export type ShopOutcome =
  /** The order is new. A cancellation is carried out with the reception, before anything is reserved. */
  | {
      readonly kind: 'receive';
      readonly command: CommandOf<'ReceiveOrder'>;
      readonly cancellation: CommandOf<'CancelOrder'> | null;
      /** There is more to do once the order is known: the message is translated again then. */
      readonly hasMore?: boolean;
    }
  /**
   * The commands, in this order. They follow from the order as it was known: each is to be carried out on the version
   * that the one before left, and when someone else changed the order meanwhile, the message is translated anew.
   * What keeps goods here comes first and what lets them go comes last, so a refusal ends the list.
   * `quarantined` is what of the message they leave undone, for an operator.
   */
  | {
      readonly kind: 'run';
      readonly commands: readonly Instruction[];
      readonly quarantined: Problem | null;
      /** There is more to do once they are carried out: the message is translated again then. */
      readonly hasMore?: boolean;
    }
  /** The message does not say enough: the full order is to be fetched, and treated like any other. */
  | { readonly kind: 'fetch-order'; readonly reason: string }
  | { readonly kind: 'ignore'; readonly reason: string }
  /** The channel deleted an order that is not known here: it stays unknown, whatever message comes late. */
  | { readonly kind: 'mark-deleted' }
  | { readonly kind: 'quarantine'; readonly problem: Problem };

export function run(commands: readonly Instruction[], quarantined: Problem | null = null): ShopOutcome {
  return { kind: 'run', commands, quarantined };
}

/** Commands that go before the rest of what a message asks for. */
export function continueWith(commands: readonly Instruction[]): ShopOutcome {
  return { kind: 'run', commands, quarantined: null, hasMore: true };
}

export function fetchOrder(reason: string): ShopOutcome {
  return { kind: 'fetch-order', reason };
}

export function ignore(reason: string): ShopOutcome {
  return { kind: 'ignore', reason };
}

export function quarantine(code: ProblemCode, detail: string): ShopOutcome {
  return { kind: 'quarantine', ...problem(code, detail) };
}

/** @returns the commands and what is left over, or the plainest outcome that says the same. */
export function settled(
  commands: readonly Instruction[],
  quarantined: Problem | null,
  otherwise: string,
): ShopOutcome {
  if (commands.length > 0) return run(commands, quarantined);
  return quarantined === null ? ignore(otherwise) : { kind: 'quarantine', problem: quarantined };
}

/** So many lots of lines a command may touch at a time; the domain takes 25, and others may change meanwhile. */
const MAX_AT_A_TIME = 20;

/**
 * Parts of the lines that are each small enough for one command, counting the lots that a line holds.
 *
 * @param lots how many lots the line draws on
 */
export function inBatches<Line>(lines: readonly Line[], lots: (line: Line) => number): readonly Line[][] {
  const parts: Line[][] = [];
  let room = 0;
  for (const line of lines) {
    const size = Math.max(1, lots(line));
    if (size > room) {
      parts.push([]);
      room = MAX_AT_A_TIME;
    }
    parts.at(-1)?.push(line);
    room -= size;
  }
  return parts;
}

/** Units of one line of ours. */
export interface Units {
  readonly lineNumber: number;
  readonly quantity: number;
}

/** @returns commands that cancel the units, in parts that one step of the domain takes. */
export function cancellationsOf(
  order: Order,
  units: readonly Units[],
  reason: string,
  { note, channelReturnId }: Pick<CommandOf<'CancelOrder'>, 'note' | 'channelReturnId'> = {},
): readonly CommandOf<'CancelOrder'>[] {
  const lots = ({ lineNumber }: Units) =>
    order.lines.find((line) => line.lineNumber === lineNumber)?.allocations.length ?? 0;
  return inBatches(units, lots).map((lines) => ({
    type: 'CancelOrder',
    reason,
    note,
    lines,
    channelReturnId,
  }));
}
