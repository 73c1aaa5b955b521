import type { Connection } from '../../contract/connections.ts';
import { NotAuthorized } from '../channels/core/authorization.ts';
import { Busy } from '../write-failures.ts';
import { type AuthorizationDependencies, authorizable } from './authorize.ts';

/**
 * Milliseconds after which a token that ends is exchanged for a new one: Square asks for seven days, so that there is time
 * to see to a failure before the thirty are over.
 */
const REFRESHED_AFTER = 7 * 86_400_000;

/**
 * Exchanges tokens that end for new ones in good time. That a sender took the access back, or that a token has ended, is
 * noted on its connection.
 *
 * @param until epoch milliseconds after which nothing further is begun
 * @param report learns of each connection that was not refreshed
 * @returns how many were refreshed
 */
export async function refreshTokens(
  dependencies: Omit<AuthorizationDependencies, 'audit'>,
  connections: readonly Connection[],
  until: number,
  report: (connectionId: string, error: unknown) => void,
): Promise<number> {
  const { store, vault, authorizationOf, now } = dependencies;
  let refreshed = 0;
  for (const connection of connections) {
    if (Date.now() >= until) break;
    const { connectionId } = connection;
    if (connection.settings.secretName === undefined || authorizationOf(connection)?.refresh === undefined)
      continue;
    const status = await store.status(connectionId);
    if (status?.grantedAt === undefined || status.expiresAt === undefined) continue;
    if (Date.parse(now()) - Date.parse(status.grantedAt) < REFRESHED_AFTER) continue;
    try {
      const { authorization, source, secretName } = authorizable(dependencies, connection);
      if (status.source !== source) continue;
      const grant = await vault.read(secretName);
      if (grant?.source !== source || grant.refreshToken === undefined) {
        throw new NotAuthorized('the secret holds no refresh token: authorize the connection again');
      }
      const granted = await authorization.refresh?.(source, grant.refreshToken);
      if (granted === undefined) continue;
      const { accessToken, refreshToken = grant.refreshToken, expiresAt } = granted;
      await vault.write(secretName, { source, accessToken, refreshToken });
      await store.saveStatus(connectionId, { ...status, grantedAt: now(), expiresAt, failure: undefined });
      refreshed += 1;
    } catch (error) {
      report(connectionId, error);
      if (!(error instanceof NotAuthorized) && !(error instanceof Busy)) continue;
      const isOver = status.expiresAt < now();
      const failure = isOver
        ? `The access token ended on ${status.expiresAt}. ${error.message}`
        : error.message;
      if (failure !== status.failure) await store.saveStatus(connectionId, { ...status, failure });
    }
  }
  return refreshed;
}
