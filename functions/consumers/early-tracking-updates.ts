import { quarantinedMessages } from '../adapters/dynamodb/quarantined-messages.ts';
import { processEarlyTrackingUpdates } from '../carriers/process-tracking-update.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';
import { forEachEvent } from './messages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const kept = quarantinedMessages(table);

/** Processes tracking updates that arrived before their shipment was recorded. */
export const handler = forEachEvent(createLogger(), async (event) => {
  if ('orderId' in event) await processEarlyTrackingUpdates(ports, kept, event);
  return false;
});
