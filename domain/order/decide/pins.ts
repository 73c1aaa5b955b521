import type { FieldError } from '../../decider.ts';
import type { CommandOf } from '../commands.ts';
import { isGoods, type Line, lineOf, type Order } from '../order.ts';
import { casePackError } from './line-rules.ts';
import { unshipped } from './reallocation.ts';

type Pins = NonNullable<CommandOf<'AllocateOrder'>['pins']>;

/** @returns the order with these pins in place of those that their lines had. */
export function withPins(order: Order, pins: Pins): Order {
  const named = new Set(pins.map((pin) => pin.lineNumber));
  return {
    ...order,
    lines: order.lines.map((line) =>
      named.has(line.lineNumber)
        ? {
            ...line,
            pins: pins
              .filter((pin) => pin.lineNumber === line.lineNumber)
              .map(({ lineNumber: _, ...pin }) => pin),
          }
        : line,
    ),
  };
}

/** @returns whether the pins leave this line as it is. */
export function samePins(order: Order, pins: Pins, lineNumber: number): boolean {
  const line = lineOf(order, lineNumber) as Line;
  const wanted = pins.filter((pin) => pin.lineNumber === lineNumber);
  return (
    wanted.length === line.pins.length &&
    wanted.every((pin, index) => {
      const has = line.pins[index];
      return has?.lotNumber === pin.lotNumber && has.quantity === pin.quantity;
    })
  );
}

/** @returns what is wrong with pins that name no line of goods, or more units than the line has left. */
export function pinErrors(order: Order, pins: Pins): readonly FieldError[] {
  return pins.flatMap((pin, index) => {
    const line = lineOf(order, pin.lineNumber);
    const path = `pins[${index}]`;
    if (line === undefined)
      return [{ path: `${path}.lineNumber`, message: `the order has no line ${pin.lineNumber}` }];
    if (!isGoods(line))
      return [{ path: `${path}.lineNumber`, message: `line ${pin.lineNumber} draws on no lots` }];
    const same = pins.filter((each) => each.lineNumber === pin.lineNumber);
    const total = same.reduce((units, each) => units + (each.quantity ?? unshipped(line)), 0);
    if (total > unshipped(line)) {
      return [
        {
          path: `${path}.quantity`,
          message: `line ${pin.lineNumber} has ${unshipped(line)} units to pin, not ${total}`,
        },
      ];
    }
    return [];
  });
}

/** @returns what is wrong with pins that would split a case of a B2B line; all that is left of one may be pinned. */
export function splitCases(order: Order, pins: Pins): readonly FieldError[] {
  if (order.orderType !== 'B2B') return [];
  return pins.flatMap(({ lineNumber, quantity }, index) => {
    const line = lineOf(order, lineNumber);
    if (line === undefined || quantity === undefined || quantity === unshipped(line)) return [];
    const message = casePackError(quantity, line.unitsPerCase);
    return message === null ? [] : [{ path: `pins[${index}].quantity`, message }];
  });
}
