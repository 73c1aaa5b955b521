import { findDrift } from '../adapters/dynamodb/drift.ts';
import { ledgerStore } from '../adapters/dynamodb/ledger-store.ts';
import { locationStore } from '../adapters/dynamodb/location-store.ts';
import { thresholdStore } from '../adapters/dynamodb/threshold-store.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { expectStock } from './inventory/expected.ts';
import { getDrift, getMovements, getOnHand } from './inventory/ledger.ts';
import { deleteLocation, getLocation, listLocations, putLocation } from './inventory/locations.ts';
import { changeLot, getInventory, listInventory, receiveStock } from './inventory/lots.ts';
import { getThreshold, putThreshold } from './inventory/threshold.ts';
import { getTransfer, postTransfer, receiveTransfer } from './inventory/transfers.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const thresholds = thresholdStore(table);
const locations = locationStore(table);

/** Everything under `/v1/inventory`, `/v1/locations` and `/v1/transfers`. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/inventory/drift': getDrift((after, until) => findDrift(table, after, until)),
    'GET /v1/inventory': listInventory(ports),
    'GET /v1/inventory/{sku}': getInventory(ports),
    'POST /v1/inventory/{sku}/lots': receiveStock(ports),
    'POST /v1/inventory/{sku}/expected': expectStock(ports),
    'PATCH /v1/inventory/{sku}/lots/{lotNumber}': changeLot(ports),
    'GET /v1/inventory/{sku}/threshold': getThreshold(ports, thresholds),
    'PUT /v1/inventory/{sku}/threshold': putThreshold(ports, thresholds),
    'GET /v1/inventory/{sku}/on-hand': getOnHand(ports, ledgerStore(table)),
    'GET /v1/inventory/{sku}/movements': getMovements(ledgerStore(table)),
    'POST /v1/transfers': postTransfer(ports),
    'GET /v1/transfers/{transferId}': getTransfer(ports),
    'POST /v1/transfers/{transferId}/receipt': receiveTransfer(ports),
    'GET /v1/locations': listLocations(locations),
    'PUT /v1/locations/{locationId}': putLocation(locations),
    'GET /v1/locations/{locationId}': getLocation(locations),
    'DELETE /v1/locations/{locationId}': deleteLocation(locations),
  },
});
