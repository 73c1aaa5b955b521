import type { CommandOf } from '../../../../domain/order/commands.ts';
import type { Order, Shipment } from '../../../../domain/order/order.ts';
import { handleOrderCommand } from '../../../orders/handle-order-command.ts';
import type { Ports } from '../../../orders/ports.ts';
import { Busy } from '../../../write-failures.ts';
import { closedShort } from '../outbound/notify-warehouse.ts';
import { shippingOrderName } from '../outbound/shipping-order.ts';
import type { ShippingAdvice } from '../x12/index.ts';
import { booking, type EdiContext, type SetOutcome } from './edi-context.ts';
import { translateAdvice, type Units } from './translate-advice.ts';

/** How often a shipment is made anew when its order changes meanwhile. */
const ATTEMPTS = 8;

/**
 * Records the shipment that a warehouse's 945 reports, whole or not at all: units by line and lot, cartons with their
 * labels, carrier and tracking number. What it closed short holds the order until somebody decides on the rest. A shipment
 * that is reported again changes nothing; another one under its tracking number, a wrong order, product, quantity or lot
 * waits for a person.
 */
export async function processShippingAdvice(
  ports: Ports,
  advice: ShippingAdvice,
  context: EdiContext,
): Promise<SetOutcome> {
  const number = advice.orderNumber;
  if (!advice.isShipment) return quarantined('it reports no shipment in full (W0601)');
  const [open] = advice.unresolved;
  if (open !== undefined) return quarantined(`${open.elements.join(', ')}: ${open.reason}`);
  if (number === null) return quarantined('it names no shipping order (W0602)');
  const { identity, isTest = false } = context.sender;
  const sent = await context.answers.numbers.find(identity, shippingOrderName(number, 1));
  if (sent?.orderId === undefined)
    return quarantined(`the warehouse was sent no shipping order ${number} (W0602)`);
  const { orderId } = sent;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const order = await ports.orders.load(orderId);
    if (order === null) throw new Error(`there is no order ${orderId}`);
    if ((order.isTest ?? false) !== isTest)
      return quarantined(`${orderId} is ${isTest ? 'no test order' : 'a test order'}`);
    const translated = translateAdvice(advice, order);
    if ('problem' in translated) return quarantined(translated.problem);
    const { command } = translated;
    const earlier = order.shipments.find((each) => each.trackingNumber === command.trackingNumber);
    if (earlier !== undefined && !isSame(earlier, command, order))
      return quarantined(`${command.trackingNumber} is ${earlier.shipmentId}, with other units or lots`);
    if (earlier !== undefined) return closeShort(ports, order, earlier, number, translated.short, context);
    const isClosed = translated.short.length > 0;
    const outcome = await handleOrderCommand(ports, {
      ...{
        orderId,
        command,
        origin: context.origin,
        expectedVersion: order.version,
        until: context.deadline,
      },
      // The hold that follows settles the set.
      message: isClosed ? { message: context.message } : booking(context, [orderId]),
    });
    if (outcome.kind === 'refused') return quarantined(outcome.rejection.detail);
    if (outcome.kind === 'stale') continue;
    const shipment = outcome.order.shipments.at(-1);
    if (isClosed && shipment !== undefined)
      return closeShort(ports, outcome.order, shipment, number, translated.short, context);
    return { kind: 'booked', orderIds: [orderId], isLogged: true };
  }
  throw new Busy(`${orderId} kept changing; send the interchange again`);
}

/** Holds the order for what its warehouse does not ship, once for each shipment, unless nothing of it is left. */
async function closeShort(
  ports: Ports,
  order: Order,
  { shipmentId }: Shipment,
  number: string,
  short: readonly string[],
  context: EdiContext,
): Promise<SetOutcome> {
  const { orderId } = order;
  const isOver = order.state !== 'FULFILLMENT_QUEUED';
  if (short.length === 0 || isOver) return { kind: 'nothing-to-do', orderIds: [orderId] };
  const beginning = `${closedShort(number)}: ${shipmentId}`;
  const history = await ports.orders.history(orderId, 0, order.sequence);
  const wasHeld = history.some(
    (event) => event.type === 'OrderHeld' && event.data.note?.startsWith(`${beginning},`) === true,
  );
  if (wasHeld) return { kind: 'nothing-to-do', orderIds: [orderId] };
  const note = `${beginning}, ${short.join('; ')}`.slice(0, MAX_NOTE);
  const outcome = await handleOrderCommand(ports, {
    ...{ orderId, command: { type: 'PlaceHold', reason: 'OTHER', note }, origin: context.origin },
    message: booking(context, [orderId]),
  });
  if (outcome.kind === 'refused') return quarantined(outcome.rejection.detail);
  return { kind: 'booked', orderIds: [orderId], isLogged: true };
}

const MAX_NOTE = 2000;

/** Whether a shipment that is recorded is the one that is reported. */
function isSame(shipment: Shipment, command: CommandOf<'RecordShipment'>, order: Order): boolean {
  const remaining = order.shipping?.shipmentId === shipment.shipmentId ? order.shipping.remaining : [];
  const recorded = new Map<number, number>();
  const wanted = new Map<number, number>();
  const add = (units: Map<number, number>, { lineNumber, quantity }: Units) =>
    units.set(lineNumber, (units.get(lineNumber) ?? 0) + quantity);
  for (const line of [...shipment.lines, ...remaining]) add(recorded, line);
  for (const line of command.lines ?? []) add(wanted, line);
  const hasUnits =
    recorded.size === wanted.size && [...wanted].every(([line, units]) => recorded.get(line) === units);
  const lots = new Set(shipment.lines.flatMap((line) => line.lots.map(({ lotNumber }) => lotNumber)));
  const hasLots = (command.lines ?? []).every(
    ({ lotNumber }) => lotNumber === undefined || lots.has(lotNumber) || remaining.length > 0,
  );
  return hasUnits && hasLots;
}

function quarantined(reason: string): SetOutcome {
  return { kind: 'quarantined', topic: '945', reason: `shipment: ${reason}`.slice(0, MAX_NOTE) };
}
