import type { EventBridgeEvent } from 'aws-lambda';
import { parseEvent } from 'order-loop/events';

/** Events whose effect is there already; one function instance sees repeats that come soon after. */
const seen = new Set<string>();

/**
 * Is told of every cancellation at least once. What it does has to be the same however often it is told: here a line in
 * the log for each event, known by its `eventId`. A side effect that counts would keep the id beside what it wrote.
 */
export async function handler({ detail }: EventBridgeEvent<string, unknown>): Promise<void> {
  const event = parseEvent(detail);
  if (seen.has(event.eventId)) return;
  if (!('orderId' in event)) return;
  console.log(JSON.stringify({ message: 'stop picking', orderId: event.orderId, sequence: event.sequence }));
  seen.add(event.eventId);
}
