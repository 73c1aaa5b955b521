import * as z from 'zod';

const Position = z.object({
  from: z.string(),
  seen: z.array(z.string()),
  group: z.int().min(0),
});

/**
 * Where a page of changed orders begins: at an instant, without the orders of that instant that were given before. Unlike
 * a page number it holds while orders change, and unlike a cursor of the sender it does not expire.
 */
export type PollPosition = z.infer<typeof Position>;

/** @returns the position in a cursor that `cursorOf` made; the first one where there is none. */
export function positionIn(cursor: string | null, since: string): PollPosition {
  return cursor === null ? { from: since, seen: [], group: 0 } : Position.parse(JSON.parse(cursor));
}

export function cursorOf(position: PollPosition): string {
  return JSON.stringify(position);
}

/**
 * @param orders of the page that began at the position, the one unchanged the longest first
 * @returns where the next page begins
 */
export function positionAfter(
  position: PollPosition,
  orders: readonly { readonly externalId: string; readonly updatedAt: string }[],
): PollPosition {
  const from = orders.at(-1)?.updatedAt ?? position.from;
  const ids = orders.filter(({ updatedAt }) => updatedAt === from).map(({ externalId }) => externalId);
  return { ...position, from, seen: from === position.from ? [...position.seen, ...ids] : ids };
}
