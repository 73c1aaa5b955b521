import type { Order } from './order.ts';
import type { Address } from './terms.ts';

/** Stands where personal data was erased. */
export const ERASED = 'erased';

/** What a country alone says of nobody stays: taxes were owed there. */
function withoutPerson({ country }: Partial<Address>): Address {
  return country === undefined ? {} : { country };
}

/** @returns the order without what it holds of a person; numbers, goods, dates and amounts stay */
export function withoutPersonalData(order: Order): Order {
  const { shipTo, note, channelData: _, cancelling } = order;
  return {
    ...order,
    customer: { name: ERASED },
    shipTo: shipTo && withoutPerson(shipTo),
    note: note && ERASED,
    channelData: undefined,
    cancelling: cancelling && { reason: ERASED },
    holds: order.holds.map((hold) => (hold.note === undefined ? hold : { ...hold, note: ERASED })),
    lines: order.lines.map((line) =>
      line.channelData === undefined ? line : { ...line, channelData: undefined },
    ),
    shipments: order.shipments.map((shipment) =>
      shipment.signedBy === undefined ? shipment : { ...shipment, signedBy: ERASED },
    ),
  };
}

/** What stands in place of a field that holds personal data, by its name, wherever in an event or an answer it is. */
const REPLACEMENTS: Readonly<Record<string, (value: unknown) => unknown>> = {
  customer: () => ({ name: ERASED }),
  customerReference: () => ERASED,
  shipTo: (address) =>
    isObject(address)
      ? withoutPerson(typeof address.country === 'string' ? { country: address.country } : {})
      : ERASED,
  channelData: () => [],
  note: () => ERASED,
  notes: () => ERASED,
  signedBy: () => ERASED,
};
/** What is text of a person in these events alone: elsewhere it is a sentence of ours. */
const OF_EVENTS: Readonly<Record<string, string>> = {
  LinesCancelled: 'reason',
  OrderCancelled: 'reason',
  TransitionRejected: 'detail',
};

/**
 * @param json an event of an order, an answer about one, or any other JSON made of one
 * @returns the same without personal data. It has the same form: what reads the one reads the other
 */
export function jsonWithoutPersonalData(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(jsonWithoutPersonalData);
  if (!isObject(json)) return json;
  const written = typeof json.type === 'string' ? OF_EVENTS[json.type] : undefined;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name === 'data' && written !== undefined && isObject(value)) {
        return [name, jsonWithoutPersonalData({ ...value, [written]: ERASED })];
      }
      const replacement = REPLACEMENTS[name];
      return [
        name,
        replacement === undefined ? jsonWithoutPersonalData(value) : replaced(value, replacement),
      ];
    }),
  );
}

/** What was absent, or changed from nothing, stays so. */
function replaced(value: unknown, replacement: (value: unknown) => unknown): unknown {
  if (value === null || value === undefined || value === '') return value;
  if (isObject(value) && 'before' in value && 'after' in value) {
    return { before: replaced(value.before, replacement), after: replaced(value.after, replacement) };
  }
  return replacement(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
