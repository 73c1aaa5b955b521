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

/** @returns whether a sender refuses every request, and not the one that was made. */
export function isAccessRefused(error: unknown): error is ShopRefused {
  return error instanceof ShopRefused && error.status === 401;
}
