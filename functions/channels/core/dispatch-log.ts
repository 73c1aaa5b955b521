import { Busy } from '../../write-failures.ts';

/** Sees to it that a thing is sent once, though several events ask for it at the same time. */
export interface DispatchLog {
  /**
   * @param name what is to be sent
   * @returns whether to send it now. `in-progress`: another is at it, or was when it ended without a word; that one is
   *   given up after a minute
   */
  begin(name: string): Promise<'notify' | 'in-progress' | 'notified'>;
  /** It was sent. */
  finish(name: string): Promise<void>;
  /** It could not be sent: the next attempt may. */
  giveUp(name: string): Promise<void>;
}

/**
 * Sends something, unless it was sent already.
 *
 * @param send throws when the other side did not take it
 * @throws Busy when another is just telling it. Whether that will succeed is open, and that other one may have been
 *   this very message, in a function that was killed: so it has to be sent again, and not to count as sent
 */
export async function notifyOnce(
  deliveries: DispatchLog,
  name: string,
  send: () => Promise<void>,
): Promise<void> {
  const outcome = await deliveries.begin(name);
  if (outcome === 'notified') return;
  if (outcome === 'in-progress') throw new Busy(`${name} is just being sent`);
  try {
    await send();
  } catch (error) {
    await deliveries.giveUp(name);
    throw error;
  }
  await deliveries.finish(name);
}
