import { DriftQuery, HistoryQuery } from '../../../contract/requests.ts';
import { Sku } from '../../../domain/text.ts';
import type { DriftPage } from '../../adapters/dynamodb/drift.ts';
import type { MovementLedger } from '../../application/ledger.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { parameter, type RouteHandler, valid } from '../../middleware/http.ts';

/** GET /v1/inventory/{sku}/movements: the ledger, newest first. */
export function getMovements(ledger: MovementLedger): RouteHandler {
  return async (request) => {
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const { limit, cursor } = valid(HistoryQuery, request.query);
    const { items, next } = await ledger.list(sku, limit, decodeCursor(cursor, sku));
    return { status: 200, body: { items, ...(next !== null && { nextCursor: encodeCursor(next, sku) }) } };
  };
}

/** GET /v1/inventory/drift: lots whose counters disagree with the orders; empty when all is well. */
export function getDrift(
  findDrift: (after: string | null, until: number) => Promise<DriftPage>,
): RouteHandler {
  return async (request) => {
    const { cursor } = valid(DriftQuery, request.query);
    const { items, next } = await findDrift(decodeCursor(cursor, 'drift'), request.deadline);
    return {
      status: 200,
      body: { items, ...(next !== null && { nextCursor: encodeCursor(next, 'drift') }) },
    };
  };
}
