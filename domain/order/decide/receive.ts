import { type FieldError, refuse } from '../../decider.ts';
import { extend, hasCurrencyDigits, isBelowZero, minus, sum, toCurrencyDigits } from '../../money.ts';
import type { CommandOf } from '../commands.ts';
import type { OrderEvent, OrderEventOf } from '../events.ts';
import { nothingLeftToShip, type Order, shipsNothing } from '../order.ts';
import { allocateForReception } from './allocate.ts';
import { after, type Facts } from './context.ts';
import { casePackError, discountError } from './line-rules.ts';
import { bytesOf, MAX_EVENT_BYTES } from './size.ts';

/** Receives an order and reserves available stock in the same step. */
export function receiveOrder(command: CommandOf<'ReceiveOrder'>, facts: Facts) {
  const errors = [...amountErrors(command), ...requirementErrors(command), ...earlierErrors(command)];
  if (errors.length > 0) return refuse({ code: 'validation_failed', detail: summary(errors), errors });
  const splitCases = casePackErrors(command);
  if (splitCases.length > 0)
    return refuse({ code: 'case_pack', detail: summary(splitCases), errors: splitCases });

  const received = receivedEvent(command, facts);
  // The first event holds the whole order.
  const size = bytesOf(received.data);
  if (size > MAX_EVENT_BYTES) {
    const message = `the order takes ${size} bytes, and ${MAX_EVENT_BYTES} are the most; split it into several orders`;
    return refuse({ code: 'validation_failed', detail: message, errors: [{ path: 'lines', message }] });
  }
  if (isBelowZero(received.data.total, command.currency)) {
    const message = `discounts exceed what is charged: the total would be ${received.data.total}`;
    return refuse({ code: 'validation_failed', detail: message, errors: [{ path: 'discount', message }] });
  }

  const begun: OrderEvent[] = [received, ...holdEvents(command, received, facts)];
  const order = after(null, begun, facts);
  const allocation = allocateForReception(order, command.unmetPins, facts);
  return 'rejection' in allocation ? allocation : { events: [...begun, ...allocation.events] };
}

/** What the customer pays: goods less discounts, plus taxes and shipping, each rounded once, at the line. */
export function orderTotal(
  terms: Pick<Order, 'currency' | 'discount' | 'shippingAmount' | 'tax'>,
  lines: readonly {
    unitPrice: string;
    quantity: number;
    discount?: string | undefined;
    tax?: string | undefined;
  }[],
): string {
  const { currency, discount = '0', shippingAmount = '0', tax = '0' } = terms;
  const charged = lines.flatMap((line) => [extend(line.unitPrice, line.quantity, currency), line.tax ?? '0']);
  const discounted = [discount, ...lines.map((line) => line.discount ?? '0')];
  return minus(sum([...charged, shippingAmount, tax], currency), sum(discounted, currency), currency);
}

function receivedEvent(
  command: CommandOf<'ReceiveOrder'>,
  { orderId, now }: Facts,
): OrderEventOf<'OrderReceived'> {
  const { type: _, lines, holds: _holds, unmetPins: _unmetPins, earlierShipments, ...terms } = command;
  const canonical = (amount: string | undefined) =>
    amount === undefined ? undefined : toCurrencyDigits(amount, command.currency);
  return {
    type: 'OrderReceived',
    data: {
      ...terms,
      discount: canonical(terms.discount),
      shippingAmount: canonical(terms.shippingAmount),
      tax: canonical(terms.tax),
      shippingTax: canonical(terms.shippingTax),
      channelTotal: canonical(terms.channelTotal),
      total: orderTotal(command, lines),
      lines: acceptedLines(lines, 1, command.currency),
      ...(earlierShipments !== undefined && {
        earlierShipments: earlierShipments.map(({ isDelivered, shippedAt = now, ...shipment }, index) => ({
          ...shipment,
          shippedAt,
          ...(isDelivered && { deliveredAt: shipment.deliveredAt ?? shippedAt }),
          shipmentId: `${orderId}-S${index + 1}`,
          lines: shipment.lines.map((line) => ({ ...line, sku: lines[line.lineNumber - 1]?.sku ?? '' })),
        })),
      }),
    },
  };
}

/** What had left cannot be more than what was ordered. */
function earlierErrors({ lines, earlierShipments = [] }: CommandOf<'ReceiveOrder'>): readonly FieldError[] {
  const left = earlierShipments.flatMap((shipment) => shipment.lines);
  return left.flatMap(({ lineNumber }) => {
    const line = lines[lineNumber - 1];
    const units = left.reduce(
      (total, each) => total + (each.lineNumber === lineNumber ? each.quantity : 0),
      0,
    );
    const canLeave = line !== undefined && (line.requiresShipping || shipsNothing(lines));
    if (canLeave && units <= line.quantity) return [];
    return [
      { path: 'earlierShipments', message: `line ${lineNumber} has no ${units} units that could have left` },
    ];
  });
}

/** @returns lines as an event records them: numbered, with amounts in the currency's digits. */
export function acceptedLines(
  lines: CommandOf<'ReceiveOrder'>['lines'],
  firstNumber: number,
  currency: string,
): OrderEventOf<'OrderReceived'>['data']['lines'] {
  const canonical = (amount: string | undefined) =>
    amount === undefined ? undefined : toCurrencyDigits(amount, currency);
  return lines.map((line, index) => ({
    ...line,
    lineNumber: firstNumber + index,
    discount: canonical(line.discount),
    tax: canonical(line.tax),
  }));
}

function holdEvents(
  command: CommandOf<'ReceiveOrder'>,
  received: OrderEventOf<'OrderReceived'>,
  facts: Facts,
): readonly OrderEvent[] {
  const { total, channelTotal } = received.data;
  const holds = [...command.holds];
  // Nobody has to look at what is to be paid for an order of which everything has left.
  const isOver = command.earlierShipments !== undefined && nothingLeftToShip(after(null, [received], facts));
  if (channelTotal !== undefined && channelTotal !== total && !isOver) {
    holds.push({
      reason: 'OTHER',
      note: `The channel's total is ${channelTotal} ${command.currency}, ours is ${total}.`,
    });
  }
  return holds.map((hold, index) => ({
    type: 'OrderHeld',
    data: { holdId: holdId(facts.orderId, index + 2), ...hold },
  }));
}

/** @returns the id of a hold, from the place of its event in the order's history. */
export function holdId(orderId: string, sequence: number): string {
  return `${orderId}-H${sequence}`;
}

function amountErrors(command: CommandOf<'ReceiveOrder'>): readonly FieldError[] {
  const { currency, lines } = command;
  const ofOrder: Amounts = [
    ['discount', command.discount],
    ['shippingAmount', command.shippingAmount],
    ['tax', command.tax],
    ['shippingTax', command.shippingTax],
    ['channelTotal', command.channelTotal],
  ];
  return [...digitErrors(ofOrder, currency), ...lineAmountErrors(lines, 'lines', currency)];
}

/** What is wrong with the amounts of new lines: too many decimals, or a discount beyond the price. */
export function lineAmountErrors(
  lines: CommandOf<'ReceiveOrder'>['lines'],
  at: string,
  currency: string,
): readonly FieldError[] {
  const amounts = lines.flatMap(
    ({ discount, tax }, index): Amounts => [
      [`${at}[${index}].discount`, discount],
      [`${at}[${index}].tax`, tax],
    ],
  );
  const discounts = lines.flatMap((line, index) => {
    const message = discountError(line, currency);
    return message === null ? [] : [{ path: `${at}[${index}].discount`, message }];
  });
  return [...digitErrors(amounts, currency), ...discounts];
}

/** Amounts by the path of their field. */
type Amounts = [path: string, amount: string | undefined][];

function digitErrors(amounts: Amounts, currency: string): readonly FieldError[] {
  return amounts.flatMap(([path, amount]) =>
    amount === undefined || hasCurrencyDigits(amount, currency)
      ? []
      : [{ path, message: `${amount} has more decimals than ${currency} has` }],
  );
}

function requirementErrors(command: CommandOf<'ReceiveOrder'>): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (command.source !== undefined && command.externalId === undefined) {
    // Channels repeat their messages by design, people who enter orders do not.
    if (command.channel !== 'MANUAL') {
      errors.push({
        path: 'externalId',
        message: 'an order of a channel carries the id that the channel gave it',
      });
    }
  }
  command.lines.forEach((line, index) => {
    if (line.casesPerPallet !== undefined && line.unitsPerCase === undefined) {
      errors.push({ path: `lines[${index}].unitsPerCase`, message: 'cases per pallet need units per case' });
    }
  });
  return errors;
}

/** New lines of a B2B order that are no whole number of cases. */
export function casePackErrors(
  { orderType, lines }: Pick<CommandOf<'ReceiveOrder'>, 'orderType' | 'lines'>,
  at = 'lines',
): readonly FieldError[] {
  if (orderType !== 'B2B') return [];
  return lines.flatMap((line, index) => {
    const error = casePackError(line.quantity, line.unitsPerCase);
    return error === null ? [] : [{ path: `${at}[${index}].quantity`, message: error }];
  });
}

function summary(errors: readonly FieldError[]): string {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${first?.path}: ${first?.message}${more}`;
}
