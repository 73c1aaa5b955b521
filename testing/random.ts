/** Chance that comes from a seed, so that a run can be had again. */
export interface Random {
  /** A number from 0 up to, but not, 1. */
  fraction(): number;
  /** A whole number from 0 up to, but not, the given one. */
  below(limit: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Another source, whose numbers do not depend on how often this one is asked. */
  fork(): Random;
}

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, good enough to choose by. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const fraction = () => next() / 2 ** 32;
  return {
    fraction,
    below: (limit) => Math.floor(fraction() * limit),
    happens: (probability) => fraction() < probability,
    pick<Item>(items: readonly Item[]) {
      if (items.length === 0) throw new Error('there is nothing to choose from');
      return items[Math.floor(fraction() * items.length)] as Item;
    },
    fork: () => seededRandom(next()),
  };
}
