import { createHash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import type { SharedSecretValue } from '../application/shared-secret.ts';

/**
 * Seals a short text so that the table holds nothing that whoever reads it could use (JWE, direct encryption with
 * AES-256-GCM, RFC 7518 sections 4.5 and 5.3).
 */
export async function seal(text: string, { current }: SharedSecretValue): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(keyOf(current));
}

/** @throws Error when neither the current nor the previous secret sealed it */
export async function unseal(sealed: string, { current, previous }: SharedSecretValue): Promise<string> {
  for (const secret of [current, previous]) {
    if (secret === undefined) continue;
    try {
      const { plaintext } = await compactDecrypt(sealed, keyOf(secret));
      return new TextDecoder().decode(plaintext);
    } catch (error) {
      if (!(error instanceof errors.JWEDecryptionFailed)) throw error;
    }
  }
  throw new Error('a text was sealed with a secret that is no longer known');
}

function keyOf(secret: string): Uint8Array {
  return createHash('sha256').update(`seal ${secret}`).digest();
}
