import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import { type AccessRules, clientOf, grantedScopes, subjectOf } from '../../contract/claims.ts';

/** Whose tokens are accepted, and for whom they must be meant. */
export interface AcceptedTokens {
  /** URL of the OpenID Connect issuer, as in the `iss` claim. */
  readonly issuer: string;
  /** Accepted values of `aud`, or of `client_id` where a token has no audience, as Cognito's have none. */
  readonly audience: readonly string[];
  /** Where the issuer's public keys lie. @default what the issuer's discovery document says */
  readonly keysUrl?: string | undefined;
  /** How its tokens are read. */
  readonly rules: AccessRules;
}

/** A token that was accepted. */
export interface AccessToken {
  readonly subject: string;
  /** The client that the token was issued to; the subject where the token names none. */
  readonly client: string;
  readonly scopes: readonly string[];
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** Checks an access token. Null means that it is not accepted, for whatever reason. */
export type VerifyAccessToken = (token: string) => Promise<AccessToken | null>;

/** Signatures that only the issuer can make: no shared secrets, and never `none`. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];

const Discovery = z.object({ jwks_uri: z.url() });

/**
 * Checks access tokens as the gateway's authorizer does, for a route whose refusals must say more than it can.
 * Keys are fetched once and again when a token names one that is not known.
 *
 * @throws Error when the issuer cannot be asked for its keys
 */
export function accessTokenVerifier({ issuer, audience, keysUrl, rules }: AcceptedTokens): VerifyAccessToken {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  return async (token) => {
    keys ??= createRemoteJWKSet(new URL(keysUrl ?? (await discoverKeys(issuer))));
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
      });
      return isMeantFor(payload, audience) ? accepted(payload, rules) : null;
    } catch (error) {
      // Keys that cannot be had say nothing of the token.
      if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) throw error;
      if (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') throw error;
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  };
}

async function discoverKeys(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error(`the issuer answered ${response.status} to ${address}`);
  return Discovery.parse(await response.json()).jwks_uri;
}

function isMeantFor(payload: JWTPayload, audience: readonly string[]): boolean {
  const named = payload.aud === undefined ? [payload.client_id] : [payload.aud].flat();
  // Cognito's tokens for signing in are no access tokens, though the same pool signs them.
  if (payload.token_use !== undefined && payload.token_use !== 'access') return false;
  return named.some((name) => typeof name === 'string' && audience.includes(name));
}

function accepted(payload: JWTPayload, rules: AccessRules): AccessToken {
  const subject = subjectOf(payload) ?? '';
  return {
    subject,
    client: clientOf(payload) ?? subject,
    scopes: grantedScopes(payload, rules),
    expiresAt: Number(payload.exp),
  };
}
