import { type Connection, connectionIdentity } from '../../../contract/connections.ts';
import {
  type PublishedStockResponse,
  StockCorrectionRequest,
  StockRuleRequest,
} from '../../../contract/published-stock.ts';
import { PageQuery } from '../../../contract/requests.ts';
import type { LeaseRule } from '../../../domain/inventory/balance.ts';
import { leasedOf, leaseOwner } from '../../../domain/inventory/lease.ts';
import { MAX_UNITS } from '../../../domain/inventory/lease-rule.ts';
import { Sku, skuNamed } from '../../../domain/text.ts';
import type { AuditTrail } from '../../audit/audit.ts';
import { begun } from '../../channels/core/publish-stock.ts';
import type { PublishedSku, PublishedStockStore } from '../../channels/core/published-stock.ts';
import { stockSums } from '../../inventory/lot-view.ts';
import type { StockStore } from '../../inventory/ports.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { type HttpRequest, Problem, parameter, valid } from '../../middleware/http.ts';
import { Busy } from '../../write-failures.ts';

interface Dependencies {
  readonly published: PublishedStockStore;
  readonly stock: Pick<StockStore, 'lotsOf'>;
  readonly audit: Pick<AuditTrail, 'record'>;
  readonly now: () => string;
  /** @throws Problem `not_found` */
  connectionOf(request: HttpRequest): Promise<Connection>;
}

/** What a connection may sell of each SKU, its rules for single SKUs, and numbers that somebody typed in its channel. */
export function stockRoutes({ published, stock, audit, now, connectionOf }: Dependencies) {
  const at = '/v1/connections/{connectionId}/stock';
  const shown = async (connection: Connection, states: readonly PublishedSku[]) => {
    const skus = states.map(({ sku }) => sku);
    const [lots, rules] = await Promise.all([
      stock.lotsOf(skus),
      published.rules(connection.connectionId, skus),
    ]);
    const owner = ownerOf(connection);
    return states.map((state): PublishedStockResponse => {
      const { sku, publishedAt, reason, correction } = state;
      const leased = (lots.get(sku) ?? []).reduce((total, lot) => total + leasedOf(lot, owner), 0);
      const rule = rules.get(sku);
      return {
        ...{ sku, leased, published: state.published },
        publishedAt: state.published === null ? null : publishedAt,
        difference: (state.published ?? 0) - leased,
        ...(reason !== undefined && { reason }),
        ...(correction !== undefined && { correction }),
        ...(rule !== undefined && { rule }),
      };
    });
  };
  const stateOf = async (request: HttpRequest) => {
    const connection = await connectionOf(request);
    const { connectionId } = connection;
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const state = (await published.find(connectionId, [sku])).get(sku);
    if (state === undefined) {
      throw new Problem('not_found', `nothing is published to ${connectionId} of ${skuNamed(sku)}`);
    }
    return { connection, sku, state };
  };
  const answer = async (connection: Connection, state: PublishedSku) => {
    const [body] = await shown(connection, [state]);
    return { status: 200, body };
  };
  return {
    [`GET ${at}`]: async (request: HttpRequest) => {
      const { limit, cursor } = valid(PageQuery, request.query);
      const connection = await connectionOf(request);
      const { connectionId } = connection;
      const place = { list: 'published stock', connectionId };
      const { items, next } = await published.page(connectionId, limit, await decodeCursor(cursor, place));
      const nextCursor = next === null ? undefined : await encodeCursor(next, place);
      return { status: 200, body: { items: await shown(connection, items), nextCursor } };
    },
    [`PUT ${at}/{sku}`]: async (request: HttpRequest) => {
      const rule = valid(StockRuleRequest, request.body);
      const connection = await connectionOf(request);
      const sku = valid(Sku, parameter(request, 'sku'), 'sku');
      const isEmpty = Object.keys(rule).length === 0;
      await published.setRule(connection.connectionId, sku, isEmpty ? null : rule, request.origin);
      // A rule may be there before the SKU is published.
      const state = (await published.find(connection.connectionId, [sku])).get(sku);
      return answer(connection, state ?? begun('', sku, now()));
    },
    [`POST ${at}/{sku}/correction`]: async (request: HttpRequest) => {
      const { decision } = valid(StockCorrectionRequest, request.body);
      const { connection, sku, state } = await stateOf(request);
      const { connectionId } = connection;
      const { correction, ...rest } = state;
      // Decided already: a repeat of the request.
      if (correction === undefined) return answer(connection, state);
      if (decision === 'ACCEPT') {
        const lots = (await stock.lotsOf([sku])).get(sku) ?? [];
        const { available } = stockSums(lots, now().slice(0, 10));
        if (correction.shown > correction.expected && correction.shown > available) {
          const detail = `${correction.shown} of ${skuNamed(sku)} cannot be leased: ${available} are available`;
          throw new Problem('insufficient_stock', detail, {
            shortages: [{ sku, requested: correction.shown, available }],
          });
        }
        const before = (await published.rules(connectionId, [sku])).get(sku) ?? {};
        await published.setRule(connectionId, sku, accepted(before, correction), request.origin);
      }
      await audit.record({
        action: 'connection.stock-correction-decided',
        subject: JSON.stringify([connectionId, sku]),
        before: correction,
        after: { decision },
        origin: request.origin,
      });
      const missing = Math.max(0, correction.expected - correction.shown);
      const after = { ...rest, version: state.version + 1, doubt: state.doubt + missing };
      if (!(await published.save(connectionId, after))) {
        throw new Busy('the number is compared just now; send it again');
      }
      return answer(connection, after);
    },
  };
}

/** A number that is more than it was is the least that the channel has from now on; one that is less the most. */
function accepted(rule: LeaseRule, correction: NonNullable<PublishedSku['correction']>): LeaseRule {
  const { minimum, maximum, ...kept } = rule;
  const { expected } = correction;
  const shown = Math.min(correction.shown, MAX_UNITS);
  if (shown > expected) {
    return { ...kept, minimum: shown, ...(maximum !== undefined && maximum >= shown && { maximum }) };
  }
  return {
    ...kept,
    maximum: Math.max(0, shown),
    ...(minimum !== undefined && minimum <= shown && { minimum }),
  };
}

function ownerOf(connection: Connection): string {
  return leaseOwner(connection.kind, connectionIdentity(connection)?.identity ?? '');
}
