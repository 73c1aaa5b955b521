import { Busy } from '../../orders/ports.ts';

/** Sees to it that a thing is told once, though several events ask for it at the same time. */
export interface DispatchLog {
  /**
   * @param name what is to be told
   * @returns whether to tell it now. `in-progress`: another is at it, or was when it ended without a word; that one is
   *   given up after a minute
   */
  begin(name: string): Promise<'notify' | 'in-progress' | 'notified'>;
  /** It was told. */
  finish(name: string): Promise<void>;
  /** It could not be told: the next one may try. */
  giveUp(name: string): Promise<void>;
}

/**
 * Tells something, unless it was told already.
 *
 * @param tell throws when the other side did not take it
 * @throws Busy when another is just telling it. Whether that will succeed is open, and that other one may have been
 *   this very message, in a function that was killed: so it has to come again, and not to be taken for told
 */
export async function notifyOnce(
  deliveries: DispatchLog,
  name: string,
  tell: () => Promise<void>,
): Promise<void> {
  const outcome = await deliveries.begin(name);
  if (outcome === 'notified') return;
  if (outcome === 'in-progress') throw new Busy(`${name} is just being told`);
  try {
    await tell();
  } catch (error) {
    await deliveries.giveUp(name);
    throw error;
  }
  await deliveries.finish(name);
}
