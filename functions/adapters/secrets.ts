import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { z } from 'zod';
import type { SharedSecretValue } from '../application/shared-secret.ts';

/** A secret that two parties sign with; while it is being exchanged the previous one still counts. */
const SharedSecret = z.object({ current: z.string().min(1), previous: z.string().min(1).nullish() });

/** A secret that was exchanged counts everywhere after this many seconds at the latest. */
const KEPT_SECONDS = 300;

/**
 * Reads a shared secret from Secrets Manager, and keeps it for five minutes.
 *
 * @throws Error when there is none, or it is not `{"current": "…", "previous"?: "…"}`; its message names the secret
 * and holds nothing of it
 */
export function secretReader(secretId: string): () => Promise<SharedSecretValue> {
  return async () => {
    const text = await getSecret(secretId, { maxAge: KEPT_SECONDS });
    const parsed = SharedSecret.safeParse(parsedJson(text));
    if (!parsed.success) throw new Error(`the secret ${secretId} is not of the form {"current", "previous"}`);
    return { current: parsed.data.current, previous: parsed.data.previous ?? undefined };
  };
}

/** The parser's own error would quote the secret. */
function parsedJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
