import { ledgerStore } from '../adapters/dynamodb/ledger-store.ts';
import type { Envelope, Origin } from '../application/envelope.ts';
import { allocateBackorders, type Bounds, replaceLot } from '../application/follow-up-stock.ts';
import { ledgerOf, skusSetFree } from '../application/ledger.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const ledger = ledgerStore(table);

/** Orders that one message may take up; it comes again for the rest. */
const MOST_ORDERS = 10_000;

/**
 * Writes the ledger of stock movements, serves waiting orders when stock is set free, and takes orders off a lot that
 * may no longer be used.
 */
export const handler = forEachEvent(createLogger(), async (event, until) => {
  await ledger.write(ledgerOf(event));
  const bounds: Bounds = { mostOrders: MOST_ORDERS, until };
  for (const sku of skusSetFree(event)) {
    requireDone(event, await allocateBackorders(ports, sku, originOf(event), bounds));
  }
  if (event.type !== 'LotStatusChanged' || event.data.after === 'AVAILABLE') return;
  const { sku, lotNumber } = event;
  const uses = await ports.stock.usesOfLot(sku, lotNumber);
  const lot = { sku, lotNumber, reason: event.data.reason };
  requireDone(event, await replaceLot(ports, lot, uses, originOf(event), bounds));
});

/** Work that is not done within its bounds is taken up again when the queue brings the message again. */
function requireDone(
  { eventId, type }: Envelope,
  { done, more }: { done: readonly string[]; more: boolean },
): void {
  if (more) throw new Error(`${type} ${eventId}: ${done.length} orders were seen to, and more are left`);
}

function originOf({ correlationId, eventId }: Envelope): Origin {
  return { actor: { type: 'automation', id: 'inventory' }, correlationId, causationId: eventId };
}
