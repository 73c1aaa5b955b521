import type { Bus } from '../events/bus.ts';
import type { Actions } from './endpoint.ts';

/** An entry may have 1 MB (Amazon EventBridge, since January 2026). */
const LARGEST_ENTRY = 1024 * 1024;
const MAX_ENTRIES = 10;

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
}

type EntryResult =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** EventBridge's PutEvents; it fails entry by entry, as the real one does. */
export function eventBridgeActions(bus: Bus): Actions {
  return {
    'AWSEvents.PutEvents': ({ Entries }) => {
      const entries = Entries as readonly Entry[];
      const results = entries.map((entry, index) =>
        index < MAX_ENTRIES ? put(bus, entry) : refused('LimitExceeded', 'a request takes 10 entries'),
      );
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
  };
}

function put(bus: Bus, entry: Entry): EntryResult {
  const { EventBusName = 'default', Source, DetailType, Detail = '', Resources = [], Time } = entry;
  if (!Source || !DetailType) return refused('InvalidArgument', 'Source and DetailType are required');
  if (!isObject(Detail)) return refused('MalformedDetail', 'Detail is malformed');
  if (Buffer.byteLength(Detail) > LARGEST_ENTRY) return refused('InvalidArgument', 'the entry is too large');
  try {
    const EventId = bus.publish({
      // The name at the end of an ARN, when it is given as one.
      busName: EventBusName.split('/').at(-1) ?? EventBusName,
      source: Source,
      detailType: DetailType,
      detail: Detail,
      resources: Resources,
      ...(Time === undefined ? {} : { time: new Date(Time * 1000).toISOString() }),
    });
    return { EventId };
  } catch (error) {
    return refused('InternalFailure', (error as Error).message);
  }
}

function refused(code: string, message: string): EntryResult {
  return { ErrorCode: code, ErrorMessage: message };
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
