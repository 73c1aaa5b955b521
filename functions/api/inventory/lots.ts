import { EmptyQuery, LotChangeRequest, PageQuery, StockReceiptRequest } from '../../../contract/requests.ts';
import { dateOf } from '../../../domain/calendar.ts';
import { locationOf } from '../../../domain/inventory/location.ts';
import type { Lot } from '../../../domain/inventory/lot.ts';
import { LotNumber, Sku } from '../../../domain/text.ts';
import { allocateBackorders, type Bounds, replaceLot } from '../../inventory/allocate-backorders.ts';
import { handleLotCommand } from '../../inventory/handle-lot-command.ts';
import { inventoryView, lotView, stockSums } from '../../inventory/lot-view.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  Problem,
  parameter,
  problemOf,
  type RouteHandler,
  valid,
} from '../../middleware/http.ts';
import { idempotently, type Remember } from '../../middleware/idempotency.ts';
import type { Ports } from '../../orders/ports.ts';
import { Busy } from '../../write-failures.ts';

const INVENTORY = { list: 'inventory' };

/** Orders that one request works on itself; the inventory consumer takes up the rest. */
const MAX_ORDERS_A_RECEIPT = 25;
const MAX_ORDERS_A_RECALL = 5_000;
/** How long a request works on orders before it leaves the rest to the consumer. */
const DEADLINE = 8_000;

/** GET /v1/inventory/{sku}; a SKU that never had stock has none. */
export function getInventory(ports: Ports): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
    const expected = await ports.stock.expected(sku);
    return { status: 200, body: inventoryView(sku, lots, dateOf(ports.now()), expected) };
  };
}

/** GET /v1/inventory: the sums of every SKU that ever had stock, in the order of their names. */
export function listInventory(ports: Ports): RouteHandler {
  return async (request) => {
    const { limit, cursor } = valid(PageQuery, request.query);
    const found = await ports.stock.skus(limit + 1, await decodeCursor(cursor, INVENTORY));
    const page = found.slice(0, limit);
    const lots = await ports.stock.lotsOf(page);
    const today = dateOf(ports.now());
    const items = page.map((sku) => {
      const own = lots.get(sku) ?? [];
      return { sku, ...stockSums(own, today), lotCount: own.length };
    });
    const last = page.at(-1);
    return {
      status: 200,
      body: {
        items,
        ...(found.length > limit && last && { nextCursor: await encodeCursor(last, INVENTORY) }),
      },
    };
  };
}

/** POST /v1/inventory/{sku}/lots: goods have come in; orders that wait for them are served first. */
export function receiveStock(ports: Ports): RouteHandler {
  return (request) => {
    const created = (lot: Lot): HttpAnswer => ({
      status: 201,
      headers: { location: `/v1/inventory/${encodeURIComponent(lot.sku)}` },
      body: lotView(lot),
    });
    return idempotently(
      ports.idempotency,
      request,
      async (remember) => {
        const sku = valid(Sku, parameter(request, 'sku'), 'sku');
        const outcome = await handleLotCommand(ports, {
          command: { type: 'ReceiveStock', sku, ...valid(StockReceiptRequest, request.body) },
          origin: request.origin,
          remember: remember && ((lot) => remember(created(lot))),
        });
        if (outcome.kind === 'key-used') return null;
        if (outcome.kind === 'refused') throw problemOf(outcome.rejection);
        if (outcome.lot.status === 'AVAILABLE') await serveBackorders(ports, sku, request);
        return created(outcome.lot);
      },
      () => Promise.reject(new Error('a receipt of stock has one step')),
    );
  };
}

/** PATCH /v1/inventory/{sku}/lots/{lotNumber}: a correction of what is there, or of whether it may be used. */
export function changeLot(ports: Ports): RouteHandler {
  return (request) => {
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const lotNumber = valid(LotNumber, parameter(request, 'lotNumber'), 'lotNumber');
    const follow = async (change: LotChange) => {
      if (change.type === 'AdjustStock' || change.status === 'AVAILABLE') {
        const locationId = change.type === 'AdjustStock' ? change.locationId : undefined;
        const [lot] = await present(ports, { sku, lotNumber, locationId });
        if (lot.status === 'AVAILABLE') await serveBackorders(ports, sku, request);
        return { status: 200, body: shown(await present(ports, { sku, lotNumber, locationId })) };
      }
      return emptied(ports, { sku, lotNumber, reason: change.reason }, request);
    };
    const carryOut = async (change: LotChange, remember?: Remember) => {
      const outcome = await handleLotCommand(ports, {
        command: { ...change, sku, lotNumber },
        origin: request.origin,
        remember: remember && (() => remember(null)),
      });
      if (outcome.kind === 'key-used') return false;
      if (outcome.kind === 'refused') throw problemOf(outcome.rejection);
      return true;
    };
    return idempotently(
      ports.idempotency,
      request,
      async (remember) => {
        const change = changeOf(request);
        return (await carryOut(change, remember)) ? follow(change) : null;
      },
      async () => {
        const change = changeOf(request);
        // It may have been cut off before it came to every location.
        if (change.type === 'ChangeLotStatus') await carryOut(change);
        return follow(change);
      },
    );
  };
}

/** Takes the orders off a lot that may not be used, and answers which ones held it or had been sent of it. */
async function emptied(
  ports: Ports,
  lot: { readonly sku: string; readonly lotNumber: string; readonly reason: string },
  request: HttpRequest,
): Promise<HttpAnswer> {
  const uses = await ports.stock.usesOfLot(lot.sku, lot.lotNumber);
  const progress = await replaceLot(ports, lot, uses, request.origin, bounds(request, MAX_ORDERS_A_RECALL));
  return {
    status: 200,
    body: {
      ...shown(await present(ports, lot)),
      affectedOrders: uses.filter((use) => use.reserved > 0 || use.shipped > 0),
      replacement: progress.more ? 'IN_PROGRESS' : 'COMPLETE',
    },
  };
}

type LotChange = ReturnType<typeof changeOf>;

/** Exactly one of the two kinds of change; distinguished first, so that what is wrong is said about the one meant. */
function changeOf(request: HttpRequest) {
  const { body } = request;
  const [toStatus, toAdjustment] = LotChangeRequest.options;
  const adjusts = typeof body === 'object' && body !== null && 'adjustment' in body;
  return adjusts
    ? { type: 'AdjustStock' as const, ...valid(toAdjustment, body) }
    : { type: 'ChangeLotStatus' as const, ...valid(toStatus, body) };
}

/** Contention here loses nothing: the consumer of the stock event does the same work again. */
export async function serveBackorders(ports: Ports, sku: string, request: HttpRequest): Promise<void> {
  try {
    await allocateBackorders(ports, sku, request.origin, bounds(request, MAX_ORDERS_A_RECEIPT));
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
  }
}

function bounds(request: HttpRequest, mostOrders: number): Bounds {
  return { mostOrders, until: Math.min(request.deadline, Date.now() + DEADLINE) };
}

/** The lot as it is now, in one location or in each of its own; follow-up work may have moved its counters. */
async function present(
  ports: Ports,
  { sku, lotNumber, locationId }: Pick<Lot, 'sku' | 'lotNumber' | 'locationId'>,
): Promise<readonly [Lot, ...Lot[]]> {
  const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
  const [first, ...others] = lots.filter(
    (each) => each.lotNumber === lotNumber && (locationId ?? locationOf(each)) === locationOf(each),
  );
  if (first === undefined) throw new Problem('not_found', `${sku} has no lot ${lotNumber}`);
  return [first, ...others];
}

/** A lot, and where it is in several locations its part in each. */
function shown([first, ...others]: readonly [Lot, ...Lot[]]) {
  return { ...lotView(first), ...(others.length > 0 && { lots: [first, ...others].map(lotView) }) };
}
