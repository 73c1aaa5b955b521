import { OnHandQuery } from '../../../contract/on-hand.ts';
import { DriftQuery, HistoryQuery } from '../../../contract/requests.ts';
import { addDays, dateOf } from '../../../domain/calendar.ts';
import { Sku } from '../../../domain/text.ts';
import type { DriftPage } from '../../adapters/dynamodb/drift.ts';
import type { MovementLedger } from '../../inventory/ledger.ts';
import { stockSums } from '../../inventory/lot-view.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { Problem, parameter, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';
import { onHandByDay } from '../../reporting/on-hand.ts';

/** GET /v1/inventory/{sku}/movements: the ledger, newest first. */
export function getMovements(ledger: MovementLedger): RouteHandler {
  return async (request) => {
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const { limit, cursor } = valid(HistoryQuery, request.query);
    const place = { movements: sku };
    const { items, next } = await ledger.list(sku, limit, await decodeCursor(cursor, place));
    return {
      status: 200,
      body: { items, ...(next !== null && { nextCursor: await encodeCursor(next, place) }) },
    };
  };
}

const DRIFT = { list: 'drift' };

/** Days that one request reads back. */
const MAX_DAYS = 92;

/** GET /v1/inventory/{sku}/on-hand: what lay in the warehouse at the end of each day. */
export function getOnHand(ports: Ports, ledger: MovementLedger): RouteHandler {
  return async (request) => {
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const query = valid(OnHandQuery, request.query);
    const today = dateOf(ports.now());
    const to = query.to === undefined || query.to > today ? today : query.to;
    const earliest = addDays(today, -MAX_DAYS);
    const from = query.from ?? laterOf(addDays(to, -30), earliest);
    if (from < earliest || to < from) {
      throw new Problem('validation_failed', `the days lie between ${earliest} and ${today}`, {
        errors: [{ path: 'from', message: `a day from ${earliest} to ${today}` }],
      });
    }
    const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
    const { onHand } = stockSums(lots, today);
    const items = await onHandByDay({ from, to, today }, onHand, ledger.since(sku, `${from}T00:00:00.000Z`));
    return { status: 200, body: { items } };
  };
}

function laterOf(one: string, other: string): string {
  return one > other ? one : other;
}

/** GET /v1/inventory/drift: lots whose counters disagree with the orders; empty when all is well. */
export function getDrift(
  findDrift: (after: string | null, until: number) => Promise<DriftPage>,
): RouteHandler {
  return async (request) => {
    const { cursor } = valid(DriftQuery, request.query);
    const { items, next } = await findDrift(await decodeCursor(cursor, DRIFT), request.deadline);
    return {
      status: 200,
      body: { items, ...(next !== null && { nextCursor: await encodeCursor(next, DRIFT) }) },
    };
  };
}
