import { LocationRequest } from '../../../contract/locations.ts';
import { EmptyQuery } from '../../../contract/requests.ts';
import { LocationId, MAIN } from '../../../domain/inventory/location.ts';
import { skuNamed } from '../../../domain/text.ts';
import type { LocationStore } from '../../inventory/location-store.ts';
import { type HttpRequest, Problem, parameter, type RouteHandler, valid } from '../../middleware/http.ts';

/** GET /v1/locations; MAIN is always among them. */
export function listLocations(locations: LocationStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    return { status: 200, body: { items: await locations.list() } };
  };
}

/** GET /v1/locations/{locationId} */
export function getLocation(locations: LocationStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const locationId = idOf(request);
    const location = await locations.get(locationId);
    if (location === null) throw unknown(locationId);
    return { status: 200, body: location };
  };
}

/** PUT /v1/locations/{locationId}: replaces what is said of the location. */
export function putLocation(locations: LocationStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const location = { locationId: idOf(request), ...valid(LocationRequest, request.body) };
    const isNew = await locations.save(location, request.origin);
    return { status: isNew ? 201 : 200, body: location };
  };
}

/** DELETE /v1/locations/{locationId} */
export function deleteLocation(locations: LocationStore): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const locationId = idOf(request);
    if (locationId === MAIN) throw new Problem('location_in_use', 'MAIN is always there');
    const removal = await locations.remove(locationId, request.origin, request.deadline);
    if (removal.kind === 'unknown') throw unknown(locationId);
    if (removal.kind === 'in-use') {
      throw new Problem('location_in_use', `${locationId} holds or awaits stock of ${skuNamed(removal.sku)}`);
    }
    return { status: 204 };
  };
}

function idOf(request: HttpRequest): string {
  return valid(LocationId, parameter(request, 'locationId'), 'locationId');
}

function unknown(locationId: string): Problem {
  return new Problem('not_found', `there is no location ${locationId}`);
}
