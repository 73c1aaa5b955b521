import {
  EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, TEST_EVENT_SOURCE } from '../../contract/events/source.ts';
import type { Envelope } from '../events/envelope.ts';
import type { EventBus } from '../events/publish-events.ts';

/** What PutEvents says of an entry that is at fault itself (its API reference, PutEventsResultEntry). */
const ABOUT_THE_ENTRY: ReadonlySet<string> = new Set(['MalformedDetail', 'InvalidArgument']);

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
        if (EventId !== undefined) return null;
        return { reason: `${ErrorCode}: ${ErrorMessage}`, isFinal: ABOUT_THE_ENTRY.has(ErrorCode) };
      });
    } catch (error) {
      // One bad entry makes the bus refuse the request; alone, each is judged by itself.
      if (events.length > 1 && isAboutContent(error))
        return (await Promise.all(events.map((event) => put([event])))).flat();
      return events.map(() => ({ reason: String(error), isFinal: isAboutContent(error) }));
    }
  };
  return { put };
}

function entryOf(EventBusName: string, event: Envelope): PutEventsRequestEntry {
  return {
    EventBusName,
    // Only who asks for them hears of test orders.
    Source: 'isTest' in event && event.isTest ? TEST_EVENT_SOURCE : EVENT_SOURCE,
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
