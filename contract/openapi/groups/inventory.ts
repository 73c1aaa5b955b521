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
  Movement,
} from '../../responses.ts';
import { Threshold, ThresholdRequest } from '../../thresholds.ts';
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
    'Lists lots whose counters disagree with the orders; empty when all is well.',
    listOf(Drift),
    {
      description: 'Looks at as many lots as one request has time for; the cursor goes on with the others.',
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
        '`available` can be promised; `reserved` is held for orders; `unavailable` is expired, on hold, in quarantine or recalled. A SKU that never had stock answers with zeros.',
    },
  ),
  'POST /v1/inventory/{sku}/lots': {
    id: 'receiveStock',
    summary: 'Receives stock; orders that wait for it are served, oldest first.',
    description:
      'The same lot again adds to it: send an `Idempotency-Key`, so that a repeat does not. The same lot has one expiry date.',
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
      'Either `status` or `adjustment` (units, with a sign). HOLD, QUARANTINE and RECALLED take every order that has not shipped off the lot and reserve other lots; the answer lists the orders, those that have shipped too.',
    headers: IDEMPOTENT,
    body: LotChangeRequest,
    example: { status: 'QUARANTINE', reason: 'The seal is broken' },
    answers: {
      200: {
        description: 'The lot, and the orders that it touches.',
        schema: LotChangeResponse,
        headers: OF_RECEIPT.omit({ Location: true }),
      },
    },
    problems: [...BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS, 'not_found', 'insufficient_stock'],
  },
  'GET /v1/inventory/{sku}/threshold': read(
    'readThreshold',
    'Shows under how many units of a SKU StockLow is told.',
    Threshold,
    { description: 'Where none was set it is 0, and StockLow is never told.' },
  ),
  'PUT /v1/inventory/{sku}/threshold': {
    id: 'setThreshold',
    summary: 'Sets under how many units of a SKU StockLow is told, once until stock is back.',
    description: 'With 0 it is never told.',
    body: ThresholdRequest,
    example: { threshold: 100 },
    answers: { 200: { description: 'The threshold, and how stock stands to it.', schema: Threshold } },
    problems: [...BODY_PROBLEMS],
  },
  'GET /v1/inventory/{sku}/on-hand': read(
    'readOnHand',
    'Shows what lay in the warehouse at the end of each day, oldest first.',
    listOf(OnHandDay),
    { query: OnHandQuery, problems: [], description: 'Days are those of UTC.' },
  ),
  'GET /v1/inventory/{sku}/movements': read(
    'listMovements',
    'Reads the ledger of stock, newest first.',
    listOf(Movement),
    {
      query: HistoryQuery,
      problems: ['invalid_cursor'],
      description:
        'One entry for each change of a lot, written a moment after it: ALLOCATION and RELEASE move units between available and reserved, the others change what is on hand.',
    },
  ),
};
