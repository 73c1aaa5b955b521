import { decodeJwt } from 'jose';
import { useSyncExternalStore } from 'react';
import { type AccessRules, grantedScopes, rolesOf } from '../../contract/claims.ts';
import { COGNITO_GROUPS, type Role } from '../../contract/roles.ts';
import { SCOPES, type Scope } from '../../contract/routes.ts';

/** The sign-in of this deployment, from `/console-config.json`. */
interface ConsoleConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** How the API reads the issuer's tokens. */
  readonly rules: AccessRules;
  /** Endpoints that the issuer's discovery document may leave out. */
  readonly endpoints?: Readonly<Record<'end_session_endpoint' | 'revocation_endpoint', string>>;
}

interface Session {
  readonly token: string | null;
  readonly who: string | null;
  /** What the operator may do. */
  readonly scopes: readonly string[];
  readonly roles: readonly Role[];
}

const SIGNED_OUT: Session = { token: null, who: null, scopes: [], roles: [] };

/** The scopes that the console requests. */
const EVERY_SCOPE = SCOPES.join(' ');
/** How the local stack reads its tokens, which are like those of the loop's own user pool. */
const LOCAL_RULES: AccessRules = { groupsClaim: COGNITO_GROUPS };
/** Where the local stack's sign-in keeps the chosen role. */
const LOCAL_ROLE = 'role';
/** Seconds before its expiry at which a token is renewed. */
const MARGIN = 30;

let session: Session = SIGNED_OUT;
let endsAt = 0;
let renew: (() => Promise<void>) | null = null;
let endAtIssuer: (() => Promise<void>) | null = null;
let isLocal = false;
const listeners = new Set<() => void>();

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

function begin(token: string, who: string, rules: AccessRules): void {
  const claims = claimsOf(token);
  change({ token, who, scopes: grantedScopes(claims, rules), roles: rolesOf(claims, rules) });
}

/** The claims of a token, none of one that only its issuer can read. */
function claimsOf(token: string) {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

/** @returns a test for the scopes of the operator; the API decides, this hides what it would refuse */
export function useMay(): (scope: Scope) => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}

/** Whether the sign-in is that of the local stack, at which a role can be chosen. */
export function isLocalSignIn(): boolean {
  return isLocal;
}

/** The token is in memory only: a script that got into the page finds nothing that outlives it. */
export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

/** @returns a valid token, or null when the operator must sign in. */
export async function currentToken(): Promise<string | null> {
  if (session.token !== null && Date.now() > (endsAt - MARGIN) * 1000) await renew?.();
  return session.token;
}

/** Ends the session of this page. */
export function signOut(): void {
  renew = null;
  change(SIGNED_OUT);
}

/** Ends the session of this page and at the issuer, whose refresh token is revoked. */
export async function endSession(): Promise<void> {
  sessionStorage.setItem('signed-out', 'yes');
  const end = endAtIssuer;
  signOut();
  await end?.();
}

/** Signs in without interaction: after the issuer's redirect, or on a developer's machine. */
export async function resume(): Promise<void> {
  const config = await readConfig();
  if (config !== null) return signInWithIssuer(config, location.search.includes('code='));
  if (sessionStorage.getItem('signed-out') === null) await signInForDevelopment('operator');
}

/** Signs in at the issuer, or with the development sign-in of the local stack. */
export async function signIn(role?: Role): Promise<void> {
  sessionStorage.removeItem('signed-out');
  if (role !== undefined) sessionStorage.setItem(LOCAL_ROLE, role);
  const config = await readConfig();
  if (config === null) await signInForDevelopment('operator');
  else await signInWithIssuer(config, false, true);
}

async function readConfig(): Promise<ConsoleConfig | null> {
  const response = await fetch('/console-config.json', { headers: { accept: 'application/json' } });
  if (!response.ok || !(response.headers.get('content-type') ?? '').includes('json')) return null;
  const config = (await response.json()) as Partial<ConsoleConfig>;
  // The local stack has its own development sign-in and no issuer.
  isLocal = config.issuer === undefined;
  return isLocal ? null : (config as ConsoleConfig);
}

async function signInForDevelopment(sub: string): Promise<void> {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      scope: EVERY_SCOPE,
      sub,
      groups: [sessionStorage.getItem(LOCAL_ROLE) ?? 'admin'],
    }),
  });
  if (!response.ok) throw new Error('Cannot sign in: the console has no issuer configured.');
  const issued = (await response.json()) as { access_token: string; expires_in: number };
  endsAt = Date.now() / 1000 + issued.expires_in;
  renew = () => signInForDevelopment(sub);
  begin(issued.access_token, sub, LOCAL_RULES);
}

async function signInWithIssuer(config: ConsoleConfig, comesBack: boolean, asked = false): Promise<void> {
  const { InMemoryWebStorage, UserManager, WebStorageStateStore } = await import('oidc-client-ts');
  const manager = new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    redirect_uri: `${location.origin}/`,
    post_logout_redirect_uri: `${location.origin}/`,
    response_type: 'code',
    scope: `openid ${config.scope || EVERY_SCOPE}`,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    revokeTokenTypes: ['refresh_token'],
    ...(config.endpoints && { metadataSeed: config.endpoints }),
  });
  if (comesBack) {
    const user = await manager.signinRedirectCallback();
    history.replaceState(null, '', typeof user.state === 'string' ? user.state : '/');
    endsAt = user.expires_at ?? 0;
    renew = async () => {
      const renewed = await manager.signinSilent();
      if (renewed === null) return signOut();
      endsAt = renewed.expires_at ?? 0;
      begin(renewed.access_token, renewed.profile.sub, config.rules);
    };
    endAtIssuer = async () => {
      const { end_session_endpoint, revocation_endpoint } = await manager.metadataService.getMetadata();
      // A refresh token that cannot be revoked now is no reason to keep the issuer's session.
      if (revocation_endpoint !== undefined) await manager.revokeTokens().catch(() => undefined);
      if (end_session_endpoint === undefined) return manager.removeUser();
      // Cognito has names of its own for what OpenID Connect calls `post_logout_redirect_uri`.
      const extraQueryParams = { client_id: config.clientId, logout_uri: `${location.origin}/` };
      await manager.signoutRedirect({ extraQueryParams });
    };
    begin(user.access_token, user.profile.sub, config.rules);
  } else if (asked) {
    await manager.signinRedirect({ state: location.pathname + location.search });
  }
}
