import type { Connection, ConnectionKind, ConnectionOf } from '../../../contract/connections.ts';
import type { Origin } from '../../events/envelope.ts';

/** What became of saving a connection. */
export type SavedConnection =
  | { readonly kind: 'created' }
  | { readonly kind: 'changed' }
  /** Another connection stands for the same shop, account or partner; nothing was saved. */
  | { readonly kind: 'identity-taken'; readonly by: string };

/** Keeps the shops, accounts, partners and carriers that the loop is connected to. */
export interface ConnectionStore {
  /**
   * Saves a connection under its id, in place of what stood there.
   *
   * @param origin who saves it, for the audit trail
   * @throws Busy when others kept changing the same connection
   */
  save(connection: Connection, origin?: Origin): Promise<SavedConnection>;
  /** @returns every connection, in the order of their ids. */
  list(): Promise<readonly Connection[]>;
  get(connectionId: string): Promise<Connection | null>;
  /**
   * @returns whether there was one
   * @throws Busy when others kept changing the same connection
   */
  remove(connectionId: string, origin?: Origin): Promise<boolean>;
  /**
   * @param identity the shop's domain, the merchant's id, or what `ediIdentity` makes of ISA05 and ISA06
   * @returns the connection that a message belongs to
   */
  find<Kind extends ConnectionKind>(kind: Kind, identity: string): Promise<ConnectionOf<Kind> | null>;
}
