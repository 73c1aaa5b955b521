import { invalid, type Rejection } from '../../domain/decider.ts';
import { locationOf, MAIN, recorded } from '../../domain/inventory/location.ts';
import { decideLot, type Lot, type LotCommand } from '../../domain/inventory/lot.ts';
import type { Origin, StockEnvelope } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy } from '../write-failures.ts';
import { ATTEMPTS, lotWrite, saveStock } from './lot-writes.ts';
import type { LotWrite } from './ports.ts';

/** Locations of a lot that one transaction changes: each takes two of its 100 items. */
const MAX_LOTS = 40;
/** Transactions of one command: enough for a lot in thousands of locations. */
const MAX_STEPS = 100;

export interface LotRequest {
  readonly command: LotCommand;
  readonly origin: Origin;
  /** The threshold of the SKU, for a command that reports stock below it. */
  readonly lowStockThreshold?: number | undefined;
  readonly remember?: ((lot: Lot) => IdempotencyRecord) | undefined;
}

export type LotOutcome =
  | {
      readonly kind: 'done';
      /** In the location that the command is about, or the first one of several. */
      readonly lot: Lot;
      readonly events: readonly StockEnvelope[];
    }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'key-used' };

/**
 * Carries out one command on one lot: load, decide, save, all of it again while others get in between. A change of
 * status is of the lot in all of its locations, which may take several transactions: it ends when a read finds no other
 * status. The first of them notes the idempotency key, so a repeat of a request that was cut off starts it again.
 *
 * @throws WriteFailed `low-stock-published` for a report that is not needed any more
 * @throws Busy when contention outlasted every attempt; locations whose status was changed before keep it
 */
export async function handleLotCommand(ports: Ports, request: LotRequest): Promise<LotOutcome> {
  const { command } = request;
  const { sku, lotNumber } = command;
  const done: StockEnvelope[] = [];
  for (let attempt = 1, steps = 0; attempt <= ATTEMPTS && steps < MAX_STEPS; attempt++) {
    const lots = ((await ports.stock.lotsOf([sku])).get(sku) ?? []).filter(
      (lot) => lot.lotNumber === lotNumber,
    );
    const place = await placeOf(ports, command, lots);
    if (typeof place !== 'string') return { kind: 'refused', rejection: place.rejection };
    const named = lots.filter((lot) => locationOf(lot) === place);
    const targets: readonly (Lot | null)[] =
      command.type === 'ChangeLotStatus' && lots.length > 0 ? lots : [named[0] ?? null];
    const changes: LotWrite[] = [];
    for (const lot of targets) {
      const elsewhere = lots.find((each) => locationOf(each) !== place);
      const decision = decideLot(command, lot, elsewhere);
      if ('rejection' in decision) return { kind: 'refused', rejection: decision.rejection };
      const { events } = decision;
      const { locationId } = lot ?? recorded(place);
      const sibling = lot === null ? elsewhere : undefined;
      if (events.length > 0) {
        const change = { sku, lotNumber, locationId, lot, sibling, events };
        changes.push(lotWrite(ports, request.origin, ports.now(), change));
      }
    }
    const after = changes[0]?.after ?? targets[0];
    if (after === null || after === undefined) throw new Error(`${command.type} led to no lot`);
    const arrived = await arrivedOf(ports, command);
    if (arrived !== undefined && 'rejection' in arrived) {
      return { kind: 'refused', rejection: arrived.rejection };
    }
    const step = changes.slice(0, MAX_LOTS);
    if (step.length === 0) return { kind: 'done', lot: after, events: done };
    const write = {
      lots: step,
      arrived,
      lowStockThreshold: request.lowStockThreshold,
      idempotency: steps === 0 ? request.remember?.(after) : undefined,
    };
    const saved = await saveStock(ports, write, attempt);
    if (saved === 'key-used') return { kind: 'key-used' };
    if (saved === 'changed') continue;
    done.push(...step.flatMap(({ events }) => events));
    // Units that came into another location before this write have the status from before it.
    if (command.type !== 'ChangeLotStatus') return { kind: 'done', lot: after, events: done };
    steps += 1;
    attempt = 0;
  }
  const extent = done.length === 0 ? 'not done' : 'done in some locations only';
  throw new Busy(`lot ${lotNumber} is changed by many at once; ${command.type} was ${extent}, send it again`);
}

/** The location that a command is about: the one named, the only one of the lot, or MAIN. */
async function placeOf(
  ports: Ports,
  command: LotCommand,
  lots: readonly Lot[],
): Promise<string | { readonly rejection: Rejection }> {
  const locationId = 'locationId' in command ? command.locationId : undefined;
  const [first, ...others] = lots.map(locationOf);
  if (command.type === 'AdjustStock' && locationId === undefined && others.length > 0) {
    const places = [first, ...others].join(', ');
    return invalid('locationId', `lot ${command.lotNumber} is in ${places}: name one of them`);
  }
  const place = locationId ?? (command.type === 'ReceiveStock' ? MAIN : (first ?? MAIN));
  const isIncrease = command.type === 'AdjustStock' && command.adjustment > 0;
  // A report of low stock brings nothing in: the lot may be where a location was.
  const mustBeOpen = isIncrease || (locationId !== undefined && command.type !== 'ReportLowStock');
  if (mustBeOpen && place !== MAIN && (await ports.locations.find(place)) === null) {
    return invalid('locationId', `there is no location ${place}`);
  }
  return place;
}

/** What was expected under the reference of a receipt. */
async function arrivedOf(ports: Ports, command: LotCommand) {
  if (command.type !== 'ReceiveStock' || command.reference === undefined) return undefined;
  const { sku, reference, quantity } = command;
  const all = await ports.stock.expected(sku);
  const expected = all.find((each) => each.transferId === undefined && each.reference === reference);
  if (expected === undefined) return invalid('reference', `nothing is expected under ${reference}`);
  return { expected, quantity };
}
