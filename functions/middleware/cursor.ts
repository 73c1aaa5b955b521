import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { secretReader } from '../adapters/secrets.ts';
import { environment } from '../wiring.ts';
import { Problem } from './http.ts';

/** The list that a cursor belongs to, by its name, with the filter of it. */
export type ListPlace = Readonly<Record<string, unknown>>;

const Content = z.tuple([z.string(), z.string()]);

const readSecret = secretReader(environment('CURSOR_SECRET_ID'));

/** @returns a position in a list as clients get it: signed together with the list and its filter */
export async function encodeCursor(position: string, place: ListPlace): Promise<string> {
  const { current } = await readSecret();
  return signed(position, place, current);
}

/**
 * @returns the position that a cursor stands for, or null without a cursor
 * @throws Problem `invalid_cursor` for anything but what `encodeCursor` made for the same list and filter
 */
export async function decodeCursor(cursor: string | undefined, place: ListPlace): Promise<string | null> {
  if (cursor === undefined) return null;
  const position = positionIn(cursor);
  if (position !== null) {
    const { current, previous } = await readSecret();
    for (const secret of [current, previous]) {
      if (secret !== undefined && isSame(signed(position, place, secret), cursor)) return position;
    }
  }
  throw new Problem(
    'invalid_cursor',
    'take the cursor from the last page of the same list, with the same filter',
  );
}

function signed(position: string, place: ListPlace, secret: string): string {
  const signature = createHmac('sha256', secret)
    .update(JSON.stringify([position, place]))
    .digest('base64url');
  return Buffer.from(JSON.stringify([position, signature])).toString('base64url');
}

/** The position that a cursor names, forged or not, or null where it names none. */
function positionIn(cursor: string): string | null {
  try {
    const parsed = Content.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data[0] : null;
  } catch {
    // Not JSON: the same problem as any other cursor that no list gave.
    return null;
  }
}

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
