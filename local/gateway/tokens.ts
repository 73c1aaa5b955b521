import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { scopesOf } from '../../contract/claims.ts';
import { COGNITO_GROUPS } from '../../contract/roles.ts';

const ALGORITHM = 'EdDSA';
const LIFETIME_SECONDS = 3600;

/** The client that people sign in with unless another is named; no client has a secret. */
export const LOCAL_CLIENT = 'local';

/** A token that was accepted. */
export interface AcceptedToken {
  readonly claims: JWTPayload;
  readonly scopes: readonly string[];
}

/** For whom and for what a token is, beside its subject. */
export interface TokenOptions {
  readonly client?: string | undefined;
  readonly resource?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** The development issuer: it exists in the local stack alone, and no deployed API knows its key. */
export interface TokenIssuer {
  readonly lifetimeSeconds: number;
  /**
   * @param scope scopes with blanks between them
   * @param subject who the token is for
   * @param options.client who asked for it; the token of a client that is its own subject is a program's, any other
   *   is a person's, in the form that Cognito gives both. @default a client that people sign in with
   * @param options.groups groups of the person, as Cognito writes them. @default those of an admin
   * @param options.resource address of what alone the token is meant for (RFC 8707). @default the whole API
   */
  issue(scope: string, subject: string, options?: TokenOptions): Promise<string>;
  /**
   * @param identity who signed in, for which client, at which address of this issuer
   * @returns a token that says so to the client; the API accepts none such
   */
  identify(identity: {
    readonly iss: string;
    readonly aud: string;
    readonly sub: string;
    readonly nonce?: string | undefined;
  }): Promise<string>;
  /** @returns the token's claims, or why it is not accepted. */
  verify(token: string): Promise<AcceptedToken | { readonly refused: string }>;
  /** The public key, as an issuer publishes it (RFC 7517). */
  readonly keys: { readonly keys: readonly JWK[] };
}

/**
 * Opens the issuer with the key of an earlier start, so that tokens survive a restart, or with a new one.
 *
 * @param keyPath file that keeps the key; null keeps it in memory
 * @param expected what the template says of the tokens that the API accepts
 */
export async function openIssuer(
  keyPath: string | null,
  expected: { readonly issuer: string; readonly audience: readonly string[] },
): Promise<TokenIssuer> {
  const jwk = await keptKey(keyPath);
  const { d: _, ...publicJwk } = jwk;
  const [signingKey, verifyingKey] = await Promise.all([
    importJWK(jwk, ALGORITHM),
    importJWK(publicJwk, ALGORITHM),
  ]);
  const [audience = 'order-loop'] = expected.audience;
  return {
    lifetimeSeconds: LIFETIME_SECONDS,
    keys: { keys: [{ ...publicJwk, alg: ALGORITHM, use: 'sig' }] },
    issue: (scope, subject, { client = LOCAL_CLIENT, resource, groups = ['admin'] } = {}) =>
      new SignJWT({
        ...{ scope, token_use: 'access', client_id: client },
        ...(client !== subject && {
          username: subject,
          // Cognito leaves the claim out where there is no group.
          ...(groups.length > 0 && { [COGNITO_GROUPS]: groups }),
        }),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
        .setIssuer(expected.issuer)
        .setAudience(resource ?? audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_SECONDS}s`)
        .setJti(randomUUID())
        .sign(signingKey),
    identify: ({ nonce, ...identity }) =>
      new SignJWT({ ...identity, token_use: 'id', ...(nonce !== undefined && { nonce }) })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_SECONDS}s`)
        .sign(signingKey),
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, verifyingKey, {
          algorithms: [ALGORITHM],
          issuer: expected.issuer,
          audience: [...expected.audience],
          requiredClaims: ['exp'],
        });
        return { claims: payload, scopes: scopesOf(payload) };
      } catch (error) {
        return { refused: (error as Error).message };
      }
    },
  };
}

async function keptKey(path: string | null): Promise<JWK> {
  if (path !== null && existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as JWK;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  if (path !== null) {
    writeFileSync(path, JSON.stringify(jwk), { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  return jwk;
}
