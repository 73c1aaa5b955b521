import { processEarlyTrackingUpdates } from '../carriers/process-tracking-update.ts';
import { CARRIERS } from '../carriers/registry.ts';
import { createChannelContext } from '../channel-context.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const logger = createLogger();
const ports = createPorts(table, { receivesOrders: false });
const context = createChannelContext(table, { ports, logger });

const readers = Object.entries(CARRIERS).map(
  ([endpoint, open]) => [endpoint, open(context).readUpdate] as const,
);
const readerOf = new Map<string, (typeof readers)[number][1]>(readers);

/** Processes what carriers reported on a parcel before its shipment was entered. */
export const handler = forEachEvent(logger, async (event) => {
  if (!('orderId' in event)) return false;
  const readUpdate = (endpoint: string, body: Buffer) =>
    readerOf.get(endpoint)?.(body) ?? { problem: `nothing reads messages of ${endpoint} any more` };
  await processEarlyTrackingUpdates(ports, context.messages, readUpdate, event);
  return false;
});
