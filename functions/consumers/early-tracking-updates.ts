import type { CarrierFormat } from '../carriers/carrier.ts';
import { processEarlyTrackingUpdates } from '../carriers/process-tracking-update.ts';
import { CARRIERS } from '../carriers/registry.ts';
import { createChannelContext } from '../channel-context.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const logger = createLogger();
const ports = createPorts(table, { receivesOrders: false });
const context = createChannelContext(table, { ports, logger });
const { connections } = context;

const formatOf: Readonly<Record<string, CarrierFormat>> = CARRIERS;

/** Processes what carriers reported on a parcel before its shipment was entered. */
export const handler = forEachEvent(logger, async (event) => {
  if (!('orderId' in event)) return false;
  const readUpdate = (endpoint: string, body: Buffer) =>
    formatOf[endpoint]?.read(body) ?? { problem: `nothing reads messages of ${endpoint} any more` };
  await processEarlyTrackingUpdates({ ports, log: context.messages, connections, readUpdate }, event);
  return false;
});
