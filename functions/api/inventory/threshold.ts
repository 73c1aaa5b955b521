import { EmptyQuery } from '../../../contract/requests.ts';
import { ThresholdRequest } from '../../../contract/thresholds.ts';
import { dateOf } from '../../../domain/calendar.ts';
import { Sku } from '../../../domain/text.ts';
import { stockSums } from '../../inventory/lot-view.ts';
import { type ThresholdStore, watchThreshold } from '../../inventory/watch-threshold.ts';
import { parameter, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';

/** GET /v1/inventory/{sku}/threshold; 0 where none was set. */
export function getThreshold(ports: Ports, thresholds: ThresholdStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const mark = await thresholds.read(sku);
    const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
    const { available } = stockSums(lots, dateOf(ports.now()));
    return { status: 200, body: { sku, ...mark, available } };
  };
}

/** PUT /v1/inventory/{sku}/threshold; stock that is below it already is reported at once. */
export function putThreshold(ports: Ports, thresholds: ThresholdStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const { threshold } = valid(ThresholdRequest, request.body);
    await thresholds.set(sku, threshold, request.origin);
    return {
      status: 200,
      body: { sku, ...(await watchThreshold(ports, thresholds, { sku }, request.origin)) },
    };
  };
}
