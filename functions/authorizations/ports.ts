import type { KeptGrant } from '../channels/core/authorization.ts';

/** An authorization that an operator began and the sender has not answered. */
export interface PendingAuthorization {
  readonly connectionId: string;
  /** What the channel calls the sender. */
  readonly source: string;
  readonly redirectUri: string;
  readonly requestedBy: string;
  /** UTC; it cannot be answered afterwards. */
  readonly expiresAt: string;
}

/** How the access of a connection stands; never with a token. */
export interface AuthorizationStatus {
  readonly source: string;
  /** UTC, of the last time that access was given or refreshed. */
  readonly grantedAt?: string | undefined;
  readonly requestedBy: string;
  readonly expiresAt?: string | undefined;
  /** Rights that were asked for and not given. */
  readonly missingScopes: readonly string[];
  /** Why there is no access, or will be none. */
  readonly failure?: string | undefined;
}

export interface AuthorizationStore {
  /** @param state kept as a digest, so that who reads the store cannot answer for the sender */
  begin(state: string, pending: PendingAuthorization): Promise<void>;
  /** @returns what was begun under the state, once; null for a state that is unknown, over or used */
  take(state: string): Promise<PendingAuthorization | null>;
  status(connectionId: string): Promise<AuthorizationStatus | null>;
  saveStatus(connectionId: string, status: AuthorizationStatus): Promise<void>;
}

/** Keeps the tokens of connections, in the secret that a connection names. */
export interface GrantVault {
  /** @returns null where the secret holds none; read anew each time */
  read(secretName: string): Promise<KeptGrant | null>;
  /**
   * Puts the tokens into the secret, and leaves all else of it as it is.
   *
   * @throws Busy when the secret cannot be read or written
   */
  write(secretName: string, grant: KeptGrant): Promise<void>;
}

/** Keeps the keys with which senders sign, in the same secrets. */
export interface SigningKeyVault {
  /**
   * Puts a new key into the secret; the one before becomes the previous one.
   *
   * @throws Busy when the secret cannot be read or written
   */
  writeSigningKey(secretName: string, key: string): Promise<void>;
}
