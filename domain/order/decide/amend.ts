import { accept, type Decision, type FieldError, invalid, refuse } from '../../decider.ts';
import { hasCurrencyDigits, isBelowZero, minorUnits, toCurrencyDigits } from '../../money.ts';
import { isSame } from '../../same.ts';
import { isInvoiced } from '../bill.ts';
import type { CommandOf } from '../commands.ts';
import type { LineUnits, OrderEvent, OrderEventOf, Reservation } from '../events.ts';
import { afterOf } from '../evolve.ts';
import { illegal } from '../lifecycle.ts';
import { hasShipped, isGoods, type Line, lineOf, type Order } from '../order.ts';
import { MAX_LINES } from '../terms.ts';
import { allocateAmended } from './allocate.ts';
import { cancelOrder, withdraw } from './cancel.ts';
import { after, type Facts, mostNamed } from './context.ts';
import { casePackError, discountError } from './line-rules.ts';
import { unshipped } from './reallocation.ts';
import { acceptedLines, casePackErrors, lineAmountErrors, orderTotal } from './receive.ts';

type Changes = OrderEventOf<'OrderAmended'>['data'];

/** Changes the terms of an order before it is queued, and brings its reservation in line with them. */
export function amendOrder(
  order: Order,
  command: CommandOf<'AmendOrder'>,
  facts: Facts,
): Decision<OrderEvent> {
  const { lines = [], addedLines = [], cancelledLines = [] } = command;
  const late = tooLate(order, command);
  if (late !== null) return illegal(order.state, 'AmendOrder', late);
  const errors = [
    ...lines.flatMap((line, index) => lineErrors(order, lines, line, `lines[${index}]`)),
    ...amountErrors(order, command),
    ...lineAmountErrors(addedLines, 'addedLines', order.currency),
    ...cancelledErrors(order, command),
  ];
  if (errors.length > 0)
    return refuse({ code: 'validation_failed', detail: errors[0]?.message ?? '', errors });
  if (lines.length + addedLines.length + cancelledLines.length > mostNamed(facts)) {
    const message = `at most ${mostNamed(facts)} lines are amended at a time`;
    return refuse({ code: 'validation_failed', detail: message, errors: [{ path: 'lines', message }] });
  }
  if (order.lines.length + addedLines.length > MAX_LINES) {
    return invalid('addedLines', `an order has at most ${MAX_LINES} lines`);
  }
  const split = [
    ...amendedCasePackErrors(order, lines),
    ...casePackErrors({ orderType: order.orderType, lines: addedLines }, 'addedLines'),
  ];
  if (split.length > 0) return refuse({ code: 'case_pack', detail: split[0]?.message ?? '', errors: split });
  const [excess, ...others] = discountErrors(order, command);
  if (excess !== undefined) {
    const detail = `${excess.path}: ${excess.message}`;
    return refuse({ code: 'validation_failed', detail, errors: [excess, ...others] });
  }

  const changes = changesOf(order, command);
  const nothingChanges = Object.values(changes).every(
    (change) => Array.isArray(change) && change.length === 0,
  );
  if (nothingChanges && cancelledLines.length === 0) return accept();
  if (changes.released.length > mostNamed(facts)) {
    const message = `the lines give up more than ${mostNamed(facts)} lots; amend fewer at a time`;
    return refuse({ code: 'validation_failed', detail: message, errors: [{ path: 'lines', message }] });
  }
  const amended: OrderEvent[] = nothingChanges ? [] : [{ type: 'OrderAmended', data: changes }];
  const repriced = after(order, amended, facts);
  if (isBelowZero(repriced.total, repriced.currency)) {
    return invalid('lines', `the total would be ${repriced.total}`);
  }
  const cancelled = withoutLines(repriced, cancelledLines, facts);
  if ('rejection' in cancelled) return cancelled;
  const next = after(repriced, cancelled.events, facts);
  const spent =
    changes.released.length + (changes.lines ?? []).length + addedLines.length + cancelledLines.length;
  const rest: Facts = { ...facts, mostReservations: Math.max(1, facts.mostReservations - spent) };
  const over = next.state === 'CANCELLED';
  const reallocation = over ? accept<OrderEvent>() : allocateAmended(next, 'deliveryWindow' in changes, rest);
  if ('rejection' in reallocation) return reallocation;
  return accept<OrderEvent>(...amended, ...cancelled.events, ...reallocation.events);
}

/** Keeps what the channel says of an order, whatever became of it. */
export function recordChannelData(
  order: Order,
  { channelData, channelTotal }: CommandOf<'RecordChannelData'>,
): Decision<OrderEvent> {
  const changes = {
    // A channel that repeats what it knows of a person brings nothing back that was erased.
    ...(order.personalDataErasedAt === undefined &&
      difference('channelData', order.channelData ? [...order.channelData] : null, channelData)),
    ...difference('channelTotal', order.channelTotal ?? null, canonical(channelTotal, order.currency)),
  };
  if (Object.keys(changes).length === 0) return accept();
  return accept({ type: 'OrderAmended', data: { ...changes, released: [], recovered: [] } });
}

/** @returns why an order that the warehouse has cannot be amended so, or null. */
function tooLate(order: Order, command: CommandOf<'AmendOrder'>): string | null {
  if (order.state !== 'FULFILLMENT_QUEUED') return null;
  const { lines, addedLines, cancelledLines, amounts, isSoldSo } = command;
  if (hasShipped(order))
    return addsAlone(command) && !isInvoiced(order) ? null : `goods of ${order.orderId} have left already`;
  const isOfLines = [lines, addedLines, cancelledLines, amounts].some((each) => each !== undefined);
  return isOfLines && isSoldSo !== true
    ? `the warehouse has ${order.orderId}: its lines do not change`
    : null;
}

/** Sold besides what has left: lines are added, and nothing that was there before changes. An invoice would charge them anew. */
function addsAlone({
  type: _,
  isSoldSo,
  addedLines,
  channelData,
  channelTotal,
  ...others
}: CommandOf<'AmendOrder'>): boolean {
  return (
    isSoldSo === true && addedLines !== undefined && Object.values(others).every((each) => each === undefined)
  );
}

/** Cancels what is left of lines that are wanted no more. */
function withoutLines(order: Order, lineNumbers: readonly number[], facts: Facts): Decision<OrderEvent> {
  const left = lineNumbers
    .map((lineNumber) => ({ lineNumber, quantity: unshipped(lineOf(order, lineNumber) as Line) }))
    .filter(({ quantity }) => quantity > 0);
  if (left.length === 0) return accept();
  return cancelOrder(order, { type: 'CancelOrder', reason: 'CUSTOMER', lines: left }, facts);
}

function cancelledErrors(order: Order, command: CommandOf<'AmendOrder'>): readonly FieldError[] {
  const { lines = [], cancelledLines = [] } = command;
  return cancelledLines.flatMap((lineNumber, index) => {
    const path = `cancelledLines[${index}]`;
    if (lineOf(order, lineNumber) === undefined) {
      return [{ path, message: `the order has no line ${lineNumber}` }];
    }
    const named = [...lines.map((line) => line.lineNumber), ...cancelledLines];
    const twice = named.filter((each) => each === lineNumber).length > 1;
    return twice ? [{ path, message: `line ${lineNumber} is named twice` }] : [];
  });
}

function changesOf(order: Order, command: CommandOf<'AmendOrder'>): Changes {
  const released: Reservation[] = [];
  const recovered: LineUnits[] = [];
  const lines = changedLines(command).flatMap(
    ({ lineNumber, quantity, unitPrice, discount, tax, channelData }) => {
      const line = lineOf(order, lineNumber) as Line;
      const fewer = quantity === undefined ? 0 : line.ordered - quantity;
      if (fewer > 0) {
        const withdrawal = withdraw(line, fewer);
        released.push(...withdrawal.released);
        recovered.push(...withdrawal.recovered);
      }
      const change = {
        lineNumber,
        ...difference('quantity', line.ordered, quantity),
        ...difference('unitPrice', line.unitPrice, unitPrice),
        ...amountDifference('discount', line.discount, discount, order.currency),
        ...amountDifference('tax', line.tax, tax, order.currency),
        ...difference('channelData', line.channelData ? [...line.channelData] : null, channelData),
      };
      return Object.keys(change).length > 1 ? [change] : [];
    },
  );
  const addedLines = acceptedLines(command.addedLines ?? [], order.lines.length + 1, order.currency);
  const terms = termChanges(order, command);
  const after = { ...order, ...afterOf(terms) };
  const kept = order.lines.map((line) => {
    const change = lines.find((each) => each.lineNumber === line.lineNumber);
    if (change === undefined) return { ...line, quantity: line.ordered };
    const { lineNumber: _, quantity, ...changed } = change;
    return { ...line, ...afterOf(changed), quantity: quantity?.after ?? line.ordered };
  });
  return {
    ...terms,
    ...(lines.length > 0 && { lines }),
    ...(addedLines.length > 0 && { addedLines }),
    ...((lines.length + addedLines.length > 0 || command.amounts !== undefined) &&
      difference('total', order.total, orderTotal(after, [...kept, ...addedLines]))),
    released,
    recovered,
  };
}

/** The changes of everything but the lines. */
function termChanges(order: Order, command: CommandOf<'AmendOrder'>) {
  const { currency } = order;
  const { discount, shippingAmount, tax, shippingTax } = command.amounts ?? {};
  return {
    ...difference('shipTo', order.shipTo ?? null, command.shipTo),
    ...difference('deliveryWindow', order.deliveryWindow ?? null, command.deliveryWindow),
    ...difference('shipNotBefore', order.shipNotBefore ?? null, command.shipNotBefore),
    ...difference('shipNotAfter', order.shipNotAfter ?? null, command.shipNotAfter),
    ...difference('cancelAfter', order.cancelAfter ?? null, command.cancelAfter),
    ...difference('channelData', order.channelData ? [...order.channelData] : null, command.channelData),
    ...difference('purchaseOrderNumber', order.purchaseOrderNumber ?? null, command.purchaseOrderNumber),
    ...difference('customerReference', order.customer.reference ?? null, command.customerReference),
    ...difference('note', order.note ?? null, command.note),
    ...difference('channelTotal', order.channelTotal ?? null, canonical(command.channelTotal, currency)),
    ...amountDifference('discount', order.discount, discount, currency),
    ...amountDifference('shippingAmount', order.shippingAmount, shippingAmount, currency),
    ...amountDifference('tax', order.tax, tax, currency),
    ...amountDifference('shippingTax', order.shippingTax, shippingTax, currency),
  };
}

/** What a command changes of each line: its terms, and its amounts. */
function changedLines({ lines = [], amounts = {} }: CommandOf<'AmendOrder'>) {
  const priced = new Map((amounts.lines ?? []).map((line) => [line.lineNumber, line]));
  const both = lines.map((line) => {
    const { discount, tax } = priced.get(line.lineNumber) ?? {};
    priced.delete(line.lineNumber);
    return { ...line, discount, tax };
  });
  return [
    ...both,
    ...[...priced.values()].map((line) => ({
      ...line,
      quantity: undefined,
      unitPrice: undefined,
      channelData: undefined,
    })),
  ];
}

function canonical(amount: string | undefined, currency: string): string | undefined {
  return amount === undefined ? undefined : toCurrencyDigits(amount, currency);
}

/** The change of an amount; one of zero is none at all. */
function amountDifference<Name extends string>(
  name: Name,
  before: string | undefined,
  wanted: string | undefined,
  currency: string,
): Partial<Record<Name, { before: string | null; after: string | null }>> {
  const amount = canonical(wanted, currency);
  const after = amount !== undefined && minorUnits(amount, currency) === 0n ? null : amount;
  return difference<Name, string | null>(name, before ?? null, after);
}

/** The change of one field, or nothing when the command leaves it as it is. */
function difference<Name extends string, Value>(
  name: Name,
  before: Value,
  wanted: Value | undefined,
): Partial<Record<Name, { before: Value; after: Value }>> {
  if (wanted === undefined || isSame(before, wanted)) return {};
  return { [name]: { before, after: wanted } } as Record<Name, { before: Value; after: Value }>;
}

function lineErrors(
  order: Order,
  lines: NonNullable<CommandOf<'AmendOrder'>['lines']>,
  { lineNumber, quantity }: { lineNumber: number; quantity?: number | undefined },
  path: string,
): readonly FieldError[] {
  const line = lineOf(order, lineNumber);
  if (line === undefined)
    return [{ path: `${path}.lineNumber`, message: `the order has no line ${lineNumber}` }];
  if (lines.filter((each) => each.lineNumber === lineNumber).length > 1) {
    return [{ path: `${path}.lineNumber`, message: `line ${lineNumber} is named twice` }];
  }
  const gone = line.cancelled + line.shipped;
  if (quantity !== undefined && quantity < gone) {
    return [
      {
        path: `${path}.quantity`,
        message: `${gone} units of line ${lineNumber} are cancelled or shipped already`,
      },
    ];
  }
  const bound = line.pins.reduce((total, pin) => total + (pin.quantity ?? 0), 0);
  if (quantity !== undefined && isGoods(line) && quantity - gone < bound) {
    return [{ path: `${path}.quantity`, message: `${bound} units of line ${lineNumber} are pinned to lots` }];
  }
  return [];
}

function amendedCasePackErrors(
  order: Order,
  lines: NonNullable<CommandOf<'AmendOrder'>['lines']>,
): readonly FieldError[] {
  if (order.orderType !== 'B2B') return [];
  return lines.flatMap(({ lineNumber, quantity }, index) => {
    const { unitsPerCase } = lineOf(order, lineNumber) as Line;
    const message = quantity === undefined ? null : casePackError(quantity, unitsPerCase);
    return message === null ? [] : [{ path: `lines[${index}].quantity`, message }];
  });
}

/** Amounts of lines that the order lacks, or with more decimals than its currency has. */
function amountErrors(
  order: Order,
  { amounts = {}, channelTotal }: CommandOf<'AmendOrder'>,
): readonly FieldError[] {
  const { lines = [], ...ofOrder } = amounts;
  const named = [
    ...Object.entries({ ...ofOrder, channelTotal }),
    ...lines.flatMap(({ discount, tax }) => [['discount', discount] as const, ['tax', tax] as const]),
  ];
  const missing = lines.find(({ lineNumber }) => lineOf(order, lineNumber) === undefined);
  return [
    ...(missing === undefined
      ? []
      : [{ path: 'amounts.lines', message: `the order has no line ${missing.lineNumber}` }]),
    ...named.flatMap(([name, amount]) =>
      amount === undefined || hasCurrencyDigits(amount, order.currency)
        ? []
        : [{ path: `amounts.${name}`, message: `${amount} has more decimals than ${order.currency} has` }],
    ),
  ];
}

function discountErrors(order: Order, command: CommandOf<'AmendOrder'>): readonly FieldError[] {
  return changedLines(command).flatMap(({ lineNumber, quantity, unitPrice, discount }, index) => {
    const line = lineOf(order, lineNumber) as Line;
    const amended = {
      discount: discount ?? line.discount,
      quantity: quantity ?? line.ordered,
      unitPrice: unitPrice ?? line.unitPrice,
    };
    const message = discountError(amended, order.currency);
    return message === null ? [] : [{ path: `lines[${index}]`, message }];
  });
}
