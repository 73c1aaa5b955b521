import { base64url, errors, jwtVerify, SignJWT } from 'jose';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';

const AUDIENCE = 'portal';
const DAYS = 30;

/** Signs a customer's access to one order, for thirty days. */
export async function signPortalToken(orderId: string, secret: SharedSecretValue, now: Date) {
  // A token holds whole seconds, so the link gives its expiry to the second.
  const seconds = Math.floor(now.getTime() / 1000);
  const expiresAt = seconds + DAYS * 86_400;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(orderId)
    .setAudience(AUDIENCE)
    .setIssuedAt(seconds)
    .setExpirationTime(expiresAt)
    .sign(keyOf(secret.current));
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

/** @returns the order that a token gives access to, or why it gives none. */
export async function readPortalToken(
  token: string,
  { current, previous }: SharedSecretValue,
  now: Date,
): Promise<{ readonly orderId: string } | 'expired' | 'altered'> {
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
      return { orderId: String(payload.sub) };
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

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
