import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import { eventsOf } from '../../../functions/adapters/dynamodb/stream-records.ts';
import type { Envelope } from '../../../functions/events/envelope.ts';

/** What a table's stream would carry, in the order of the writes. */
export interface CapturedStream {
  readonly events: readonly Envelope[];
  /** Writes that were made so far. */
  readonly writes: number;
}

/**
 * Notes the events of every write that the store really makes, whether or not its answer arrives. To be set below the
 * faults.
 */
export function captureStream(table: Table): CapturedStream {
  const events: Envelope[] = [];
  const known = new Set<string>();
  let writes = 0;
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if ((context as { commandName?: string }).commandName === 'TransactWriteItemsCommand') {
        writes += 1;
        const { TransactItems = [] } = args.input as { TransactItems?: readonly { Put?: { Item: Item } }[] };
        const items = TransactItems.flatMap(({ Put }) => (Put === undefined ? [] : [asStored(Put.Item)]));
        const records = items.map((NewImage, index) => ({
          dynamodb: { NewImage, SequenceNumber: String(index) },
        })) as unknown as DynamoDBRecord[];
        for (const { event } of eventsOf(records)) {
          // The very same transaction, asked about again, is answered and not made again.
          if (known.has(event.eventId)) continue;
          known.add(event.eventId);
          events.push(event);
        }
      }
      return answer;
    },
    { step: 'initialize', priority: 'low', name: 'stream' },
  );
  return {
    events,
    get writes() {
      return writes;
    },
  };
}

type Item = Readonly<Record<string, unknown>>;

/** In the store's own form, in which an item may be already. */
function asStored(item: Item): Item {
  const isStored = typeof item.pk === 'object';
  return isStored ? item : marshall(item, { removeUndefinedValues: true });
}
