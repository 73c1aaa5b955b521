import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { AgentAction } from '../../contract/agents.ts';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';

const AUDIENCE = 'agent-approval';
/** Long enough for an agent to show the preview and repeat the call, short enough that the order is still current. */
const LIFETIME_SECONDS = 600;

/** What an approval is for; it counts for nothing else. */
export interface ApprovalSubject {
  readonly action: AgentAction;
  /** The order's version in the preview; null for an order that is not there yet. */
  readonly version: number | null;
  /** Who saw the preview. */
  readonly caller: string;
}

export type ReadApproval =
  | { readonly kind: 'valid'; readonly tokenId: string; readonly version: number | null }
  | { readonly kind: 'expired' }
  /** Not a token of ours, or one for another tool, other arguments, or another caller. */
  | { readonly kind: 'mismatch'; readonly detail: string };

/** Signs that a caller saw what an action would do to an order as it is. */
export async function signApproval(
  { action, version, caller }: ApprovalSubject,
  secret: SharedSecretValue,
  tokenId: string,
  now: Date,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  const seconds = Math.floor(now.getTime() / 1000);
  const expiresAt = seconds + LIFETIME_SECONDS;
  const token = await new SignJWT({ tool: action.tool, digest: digestOf(action), version })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(AUDIENCE)
    .setSubject(caller)
    .setJti(tokenId)
    .setIssuedAt(seconds)
    .setExpirationTime(expiresAt)
    .sign(keyOf(secret.current));
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
}

/** @returns what the token approves, provided that it is for this action and this caller. */
export async function readApproval(
  token: string,
  { action, caller }: Omit<ApprovalSubject, 'version'>,
  secret: SharedSecretValue,
  now: Date,
): Promise<ReadApproval> {
  for (const key of [secret.current, secret.previous]) {
    if (key === undefined) continue;
    try {
      const { payload } = await jwtVerify(token, keyOf(key), {
        audience: AUDIENCE,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'exp', 'jti', 'tool', 'digest'],
        currentDate: now,
      });
      if (payload.sub !== caller) return mismatch('the approval was given to another caller');
      if (payload.tool !== action.tool) return mismatch(`the approval is for the tool ${payload.tool}`);
      if (payload.digest !== digestOf(action)) {
        return mismatch('the arguments are not those of the preview');
      }
      const version = typeof payload.version === 'number' ? payload.version : null;
      return { kind: 'valid', tokenId: String(payload.jti), version };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { kind: 'expired' };
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return mismatch('the approval was not signed here');
}

function mismatch(detail: string): ReadApproval {
  return { kind: 'mismatch', detail };
}

/** Parsed arguments stand in the order of their schema, so that the same arguments have the same text. */
function digestOf(action: AgentAction): string {
  return createHash('sha256').update(JSON.stringify(action.arguments)).digest('base64url');
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
