import { createHash } from 'node:crypto';
import { Problem } from './http.ts';

/**
 * Wraps a position in a list for the client. The digest ties it to the list's filter and shows a cursor that was
 * altered on its way; it is no secret, since a position gives away nothing.
 */
export function encodeCursor(position: string, filter: unknown): string {
  return Buffer.from(JSON.stringify([position, digest(position, filter)])).toString('base64url');
}

/**
 * @returns the position that a cursor stands for, or null without a cursor
 * @throws Problem `invalid_cursor`
 */
export function decodeCursor(cursor: string | undefined, filter: unknown): string | null {
  if (cursor === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && parsed.length === 2) {
      const [position, given] = parsed;
      if (typeof position === 'string' && given === digest(position, filter)) {
        if (encodeCursor(position, filter) === cursor) return position;
      }
    }
  } catch {
    // Not base64url of JSON: the same problem as any other cursor that no list gave.
  }
  throw new Problem(
    'invalid_cursor',
    'take the cursor from the last page of the same list, with the same filter',
  );
}

function digest(position: string, filter: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([position, filter]))
    .digest('base64url')
    .slice(0, 16);
}
