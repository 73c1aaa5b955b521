import * as z from 'zod';
import type { Movement } from '../../contract/movements.ts';
import { isSameLot, type LotPlace } from '../../domain/inventory/location.ts';
import { ledgerStore } from '../adapters/dynamodb/ledger-store.ts';
import { thresholdStore } from '../adapters/dynamodb/threshold-store.ts';
import { queueSender } from '../adapters/queue.ts';
import type { Envelope, Origin } from '../events/envelope.ts';
import {
  allocateBackorders,
  type Bounds,
  type Progress,
  replaceLot,
} from '../inventory/allocate-backorders.ts';
import { ledgerOf, skusToServe } from '../inventory/ledger.ts';
import { watchThreshold } from '../inventory/watch-threshold.ts';
import { createLogger, createPorts, createTable, environment } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const ledger = ledgerStore(table);
const thresholds = thresholdStore(table);

/** Orders that one message may take up, far more than fit into its time. */
const MAX_ORDERS = 10_000;

/** The SKU whose waiting orders were not all looked at, and the line after which to continue. */
const Left = z.object({ sku: z.string(), after: z.string().optional() });

/**
 * Writes the ledger of stock movements, serves waiting orders when stock is set free, takes orders off a lot that may
 * no longer be used, and reports SKUs that fall below their threshold. What the time does not suffice for is left to a
 * message of its own, so that a lot with any number of reservations is replaced in the end.
 */
export const handler = forEachEvent(
  createLogger(),
  async (event, until, leftBefore) => {
    const movements = ledgerOf(event);
    await ledger.write(movements);
    const bounds: Bounds = { mostOrders: MAX_ORDERS, until };
    let more = false;
    let done = 0;
    const continueWith = (progress: Progress) => {
      more = progress.more || more;
      done += progress.done.length;
    };
    const waiting = event.type === 'OrderBackordered' ? event.orderId : undefined;
    const from = leftBefore === undefined ? undefined : Left.parse(leftBefore);
    const skus = skusToServe(event);
    let left: z.infer<typeof Left> | undefined;
    for (const sku of skus.slice(Math.max(0, skus.indexOf(from?.sku ?? '')))) {
      const after = sku === from?.sku ? from.after : undefined;
      const progress = await allocateBackorders(ports, sku, originOf(event), bounds, waiting, after);
      continueWith(progress);
      if (!progress.more) continue;
      left = { sku, after: progress.position };
      break;
    }
    if (event.type === 'LotStatusChanged' && !(await isAvailable(event.sku, event))) {
      const { sku, lotNumber } = event;
      const uses = await ports.stock.usesOfLot(sku, lotNumber);
      const lot = { sku, lotNumber, reason: event.data.reason };
      continueWith(await replaceLot(ports, lot, uses, originOf(event), bounds));
    }
    // Last, since backorders that were just served lower the stock once more.
    if (!more) await watchThresholds(event, movements);
    // The queue brings it again, a few times and not at once, where in progress would find the same.
    if (more && done === 0 && Date.now() < until)
      throw new Error('nothing could be done yet, and more is to do');
    return left ?? more;
  },
  { sendAgain: queueSender(environment('QUEUE_URL')) },
);

/** Looks at every SKU that the event moved, or let be used or not. */
async function watchThresholds(event: Envelope, movements: readonly Movement[]): Promise<void> {
  const moved = new Map<string, LotPlace>(movements.map((movement) => [movement.sku, movement]));
  if (event.type === 'LotStatusChanged') moved.set(event.sku, event);
  for (const [sku, lot] of moved) await watchThreshold(ports, thresholds, { sku, lot }, originOf(event));
}

/** The lot as it is now decides, not the event: one that came late must not take orders off a lot that is good again. */
async function isAvailable(sku: string, lot: LotPlace): Promise<boolean> {
  const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
  return lots.find((each) => isSameLot(each, lot))?.status === 'AVAILABLE';
}

function originOf({ correlationId, eventId }: Envelope): Origin {
  return { actor: { type: 'automation', id: 'inventory' }, correlationId, causationId: eventId };
}
