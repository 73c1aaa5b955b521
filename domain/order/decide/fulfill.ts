import { dateOf } from '../../calendar.ts';
import { accept, type Decision, type FieldError, invalid, refuse, type Shortage } from '../../decider.ts';
import { type Supply, unfitness } from '../../inventory/allocate.ts';
import { isSameLot, type LotPlace, locationOf, MAIN, recorded } from '../../inventory/location.ts';
import { lotNamed, skuNamed } from '../../text.ts';
import type { CommandOf } from '../commands.ts';
import type { OrderEvent, OrderEventOf, ShippedLine } from '../events.ts';
import { illegal } from '../lifecycle.ts';
import {
  allocated,
  casesAndPallets,
  deliveryDate,
  isGoods,
  isPinned,
  type Line,
  type LineQuantity,
  leftToLeave,
  lineOf,
  type Order,
  open,
  type PackageContents,
} from '../order.ts';
import { withdraw } from './cancel.ts';
import { after, type Facts } from './context.ts';
import { invoiceFor } from './invoice.ts';
import { held, holdsStock } from './reallocation.ts';
import { bytesOf, MAX_BYTES, MAX_EVENT_BYTES, whatFitsInto } from './size.ts';

/** ALLOCATED → FULFILLMENT_QUEUED: the warehouse may pick what is reserved. */
export function queueFulfillment(order: Order, { now }: Pick<Facts, 'now'>): Decision<OrderEvent> {
  const blocker = heldBack(order) ?? outsideDates(order, dateOf(now)) ?? unreserved(order);
  if (blocker !== null) return illegal(order.state, 'QueueFulfillment', blocker);
  const pick = order.lines
    .filter(isGoods)
    .flatMap((line) =>
      held(line).map((reservation) => ({ ...reservation, ...casesAndPallets(line, reservation.quantity) })),
    );
  const listed = whatFitsInto(pick, MAX_EVENT_BYTES);
  const left = pick.length - listed.length;
  return accept({
    type: 'FulfillmentQueued',
    data: { pick: [...listed], ...(left > 0 && { notListed: left }) },
  });
}

/** Records goods that have left: some or all that is reserved, of the lots that were really taken. */
export function recordShipment(
  order: Order,
  command: CommandOf<'RecordShipment'>,
  facts: Facts,
): Decision<OrderEvent> {
  const blocker = heldBack(order) ?? incomplete(order);
  if (blocker !== null) return illegal(order.state, 'RecordShipment', blocker);
  const { type: _, lines, packages, locationId, ...terms } = command;
  const packed = Array.isArray(packages) ? packages : undefined;
  const named = lines ?? (packed === undefined ? undefined : contentsOf(packed));
  if (named === undefined && !holdsStock(order)) {
    return illegal(
      order.state,
      'RecordShipment',
      `${order.orderId} has nothing reserved, so nothing can ship`,
    );
  }
  const [from, ...others] = locationsToShipFrom(order, named, locationId);
  if (from === undefined || others.length > 0) return refuseLocation(order, locationId, others.length > 0);
  const wanted = named ?? everythingReserved(order, from);
  const errors = [...lineErrors(order, wanted), ...packageErrors(packed, wanted)];
  if (errors.length > 0)
    return refuse({ code: 'validation_failed', detail: errors[0]?.message ?? '', errors });
  if (bytesOf(wanted) > MAX_BYTES) return invalid('lines', 'so many lines do not fit into one shipment');
  if (packed !== undefined && bytesOf(packed) > MAX_BYTES / 2)
    return invalid('packages', 'so many packages do not fit into one shipment');
  const shipment = {
    ...terms,
    ...(typeof packages === 'number' && { packages }),
    ...(packed !== undefined && { packages: packed.length, packageContents: packed }),
    shipmentId: shipmentIdOf(order),
    ...recorded(from),
    shippedAt: facts.now,
  };
  return ship(order, shipment, wanted, facts, { isOfOneLocation: true });
}

/** The order with the reservations of one location alone, which is where a shipment leaves from. */
function reservedAt(order: Order, locationId: string): Order {
  if (locationsOf(order).every((each) => each === locationId)) return order;
  const lines = order.lines.map((line) => ({
    ...line,
    allocations: line.allocations.filter((each) => locationOf(each) === locationId),
  }));
  return { ...order, lines };
}

/** @returns the locations in which the order holds reservations */
function locationsOf(order: Order): readonly string[] {
  const holding = order.lines.filter(isGoods).flatMap(held);
  return [...new Set(holding.map(locationOf))];
}

/**
 * Where a shipment can leave from, as one. An order that holds nothing has nowhere to ship from but the first location;
 * what it lacks is found later.
 */
function locationsToShipFrom(
  order: Order,
  named: readonly LineQuantity[] | undefined,
  locationId: string | undefined,
): readonly string[] {
  const locations = locationsOf(order);
  if (locationId !== undefined) return locations.filter((each) => each === locationId);
  if (locations.length === 0) return [MAIN];
  if (locations.length === 1 || named === undefined) return locations;
  return locations.filter((each) => {
    const here = reservedAt(order, each);
    return named.every((request) => {
      const asked = named.filter(({ lineNumber, lotNumber }) => {
        return lineNumber === request.lineNumber && lotNumber === request.lotNumber;
      });
      const units = (lineOf(here, request.lineNumber)?.allocations ?? []).reduce(
        (total, lot) => total + ((request.lotNumber ?? lot.lotNumber) === lot.lotNumber ? lot.quantity : 0),
        0,
      );
      return units >= asked.reduce((total, { quantity }) => total + quantity, 0);
    });
  });
}

function refuseLocation(order: Order, locationId: string | undefined, isAmbiguous: boolean) {
  const locations = locationsOf(order);
  const held = locations.length === 0 ? 'nothing' : `stock at ${locations.join(', ')}`;
  if (locationId !== undefined) {
    return invalid('locationId', `${order.orderId} reserves ${held}, and nothing at ${locationId}`);
  }
  return isAmbiguous
    ? invalid(
        'locationId',
        `${order.orderId} reserves ${held}: name the location that this shipment leaves from`,
      )
    : invalid(
        'lines',
        `${order.orderId} reserves ${held}: a shipment leaves from one of them; record one for each`,
      );
}

/** What packages hold together. */
function contentsOf(packages: readonly PackageContents[]): readonly LineQuantity[] {
  const units = new Map<string, LineQuantity>();
  for (const { lineNumber, quantity, lotNumber } of packages.flatMap(({ lines }) => lines)) {
    const key = JSON.stringify([lineNumber, lotNumber]);
    const before = units.get(key)?.quantity ?? 0;
    units.set(key, {
      lineNumber,
      quantity: before + quantity,
      ...(lotNumber !== undefined && { lotNumber }),
    });
  }
  return [...units.values()];
}

/** Packages hold what ships, no more and no less, each under a label of its own. */
function packageErrors(
  packages: readonly PackageContents[] | undefined,
  wanted: readonly LineQuantity[],
): readonly FieldError[] {
  if (packages === undefined) return [];
  const unitsOf = (lines: readonly LineQuantity[], lineNumber: number) =>
    lines.reduce((sum, line) => sum + (line.lineNumber === lineNumber ? line.quantity : 0), 0);
  const packed = packages.flatMap(({ lines }) => lines);
  const numbers = new Set([...packed, ...wanted].map(({ lineNumber }) => lineNumber));
  const labels = packages.flatMap(({ sscc }) => sscc ?? []);
  return [
    ...[...numbers].flatMap((lineNumber) => {
      const [inside, ships] = [unitsOf(packed, lineNumber), unitsOf(wanted, lineNumber)];
      const message = `the packages hold ${inside} units of line ${lineNumber}, and ${ships} ship`;
      return inside === ships ? [] : [{ path: 'packages', message }];
    }),
    ...(new Set(labels).size < labels.length
      ? [{ path: 'packages', message: 'two packages have the same SSCC' }]
      : []),
  ];
}

function shipmentIdOf({ orderId, shipments }: Order): string {
  return `${orderId}-S${shipments.length + 1}`;
}

/**
 * Records goods that have left as the channel says: no hold keeps them here any more. What is reserved leaves our stock;
 * all else left from elsewhere, and waits for stock no longer.
 */
export function recordChannelShipment(
  order: Order,
  command: CommandOf<'RecordChannelShipment'>,
  facts: Facts,
): Decision<OrderEvent> {
  const { type: _, lines, deliveredAt, ...terms } = command;
  const errors = channelLineErrors(order, lines);
  if (errors.length > 0)
    return refuse({ code: 'validation_failed', detail: errors[0]?.message ?? '', errors });
  const from = mostReservedAt(order, lines);
  const shipment = { ...terms, shipmentId: shipmentIdOf(order), ...recorded(from), shippedAt: facts.now };
  const reserved: LineQuantity[] = [];
  const elsewhere: LineQuantity[] = [];
  for (const { lineNumber, quantity } of lines) {
    const here = Math.min(quantity, allocated(lineOf(order, lineNumber) as Line));
    if (here > 0) reserved.push({ lineNumber, quantity: here });
    if (quantity > here) elsewhere.push({ lineNumber, quantity: quantity - here });
  }
  const decision = ship(order, shipment, reserved, facts, { elsewhere });
  if ('rejection' in decision || deliveredAt === undefined) return decision;
  const shipped = after(order, decision.events, facts);
  // A shipment that takes several steps is confirmed when it is recorded as a whole, by the channel's next message.
  if (shipped.shipping !== undefined) return decision;
  const { shipmentId } = shipment;
  const arrived = confirmDelivery(shipped, {
    ...{ type: 'ConfirmDelivery', shipmentId, deliveredAt },
    mayPrecedeShipment: true,
  });
  return 'rejection' in arrived ? arrived : accept(...decision.events, ...arrived.events);
}

/** The location that holds the most of some lines: a channel that sends from several says of no parcel from which. */
function mostReservedAt(order: Order, lines: readonly LineQuantity[]): string | undefined {
  const named = new Set(lines.map(({ lineNumber }) => lineNumber));
  const units = new Map<string, number>();
  for (const reservation of order.lines.filter(isGoods).flatMap(held)) {
    if (!named.has(reservation.lineNumber)) continue;
    const location = locationOf(reservation);
    units.set(location, (units.get(location) ?? 0) + reservation.quantity);
  }
  return [...units].sort(([, one], [, other]) => other - one)[0]?.[0];
}

/** Notes another carrier, tracking number or channel's id of a shipment. */
export function correctShipment(order: Order, command: CommandOf<'CorrectShipment'>): Decision<OrderEvent> {
  const { type: _, ...data } = command;
  const shipment = order.shipments.find((each) => each.shipmentId === command.shipmentId);
  if (shipment === undefined) {
    return refuse({ code: 'not_found', detail: `${order.orderId} has no shipment ${command.shipmentId}` });
  }
  const isNew = (['carrier', 'trackingNumber', 'channelFulfillmentId'] as const).some(
    (term) => data[term] !== undefined && data[term] !== shipment[term],
  );
  return isNew ? accept({ type: 'ShipmentCorrected', data }) : accept();
}

/** Records the next part of a shipment that is more than one step takes. */
export function continueShipment(order: Order, facts: Facts): Decision<OrderEvent> {
  const { shipping } = order;
  const begun = order.shipments.find((shipment) => shipment.shipmentId === shipping?.shipmentId);
  if (shipping === undefined || begun === undefined) return accept();
  // What does not change from step to step was reported with the first.
  const { lines: _, deliveredAt: __, signedBy: ___, packageContents: ____, ...shipment } = begun;
  const { remaining, isOfOneLocation } = shipping;
  return ship(order, shipment, remaining, facts, { isOfOneLocation });
}

/**
 * People record shipments up to this long after the goods left, in milliseconds: until then a shipment that is entered late
 * has an arrival before it. What is older is of another parcel, as under a tracking number that a carrier uses again.
 */
export const LATE_RECORD = 60 * 24 * 60 * 60_000;

/** Confirms that one shipment has arrived. */
export function confirmDelivery(order: Order, command: CommandOf<'ConfirmDelivery'>): Decision<OrderEvent> {
  const { shipmentId, deliveredAt, signedBy, mayPrecedeShipment } = command;
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined) {
    return refuse({ code: 'not_found', detail: `${order.orderId} has no shipment ${shipmentId}` });
  }
  if (order.shipping?.shipmentId === shipmentId) {
    return illegal(order.state, 'ConfirmDelivery', `shipment ${shipmentId} is still being recorded`);
  }
  if (shipment.deliveredAt !== undefined) {
    return illegal(
      order.state,
      'ConfirmDelivery',
      `shipment ${shipmentId} was delivered at ${shipment.deliveredAt}`,
    );
  }
  const earliest = Date.parse(shipment.shippedAt) - LATE_RECORD;
  if (mayPrecedeShipment !== true && Date.parse(deliveredAt) < earliest) {
    return invalid('deliveredAt', `is long before the shipment, which was recorded at ${shipment.shippedAt}`);
  }
  const units = new Map<number, { lineNumber: number; sku: string; quantity: number }>();
  for (const { lineNumber, sku, quantity } of shipment.lines) {
    units.set(lineNumber, { lineNumber, sku, quantity: quantity + (units.get(lineNumber)?.quantity ?? 0) });
  }
  return accept({
    type: 'ShipmentDelivered',
    data: { shipmentId, deliveredAt, signedBy, lines: [...units.values()] },
  });
}

/** Records a delivery exception; one that is older than the last, or of a delivered parcel, changes nothing. */
export function recordDeliveryException(
  order: Order,
  command: CommandOf<'RecordDeliveryException'>,
): Decision<OrderEvent> {
  const { type: _, ...data } = command;
  const shipment = order.shipments.find((each) => each.shipmentId === command.shipmentId);
  if (shipment === undefined) {
    return refuse({ code: 'not_found', detail: `${order.orderId} has no shipment ${command.shipmentId}` });
  }
  const known = shipment.trouble?.occurredAt ?? '';
  if (shipment.deliveredAt !== undefined || known >= command.occurredAt) return accept();
  return accept({ type: 'DeliveryTroubled', data });
}

type ShipmentTerms = Omit<
  OrderEventOf<'ShipmentShipped'>['data'],
  'lines' | 'recovered' | 'remaining' | 'isOfOneLocation'
>;

interface Taken {
  readonly line: Line & { readonly sku: string };
  readonly lot: ShippedLine['lots'][number];
}

function ship(
  order: Order,
  shipment: ShipmentTerms,
  wanted: readonly LineQuantity[],
  facts: Facts,
  {
    elsewhere = [],
    isOfOneLocation = false,
  }: { readonly elsewhere?: readonly LineQuantity[]; readonly isOfOneLocation?: boolean | undefined } = {},
): Decision<OrderEvent> {
  const left = new Map(
    order.lines.map((line) => {
      const isHere = (lot: LotPlace) => locationOf(lot) === locationOf(shipment);
      const lots = line.allocations.map((each) => ({ ...each }));
      const others = isOfOneLocation ? [] : lots.filter((lot) => !isHere(lot));
      return [line.lineNumber, [...lots.filter(isHere), ...others]];
    }),
  );
  const taken: Taken[] = [];
  const remaining: LineQuantity[] = [];
  let { stock } = facts;
  for (const request of wanted) {
    const line = lineOf(order, request.lineNumber) as Line & { readonly sku: string };
    const lots = left.get(line.lineNumber) ?? [];
    const lotsTaken = takeFrom(
      order,
      line,
      lots,
      { ...request, ...recorded(shipment.locationId) },
      { ...facts, stock },
    );
    if ('rejection' in lotsTaken) {
      // A lot that was recalled while a long shipment was being recorded did not leave with the rest of it.
      if (order.shipping !== undefined) continue;
      return lotsTaken;
    }
    stock = withoutSubstitutes(stock, line.sku, lotsTaken);
    const fitting = whatFits(lotsTaken, facts.mostReservations - size(taken));
    taken.push(...fitting.map((lot) => ({ line, lot })));
    const units = fitting.reduce((total, lot) => total + lot.quantity, 0);
    if (units < request.quantity) remaining.push({ ...request, quantity: request.quantity - units });
  }
  const recovered = elsewhere.flatMap(
    ({ lineNumber, quantity }) => withdraw(lineOf(order, lineNumber) as Line, quantity).recovered,
  );
  const shipped: OrderEvent = {
    type: 'ShipmentShipped',
    data: {
      ...shipment,
      lines: shippedLines(order, taken, elsewhere),
      ...(recovered.length > 0 && { recovered }),
      ...(remaining.length > 0 && { remaining: [...remaining], ...(isOfOneLocation && { isOfOneLocation }) }),
    },
  };
  if (remaining.length > 0 || order.orderType !== 'B2B') return accept(shipped);
  return accept<OrderEvent>(shipped, invoiceFor(after(order, [shipped], facts), shipment.shipmentId, facts));
}

/** A lot that is shipped in place of another moves the counters of both. */
function size(taken: readonly Taken[]): number {
  return taken.reduce((total, { lot }) => total + (lot.insteadOf === undefined ? 1 : 2), 0);
}

function whatFits(lots: readonly ShippedLine['lots'][number][], room: number) {
  let left = room;
  return lots.filter((lot) => {
    left -= lot.insteadOf === undefined ? 1 : 2;
    return left >= 0;
  });
}

/** Takes the units of one request from the line's reservations, or from the lot that was shipped in their place. */
function takeFrom(
  order: Order,
  line: Line & { readonly sku: string },
  lots: (LotPlace & { readonly expiryDate: string | null; quantity: number })[],
  request: LineQuantity & { readonly locationId?: string | undefined },
  facts: Facts,
): readonly ShippedLine['lots'][number][] | { readonly rejection: ReturnType<typeof tooFew>['rejection'] } {
  const taken: ShippedLine['lots'][number][] = [];
  let missing = request.quantity;
  const take = (from: (typeof lots)[number], other?: Supply) => {
    const quantity = Math.min(missing, from.quantity);
    if (quantity === 0) return;
    from.quantity -= quantity;
    missing -= quantity;
    const reserved = lotOf(from);
    taken.push(
      other === undefined ? { ...reserved, quantity } : { ...lotOf(other), quantity, insteadOf: reserved },
    );
  };
  for (const lot of lots)
    if (request.lotNumber === undefined || lot.lotNumber === request.lotNumber) take(lot);
  if (missing > 0 && request.lotNumber !== undefined) {
    const { lotNumber } = request;
    const other = facts.stock
      ?.get(line.sku)
      ?.find((lot) => isSameLot(lot, { lotNumber, ...recorded(request.locationId) }));
    const rejection = refuseSubstitute(order, line, lotNumber, other, missing, facts);
    if (rejection !== null) return rejection;
    for (const lot of lots) take(lot, other);
  }
  if (missing === 0) return taken;
  return tooFew([
    {
      lineNumber: line.lineNumber,
      sku: line.sku,
      requested: request.quantity,
      available: request.quantity - missing,
    },
  ]);
}

function lotOf({ lotNumber, locationId, expiryDate }: LotPlace & { readonly expiryDate: string | null }) {
  return { lotNumber, ...recorded(locationId), expiryDate };
}

/** What is left of the lots that are shipped in place of reserved ones, for the lines that come after. */
function withoutSubstitutes(
  stock: Facts['stock'],
  sku: string,
  taken: readonly ShippedLine['lots'][number][],
): Facts['stock'] {
  const substitutes = taken.filter((lot) => lot.insteadOf !== undefined);
  if (stock === null || substitutes.length === 0) return stock;
  const units = (of: LotPlace) =>
    substitutes.reduce((total, lot) => total + (isSameLot(lot, of) ? lot.quantity : 0), 0);
  const lots = (stock.get(sku) ?? []).map((lot) => ({ ...lot, available: lot.available - units(lot) }));
  return new Map(stock).set(sku, lots);
}

function refuseSubstitute(
  order: Order,
  line: Line & { readonly sku: string },
  lotNumber: string,
  lot: Supply | undefined,
  quantity: number,
  facts: Facts,
) {
  if (line.pins.length > 0 && !isPinned(line, lotNumber)) {
    const pinned = line.pins.map((pin) => lotNamed(pin.lotNumber)).join(', ');
    const detail = `line ${line.lineNumber} is pinned to ${pinned}; ${lotNamed(lotNumber)} cannot be shipped in its place`;
    return illegal(order.state, 'RecordShipment', detail);
  }
  const today = dateOf(facts.now);
  const requirements = {
    today,
    deliveryDate: deliveryDate(order, today),
    minimumShelfLifeDays: order.minimumShelfLifeDays ?? 0,
  };
  const fit = lot !== undefined && unfitness(lot, requirements) === null;
  const available = fit ? lot.available : 0;
  if (available >= quantity) return null;
  return tooFew([{ lineNumber: line.lineNumber, sku: line.sku, lotNumber, requested: quantity, available }]);
}

function tooFew(shortages: readonly Shortage[]) {
  const [first] = shortages;
  const of = first?.lotNumber === undefined ? 'are allocated' : `can be had of ${lotNamed(first.lotNumber)}`;
  return refuse({
    code: 'insufficient_stock',
    detail: `line ${first?.lineNumber} is to ship ${first?.requested} of ${skuNamed(first?.sku)}, and ${first?.available} ${of}`,
    shortages,
  });
}

function shippedLines(
  order: Order,
  taken: readonly Taken[],
  elsewhere: readonly LineQuantity[],
): ShippedLine[] {
  const lines = new Map<number, ShippedLine>();
  const add = (line: Line, units: number, lots: ShippedLine['lots']) => {
    const { lineNumber, sku } = line;
    const before = lines.get(lineNumber);
    const quantity = (before?.quantity ?? 0) + units;
    const all = [...(before?.lots ?? []), ...lots];
    lines.set(lineNumber, {
      lineNumber,
      sku: sku ?? '',
      quantity,
      ...casesAndPallets(line, quantity),
      lots: all,
    });
  };
  for (const { line, lot } of taken) add(line, lot.quantity, [lot]);
  for (const { lineNumber, quantity } of elsewhere) add(lineOf(order, lineNumber) as Line, quantity, []);
  return [...lines.values()];
}

function everythingReserved(order: Order, locationId: string): readonly LineQuantity[] {
  return reservedAt(order, locationId)
    .lines.filter(isGoods)
    .flatMap((line) => {
      const quantity = allocated(line);
      return quantity > 0 ? [{ lineNumber: line.lineNumber, quantity }] : [];
    });
}

function lineErrors(order: Order, wanted: readonly LineQuantity[]): readonly FieldError[] {
  return wanted.flatMap((request, index) => {
    const line = lineOf(order, request.lineNumber);
    const path = `lines[${index}].lineNumber`;
    if (line === undefined) return [{ path, message: `the order has no line ${request.lineNumber}` }];
    return isGoods(line)
      ? []
      : [
          {
            path,
            message: `line ${request.lineNumber} needs no shipping, has no SKU, or is sent by somebody else`,
          },
        ];
  });
}

function channelLineErrors(order: Order, wanted: readonly LineQuantity[]): readonly FieldError[] {
  return wanted.flatMap(({ lineNumber, quantity }, index) => {
    const line = lineOf(order, lineNumber);
    const path = `lines[${index}]`;
    if (line === undefined) return [{ path, message: `the order has no line ${lineNumber}` }];
    if (wanted.filter((each) => each.lineNumber === lineNumber).length > 1)
      return [{ path, message: `line ${lineNumber} is named twice` }];
    const left = leftToLeave(order, line);
    if (quantity <= left) return [];
    return [{ path, message: `line ${lineNumber} has ${left} units left to ship, not ${quantity}` }];
  });
}

/** @returns why nothing of the order may leave, or null. */
function heldBack(order: Order): string | null {
  if (order.holds.length === 0) return null;
  const reasons = order.holds.map((hold) => `${hold.reason} (${hold.holdId})`).join(', ');
  return `${order.orderId} is on hold: ${reasons}`;
}

/** The customer's own dates: goods neither leave too early, nor when they are taken no more. */
function outsideDates({ orderId, shipNotBefore, cancelAfter }: Order, today: string): string | null {
  if (shipNotBefore !== undefined && today < shipNotBefore)
    return `${orderId} is not to ship before ${shipNotBefore}`;
  if (cancelAfter !== undefined && today > cancelAfter)
    return `the customer takes nothing of ${orderId} that ships after ${cancelAfter}`;
  return null;
}

function unreserved(order: Order): string | null {
  if (!holdsStock(order)) return `${order.orderId} has nothing reserved`;
  const line = order.lines.find((each) => isGoods(each) && open(each) > 0);
  return line === undefined
    ? incomplete(order)
    : `line ${line.lineNumber} has ${open(line)} units not allocated yet`;
}

/** An order that is to be shipped complete does not leave in part. */
function incomplete(order: Order): string | null {
  if (order.backorderPolicy === 'SHIP_PARTIAL') return null;
  const line = order.lines.find((each) => isGoods(each) && each.backordered + open(each) > 0);
  return line === undefined ? null : `the order ships complete, and line ${line.lineNumber} waits for stock`;
}
