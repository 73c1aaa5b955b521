import {
  EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { Envelope } from '../events/envelope.ts';
import type { EventBus } from '../events/publish-events.ts';

/** The bus on which everybody hears of orders and stock. */
export function eventBus(EventBusName: string, client = new EventBridgeClient({})): EventBus {
  const put: EventBus['put'] = async (events) => {
    try {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({ Entries: events.map((event) => entryOf(EventBusName, event)) }),
      );
      // PutEvents fails entry by entry, and names those by their place.
      return events.map((_, index) => {
        const { EventId, ErrorCode = 'no answer', ErrorMessage = '' } = Entries[index] ?? {};
        return EventId === undefined ? `${ErrorCode}: ${ErrorMessage}` : null;
      });
    } catch (error) {
      // One bad entry makes the bus refuse the request; alone, each is judged by itself.
      if (events.length > 1 && isAboutContent(error))
        return (await Promise.all(events.map((event) => put([event])))).flat();
      return events.map(() => String(error));
    }
  };
  return { put };
}

function entryOf(EventBusName: string, event: Envelope): PutEventsRequestEntry {
  return {
    EventBusName,
    Source: 'order-loop',
    DetailType: event.type,
    Detail: JSON.stringify(event),
    Time: new Date(event.occurredAt),
    Resources: ['orderId' in event ? event.orderId : event.lotNumber],
  };
}

function isAboutContent(error: unknown): boolean {
  return (
    error instanceof EventBridgeServiceException &&
    (error.name === 'ValidationException' || error.$metadata.httpStatusCode === 413)
  );
}
