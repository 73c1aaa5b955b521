import { ledgerStore } from '../adapters/dynamodb/ledger-store.ts';
import type { Envelope, Origin } from '../application/envelope.ts';
import {
  allocateBackorders,
  type Bounds,
  type Progress,
  replaceLot,
} from '../application/follow-up-stock.ts';
import { ledgerOf, skusToServe } from '../application/ledger.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const ledger = ledgerStore(table);

/** Orders that one message may take up, far more than fit into its time. */
const MOST_ORDERS = 10_000;

/**
 * Writes the ledger of stock movements, serves waiting orders when stock is set free, and takes orders off a lot that
 * may no longer be used.
 */
export const handler = forEachEvent(createLogger(), async (event, until) => {
  await ledger.write(ledgerOf(event));
  const bounds: Bounds = { mostOrders: MOST_ORDERS, until };
  for (const sku of skusToServe(event)) {
    requireDone(event, await allocateBackorders(ports, sku, originOf(event), bounds));
  }
  if (event.type === 'LotStatusChanged' && !(await isAvailable(event.sku, event.lotNumber))) {
    const { sku, lotNumber } = event;
    const uses = await ports.stock.usesOfLot(sku, lotNumber);
    const lot = { sku, lotNumber, reason: event.data.reason };
    requireDone(event, await replaceLot(ports, lot, uses, originOf(event), bounds));
  }
});

/** The lot as it is now decides, not the event: one that came late must not take orders off a lot that is good again. */
async function isAvailable(sku: string, lotNumber: string): Promise<boolean> {
  const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
  return lots.find((lot) => lot.lotNumber === lotNumber)?.status === 'AVAILABLE';
}

/**
 * Work that is not done in time is taken up again, where it was left, when the queue brings the message again. Should
 * five times not be enough, the message waits in the dead-letter queue, with an alarm, to be sent back from there.
 */
function requireDone({ eventId, type }: Envelope, { done, more }: Progress): void {
  if (more) throw new Error(`${type} ${eventId}: ${done.length} orders were seen to, and more are left`);
}

function originOf({ correlationId, eventId }: Envelope): Origin {
  return { actor: { type: 'automation', id: 'inventory' }, correlationId, causationId: eventId };
}
