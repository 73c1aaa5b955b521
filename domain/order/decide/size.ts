/**
 * What one event, or the part of an order that is rewritten with each command, may take as JSON: an item of the store
 * takes 400 KB with its envelope, an entry of the bus 1 MB.
 */
export const MOST_BYTES = 200_000;

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
