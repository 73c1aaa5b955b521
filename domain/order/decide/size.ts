/**
 * What one event may take as JSON. An item of the store takes 409,600 bytes with its envelope, and never more for a
 * value than JSON does (Amazon DynamoDB, item sizes); an entry of the bus takes 1 MB.
 */
export const MAX_EVENT_BYTES = 380_000;

/** What the part of an order may take that is rewritten with each command. */
export const MAX_BYTES = 200_000;

/** @returns the size of a value as JSON in UTF-8. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** @returns as many items from the first on as fit into so many bytes. */
export function whatFitsInto<Item>(items: readonly Item[], bytes: number): readonly Item[] {
  let room = bytes;
  const end = items.findIndex((item) => {
    room -= bytesOf(item) + 1;
    return room < 0;
  });
  return end === -1 ? items : items.slice(0, end);
}
