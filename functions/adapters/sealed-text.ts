import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';

const CIPHER = 'aes-256-gcm';
/** Bytes of the initialization vector and of the tag (RFC 7518, section 5.3). */
const VECTOR = 12;
const TAG = 16;
const HEADER = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM' })).toString('base64url');

/**
 * Seals a short text so that the table holds nothing that whoever reads it could use (JWE in its compact form, direct
 * encryption with AES-256-GCM, RFC 7516 section 7.1, RFC 7518 sections 4.5 and 5.3). Written with `node:crypto`, since
 * libraries for it go by WebCrypto, whose AES ends the whole process (`Assertion failed: errors->Empty()`, Node 24) when
 * anything else has left an error behind in OpenSSL.
 */
export async function seal(text: string, { current }: SharedSecretValue): Promise<string> {
  const vector = randomBytes(VECTOR);
  const cipher = createCipheriv(CIPHER, keyOf(current), vector, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(HEADER));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = [vector, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [HEADER, '', ...parts].join('.');
}

/** @throws Error when neither the current nor the previous secret sealed it */
export async function unseal(sealed: string, { current, previous }: SharedSecretValue): Promise<string> {
  for (const secret of [current, previous]) {
    const text = secret === undefined ? null : opened(sealed, keyOf(secret));
    if (text !== null) return text;
  }
  throw new Error('a text was sealed with a secret that is no longer known');
}

/** The text, or null when another key sealed it, or nobody did. */
function opened(sealed: string, key: Buffer): string | null {
  const [header = '', , ...rest] = sealed.split('.');
  const [vector, content, tag] = rest.map((part) => Buffer.from(part, 'base64url'));
  if (vector?.length !== VECTOR || content === undefined || tag?.length !== TAG) return null;
  const decipher = createDecipheriv(CIPHER, key, vector, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(header));
  decipher.setAuthTag(tag);
  const text = decipher.update(content);
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

function keyOf(secret: string): Buffer {
  return createHash('sha256').update(`seal ${secret}`).digest();
}
