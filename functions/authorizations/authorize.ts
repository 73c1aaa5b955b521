import { randomBytes } from 'node:crypto';
import { type Connection, connectionIdentity } from '../../contract/connections.ts';
import type { AuditTrail } from '../audit/audit.ts';
import type { AccessStore } from '../channels/core/access.ts';
import { type Authorization, NotAuthorized } from '../channels/core/authorization.ts';
import type { ConnectionStore } from '../channels/core/connections.ts';
import type { AuthorizationStore, GrantVault } from './ports.ts';

/** Milliseconds for which a sender's page may be answered. */
const PENDING_FOR = 10 * 60_000;

export interface AuthorizationDependencies {
  readonly store: AuthorizationStore;
  readonly vault: GrantVault;
  readonly connections: Pick<ConnectionStore, 'get'>;
  readonly access: Pick<AccessStore, 'restore'>;
  readonly audit: Pick<AuditTrail, 'record'>;
  /** @returns how access to a connection is given; null for a kind without such a page */
  readonly authorizationOf: (connection: Connection) => Authorization | null;
  /** @returns UTC */
  readonly now: () => string;
}

/** A connection whose sender can be asked for access, with the secret that the tokens go into. */
interface Authorizable {
  readonly authorization: Authorization;
  readonly source: string;
  readonly secretName: string;
}

/** @throws NotAuthorized when the connection cannot be given access by a page */
export function authorizable(
  { authorizationOf }: Pick<AuthorizationDependencies, 'authorizationOf'>,
  connection: Connection,
): Authorizable {
  const { connectionId, kind, settings } = connection;
  const authorization = authorizationOf(connection);
  const source = connectionIdentity(connection)?.identity;
  if (authorization === null || source === undefined) {
    throw new NotAuthorized(`a connection of the kind ${kind} is not authorized by a page`);
  }
  const { secretName } = settings;
  if (secretName === undefined) {
    throw new NotAuthorized(`${connectionId} names no secret of its own, into which its tokens could go`);
  }
  return { authorization, source, secretName };
}

/**
 * Begins an authorization.
 *
 * @returns the sender's page, to which the operator's browser goes, and until when it can be answered
 * @throws NotAuthorized when the connection lacks what that takes
 */
export async function beginAuthorization(
  dependencies: AuthorizationDependencies,
  connection: Connection,
  { redirectUri, requestedBy }: { readonly redirectUri: string; readonly requestedBy: string },
): Promise<{ readonly url: string; readonly expiresAt: string }> {
  const { authorization, source } = authorizable(dependencies, connection);
  const state = randomBytes(32).toString('base64url');
  const url = await authorization.page(source, { state, redirectUri });
  const expiresAt = new Date(Date.parse(dependencies.now()) + PENDING_FOR).toISOString();
  const { connectionId } = connection;
  await dependencies.store.begin(state, { connectionId, source, redirectUri, requestedBy, expiresAt });
  return { url, expiresAt };
}

/**
 * Completes an authorization with what the sender's page sent back. The state is used up by it, whatever comes of it; that
 * access was not given is noted on the connection.
 *
 * @returns the connection, and whether it has access now; null for a state that was not begun here, is over or was used
 * @throws Busy when the sender or the secret cannot be reached; it has to be begun again
 */
export async function completeAuthorization(
  dependencies: AuthorizationDependencies,
  answer: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly connectionId: string; readonly isGranted: boolean } | null> {
  const { store, vault, connections, access, audit, now } = dependencies;
  const { state } = answer;
  const pending = state === undefined ? null : await store.take(state);
  if (state === undefined || pending === null) return null;
  const { connectionId, redirectUri, requestedBy } = pending;
  try {
    const connection = await connections.get(connectionId);
    if (connection === null) throw new NotAuthorized('the connection was removed meanwhile');
    const { authorization, source, secretName } = authorizable(dependencies, connection);
    if (source !== pending.source) throw new NotAuthorized('the connection stands for another sender by now');
    const granted = await authorization.grant(source, answer, { state, redirectUri });
    const { accessToken, refreshToken, expiresAt, missingScopes } = granted;
    const origin = {
      actor: { type: 'human', id: requestedBy } as const,
      correlationId: `authorization of ${connectionId}`,
    };
    await audit.record({
      ...{ action: 'connection.authorized', subject: connectionId, origin },
      after: { source, expiresAt, missingScopes },
    });
    await vault.write(secretName, { source, accessToken, refreshToken });
    await store.saveStatus(connectionId, { source, grantedAt: now(), requestedBy, expiresAt, missingScopes });
    await access.restore(connectionId, origin);
    return { connectionId, isGranted: true };
  } catch (error) {
    if (!(error instanceof NotAuthorized)) throw error;
    const before = await store.status(connectionId);
    // Access that was given before is still there.
    const kept = before?.source === pending.source ? before : { requestedBy, missingScopes: [] };
    await store.saveStatus(connectionId, { ...kept, source: pending.source, failure: error.message });
    return { connectionId, isGranted: false };
  }
}
