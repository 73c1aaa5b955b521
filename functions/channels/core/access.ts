import type { Connection } from '../../../contract/connections.ts';
import type { Origin } from '../../events/envelope.ts';
import { ShopRefused } from './shops.ts';

/** That a sender takes no request of ours any more: the app was uninstalled there, or its token ended. */
export interface RevokedAccess {
  /** What the channel calls the sender; a connection may stand for another one later. */
  readonly source: string;
  /** UTC, of the first refusal. */
  readonly since: string;
  /** For people to read. */
  readonly reason: string;
  /** UTC, of the last refusal. */
  readonly askedAt: string;
}

/** Keeps which senders refuse us. Each change is an entry of the audit trail. */
export interface AccessStore {
  /** @returns null where access is given, as far as is known */
  find(connectionId: string, source: string): Promise<RevokedAccess | null>;
  /** Notes a refusal; the first one counts as the change. */
  revoke(connectionId: string, refusal: Omit<RevokedAccess, 'askedAt'>, origin: Origin): Promise<void>;
  /** Notes that a sender took a request, or gave access anew. */
  restore(connectionId: string, origin: Origin): Promise<void>;
}

/** Milliseconds after which a sender that refused us is asked once more, since not every one says that it no longer does. */
const ASKED_AGAIN = 3_600_000;

/** @returns whether a sender is not to be asked now; one whose connection was saved meanwhile is. */
export function isResting(
  access: RevokedAccess | null,
  { updatedAt }: Pick<Connection, 'updatedAt'>,
  now: string,
): boolean {
  if (access === null || updatedAt > access.askedAt) return false;
  return Date.parse(now) - Date.parse(access.askedAt) < ASKED_AGAIN;
}

/** @returns whether a sender refuses every request of the kind that was made: all that read, or all that write. */
export function isAccessRefused(error: unknown): error is ShopRefused {
  return error instanceof ShopRefused && error.status === 401;
}

/**
 * Notes that a sender takes no request of ours any more, if it refuses one that reads, too: a message may not be signed, and
 * WooCommerce answers 401 to each request that writes with a key that may only read.
 *
 * @param connectionId null where there is none to note it of
 * @param ask makes a request that reads
 * @returns whether the sender refuses it
 * @throws Busy when the sender cannot be reached
 * @throws ShopRefused, ShopUnreadable when it answers otherwise than asked
 */
export async function revokeIfRefused(
  access: Pick<AccessStore, 'revoke'>,
  connectionId: string | null,
  refusal: Omit<RevokedAccess, 'askedAt'>,
  origin: Origin,
  ask: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await ask();
    return false;
  } catch (error) {
    if (!isAccessRefused(error)) throw error;
  }
  if (connectionId !== null) await access.revoke(connectionId, refusal, origin);
  return true;
}
