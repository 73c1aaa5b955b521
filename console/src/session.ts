import { useSyncExternalStore } from 'react';

/** The sign-in of this deployment, from `/console-config.json`. */
interface ConsoleConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

interface Session {
  readonly token: string | null;
  readonly who: string | null;
}

/** The scopes that the console requests. */
const SCOPES =
  'orders/read orders/write inventory/read inventory/write finance/read operations/admin customers/read';
/** Seconds before its expiry at which a token is renewed. */
const MARGIN = 30;

let session: Session = { token: null, who: null };
let endsAt = 0;
let renew: (() => Promise<void>) | null = null;
const listeners = new Set<() => void>();

function change(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
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
  change({ token: null, who: null });
}

/** Signs in without interaction: after the issuer's redirect, or on a developer's machine. */
export async function resume(): Promise<void> {
  const config = await readConfig();
  if (config !== null) return signInWithIssuer(config, location.search.includes('code='));
  if (sessionStorage.getItem('signed-out') === null) await signInForDevelopment('operator');
}

/** Signs in at the issuer, or with the development sign-in of the local stack. */
export async function signIn(): Promise<void> {
  sessionStorage.removeItem('signed-out');
  const config = await readConfig();
  if (config === null) await signInForDevelopment('operator');
  else await signInWithIssuer(config, false, true);
}

async function readConfig(): Promise<ConsoleConfig | null> {
  const response = await fetch('/console-config.json', { headers: { accept: 'application/json' } });
  if (!response.ok || !(response.headers.get('content-type') ?? '').includes('json')) return null;
  const config = (await response.json()) as Partial<ConsoleConfig>;
  // The local stack has its own development sign-in and no issuer.
  return config.issuer === undefined ? null : (config as ConsoleConfig);
}

async function signInForDevelopment(sub: string): Promise<void> {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scope: SCOPES, sub }),
  });
  if (!response.ok) throw new Error('Cannot sign in: the console has no issuer configured.');
  const issued = (await response.json()) as { access_token: string; expires_in: number };
  endsAt = Date.now() / 1000 + issued.expires_in;
  renew = () => signInForDevelopment(sub);
  change({ token: issued.access_token, who: sub });
}

async function signInWithIssuer(config: ConsoleConfig, comesBack: boolean, asked = false): Promise<void> {
  const { InMemoryWebStorage, UserManager, WebStorageStateStore } = await import('oidc-client-ts');
  const manager = new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    redirect_uri: `${location.origin}/`,
    response_type: 'code',
    scope: `openid ${config.scope || SCOPES}`,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
  if (comesBack) {
    const user = await manager.signinRedirectCallback();
    history.replaceState(null, '', typeof user.state === 'string' ? user.state : '/');
    endsAt = user.expires_at ?? 0;
    renew = async () => {
      const renewed = await manager.signinSilent();
      if (renewed === null) return signOut();
      endsAt = renewed.expires_at ?? 0;
      change({ token: renewed.access_token, who: renewed.profile.sub });
    };
    change({ token: user.access_token, who: user.profile.sub });
  } else if (asked) {
    await manager.signinRedirect({ state: location.pathname + location.search });
  }
}
