import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Envelope } from '../application/envelope.ts';
import type { EventBus } from '../application/publish-events.ts';

/** The bus on which everybody hears of orders and stock. */
export function eventBus(EventBusName: string, client = new EventBridgeClient({})): EventBus {
  return {
    async put(events) {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: events.map((event) => ({
            EventBusName,
            Source: 'order-loop',
            DetailType: event.type,
            Detail: JSON.stringify(event),
            Time: new Date(event.occurredAt),
            Resources: [subject(event)],
          })),
        }),
      );
      // PutEvents fails entry by entry, and tells which by their place.
      return events.map((_, index) => Entries[index]?.EventId !== undefined);
    },
  };
}

function subject(event: Envelope): string {
  return 'orderId' in event ? event.orderId : event.lotNumber;
}
