import { LocationRequest, LocationResponse } from '../../locations.ts';
import { Movement } from '../../movements.ts';
import { OnHandDay, OnHandQuery } from '../../on-hand.ts';
import {
  DriftQuery,
  HistoryQuery,
  LotChangeRequest,
  PageQuery,
  StockReceiptRequest,
} from '../../requests.ts';
import {
  Drift,
  InventoryResponse,
  InventorySummary,
  LotChangeResponse,
  LotResponse,
  listOf,
} from '../../responses.ts';
import { Threshold, ThresholdRequest } from '../../thresholds.ts';
import {
  ExpectedRequest,
  ExpectedResponse,
  TransferReceiptRequest,
  TransferRequest,
  TransferResponse,
} from '../../transfers.ts';
import {
  BODY_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  IDEMPOTENT,
  OF_RECEIPT,
  type Operations,
  read,
} from '../types.ts';

export const INVENTORY_OPERATIONS: Operations = {
  'GET /v1/inventory': read(
    'listInventory',
    'Lists the SKUs that ever had stock, with their sums.',
    listOf(InventorySummary),
    {
      query: PageQuery,
      problems: ['invalid_cursor'],
      description: 'Sums over the lots of each SKU; read the SKU for its lots.',
    },
  ),
  'GET /v1/inventory/drift': read(
    'findDrift',
    'Lists lots whose counters disagree with the orders; empty when they agree.',
    listOf(Drift),
    {
      description: 'Checks as many lots as one request has time for; continue with the cursor.',
      query: DriftQuery,
      problems: ['invalid_cursor'],
    },
  ),
  'GET /v1/inventory/{sku}': read(
    'readInventory',
    'Shows the stock of a SKU, lot by lot.',
    InventoryResponse,
    {
      description:
        '`available` can be reserved; `reserved` is held for orders; `unavailable` is expired, on hold, in quarantine or recalled. A SKU that never had stock has zeros.',
    },
  ),
  'POST /v1/inventory/{sku}/lots': {
    id: 'receiveStock',
    summary: 'Receives stock and allocates waiting backorders, oldest first.',
    description:
      'A second receipt adds to the lot: send an `Idempotency-Key` so that a repeat does not. A lot has one expiry date.',
    headers: IDEMPOTENT,
    body: StockReceiptRequest,
    example: { lotNumber: 'LMB-LOT-2025-002', quantity: 480, expiryDate: '2027-06-30' },
    answers: { 201: { description: 'The lot.', schema: LotResponse, headers: OF_RECEIPT } },
    problems: [...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS],
  },
  'PATCH /v1/inventory/{sku}/lots/{lotNumber}': {
    id: 'changeLot',
    summary: 'Changes the status of a lot, or corrects its quantity.',
    description:
      'Either `status` or `adjustment` (units, with a sign). HOLD, QUARANTINE and RECALLED move the reservations of unshipped orders to other lots. The response lists the affected orders, including shipped ones.',
    headers: IDEMPOTENT,
    body: LotChangeRequest,
    example: { status: 'QUARANTINE', reason: 'The seal is broken' },
    answers: {
      200: {
        description: 'The lot and the affected orders.',
        schema: LotChangeResponse,
        headers: OF_RECEIPT.omit({ Location: true }),
      },
    },
    problems: [...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS, 'not_found', 'insufficient_stock'],
  },
  'GET /v1/inventory/{sku}/threshold': read(
    'readThreshold',
    'Reads the reorder threshold of a SKU.',
    Threshold,
    { description: '0 when none was set; StockLow is then never published.' },
  ),
  'PUT /v1/inventory/{sku}/threshold': {
    id: 'setThreshold',
    summary: 'Sets the reorder threshold of a SKU; StockLow is published once for each fall below it.',
    description: '0 disables it.',
    body: ThresholdRequest,
    example: { threshold: 100 },
    answers: { 200: { description: 'The threshold and the available quantity.', schema: Threshold } },
    problems: [...BODY_PROBLEMS],
  },
  'GET /v1/inventory/{sku}/on-hand': read(
    'readOnHand',
    'Lists the stock on hand at the end of each day, oldest first.',
    listOf(OnHandDay),
    { query: OnHandQuery, problems: [], description: 'Days are in UTC.' },
  ),
  'GET /v1/inventory/{sku}/movements': read(
    'listMovements',
    'Lists the movements of a SKU, newest first.',
    listOf(Movement),
    {
      query: HistoryQuery,
      problems: ['invalid_cursor'],
      description:
        'One entry for each change of a lot, written a moment after it: ALLOCATION and RELEASE move units between available and reserved, the others change what is on hand.',
    },
  ),
  'POST /v1/inventory/{sku}/expected': {
    id: 'expectStock',
    summary: 'Announces units that are to come, by which backordered lines are promised.',
    description:
      'The same `reference` again replaces what it said; 0 units remove it. Lines that wait get `promisedAt`, oldest order first. A receipt of stock that names the `reference` takes what came off it; so does the receipt of a transfer, which is expected by itself.',
    body: ExpectedRequest,
    example: { reference: 'PO-7001', quantity: 480, expectedAt: '2026-04-02', locationId: 'EAST' },
    answers: {
      200: { description: 'Replaced.', schema: ExpectedResponse },
      201: { description: 'Announced.', schema: ExpectedResponse },
    },
    problems: BODY_PROBLEMS,
  },
  'POST /v1/transfers': {
    id: 'sendTransfer',
    summary: 'Sends stock of one location to another.',
    description:
      'Units in transit are on hand nowhere and expected at the target; they keep lot and expiry. Only what is available can be sent.',
    headers: IDEMPOTENT,
    body: TransferRequest,
    example: {
      fromLocationId: 'MAIN',
      toLocationId: 'EAST',
      lines: [{ sku: 'LMB-BRS-001', lotNumber: 'LMB-LOT-2025-002', quantity: 120 }],
    },
    answers: { 201: { description: 'On its way.', schema: TransferResponse, headers: OF_RECEIPT } },
    problems: [...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS, 'insufficient_stock'],
  },
  'GET /v1/transfers/{transferId}': read('readTransfer', 'Reads a transfer.', TransferResponse, {
    description: 'What was sent, and once it is received what arrived.',
    problems: ['not_found'],
  }),
  'POST /v1/transfers/{transferId}/receipt': {
    id: 'receiveTransfer',
    summary: 'Receives a transfer and allocates waiting backorders, oldest first.',
    description:
      'Without `lines` all arrived that was sent. With them each lot is named with what arrived, 0 where nothing did; a difference is an adjustment at the target, with its reason.',
    headers: IDEMPOTENT,
    body: TransferReceiptRequest,
    bodyIsOptional: true,
    example: {
      lines: [{ sku: 'LMB-BRS-001', lotNumber: 'LMB-LOT-2025-002', quantity: 118, reason: 'broken' }],
    },
    answers: {
      200: {
        description: 'Received.',
        schema: TransferResponse,
        headers: OF_RECEIPT.omit({ Location: true }),
      },
    },
    problems: [...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS, 'not_found', 'transfer_received'],
  },
  'GET /v1/locations': read('listLocations', 'Lists the locations of stock.', listOf(LocationResponse), {
    description: 'Warehouses and stores that hold stock and ship orders. `MAIN` exists by itself.',
  }),
  'PUT /v1/locations/{locationId}': {
    id: 'saveLocation',
    summary: 'Adds a location, or replaces what is said of it.',
    description:
      'Orders ship from the location that suits them: one that has everything, near the ship-to; of those alike the one with the lowest `priority`. `channels` and `orderTypes` limit which orders it ships.',
    body: LocationRequest,
    example: {
      name: 'East',
      address: { city: 'Newark', region: 'NJ', postalCode: '07101', country: 'US' },
      priority: 1,
      timeZone: 'America/New_York',
    },
    answers: {
      200: { description: 'Changed.', schema: LocationResponse },
      201: { description: 'Added.', schema: LocationResponse },
    },
    problems: BODY_PROBLEMS,
  },
  'GET /v1/locations/{locationId}': read('readLocation', 'Reads a location.', LocationResponse, {
    description: 'Its address, priority and the orders that it ships.',
    problems: ['not_found'],
  }),
  'DELETE /v1/locations/{locationId}': {
    id: 'removeLocation',
    summary: 'Removes a location that holds no stock.',
    description:
      'One with stock, or to which stock is on its way, is `location_in_use`; so is `MAIN`, always.',
    answers: { 204: { description: 'Removed.' } },
    problems: ['not_found', 'location_in_use'],
  },
};
