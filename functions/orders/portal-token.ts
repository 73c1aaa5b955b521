import { base64url, errors, jwtVerify, SignJWT } from 'jose';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';

const AUDIENCE = 'portal';

/** What a token gives access to. */
export interface PortalAccess {
  readonly orderId: string;
  /** Absent from tokens of earlier releases. */
  readonly linkId?: string | undefined;
  readonly createdAt: string;
  readonly endsAt: string;
}

/** Signs a customer's access to one order by a link. */
export function signPortalToken(
  { orderId, linkId, createdAt, endsAt }: PortalAccess & { readonly linkId: string },
  secret: SharedSecretValue,
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(orderId)
    .setAudience(AUDIENCE)
    .setJti(linkId)
    .setIssuedAt(new Date(createdAt))
    .setExpirationTime(new Date(endsAt))
    .sign(keyOf(secret.current));
}

/** @returns the order that a token gives access to, or why it gives none. */
export async function readPortalToken(
  token: string,
  { current, previous }: SharedSecretValue,
  now: Date,
): Promise<PortalAccess | 'expired' | 'altered'> {
  if (!isWrittenAsSigned(token)) return 'altered';
  for (const secret of [current, previous]) {
    if (secret === undefined) continue;
    try {
      const { payload } = await jwtVerify(token, keyOf(secret), {
        audience: AUDIENCE,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'exp'],
        currentDate: now,
      });
      return {
        orderId: String(payload.sub),
        linkId: payload.jti,
        createdAt: instantOf(payload.iat ?? 0),
        endsAt: instantOf(payload.exp ?? 0),
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired';
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return 'altered';
}

/**
 * Whether each part is the one way to write its bytes. The last character of a signature has two bits that mean nothing
 * (RFC 4648, 3.5), so that three other characters would read the same.
 */
function isWrittenAsSigned(token: string): boolean {
  try {
    return token.split('.').every((part) => base64url.encode(base64url.decode(part)) === part);
  } catch {
    return false;
  }
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
