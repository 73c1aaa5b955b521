import { EmptyQuery } from '../../../contract/requests.ts';
import { ExpectedRequest } from '../../../contract/transfers.ts';
import { locationOf, recorded } from '../../../domain/inventory/location.ts';
import { Sku } from '../../../domain/text.ts';
import { Problem, parameter, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';

/** POST /v1/inventory/{sku}/expected: units that are to come, by which waiting lines are promised. */
export function expectStock(ports: Ports): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const sku = valid(Sku, parameter(request, 'sku'), 'sku');
    const { locationId, ...said } = valid(ExpectedRequest, request.body);
    if (locationId !== undefined && (await ports.locations.find(locationId)) === null) {
      const message = `there is no location ${locationId}`;
      throw new Problem('validation_failed', message, { errors: [{ path: 'locationId', message }] });
    }
    const expected = { sku, ...said, ...recorded(locationId) };
    const isNew = await ports.stock.expect(expected, request.origin);
    return { status: isNew ? 201 : 200, body: { ...expected, locationId: locationOf(expected) } };
  };
}
