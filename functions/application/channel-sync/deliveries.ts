/** Sees to it that a thing is told once, though several events ask for it at the same time. */
export interface Deliveries {
  /**
   * @param name what is to be told
   * @returns whether to tell it now. `underway`: another is at it; if that one fails, its own event is brought again.
   *   One that ended without a word is given up after a minute
   */
  begin(name: string): Promise<'tell' | 'underway' | 'told'>;
  /** It was told. */
  finish(name: string): Promise<void>;
  /** It could not be told: the next one may try. */
  giveUp(name: string): Promise<void>;
}

/**
 * Tells something, unless it was told already.
 *
 * @param tell throws when the other side did not take it
 * @returns `underway` when another is just telling it, and it is open whether that will succeed
 */
export async function tellOnce(
  deliveries: Deliveries,
  name: string,
  tell: () => Promise<void>,
): Promise<'told' | 'underway'> {
  const outcome = await deliveries.begin(name);
  if (outcome !== 'tell') return outcome;
  try {
    await tell();
  } catch (error) {
    await deliveries.giveUp(name);
    throw error;
  }
  await deliveries.finish(name);
  return 'told';
}
