import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';
import { Busy } from '../orders/ports.ts';

/** A secret that two parties sign with; while it is being exchanged the previous one still counts. */
const SharedSecret = z.object({
  current: z.string().min(1),
  previous: z.string().min(1).nullish(),
  accessToken: z.string().min(1).nullish(),
});

/** A secret that was exchanged counts everywhere after this many seconds at the latest. */
const KEPT_SECONDS = 300;

/**
 * Reads a shared secret from Secrets Manager, and keeps it for five minutes.
 *
 * @throws Error when there is none, or it is not `{"current": "…", "previous"?: "…", "accessToken"?: "…"}`; its message names the secret
 * and holds nothing of it
 */
export function secretReader(secretId: string): () => Promise<SharedSecretValue> {
  return async () => {
    const text = await getSecret(secretId, { maxAge: KEPT_SECONDS });
    const parsed = SharedSecret.safeParse(parsedJson(text));
    if (!parsed.success) throw new Error(`the secret ${secretId} is not of the form {"current", "previous"}`);
    const { current, previous, accessToken } = parsed.data;
    return { current, previous: previous ?? undefined, accessToken: accessToken ?? undefined };
  };
}

/**
 * Reads the secret that a connection names.
 *
 * @throws Busy when it cannot be read: the other side sends again, and the name may be mended meanwhile
 */
export async function readConnectionSecret(secretId: string): Promise<SharedSecretValue> {
  try {
    return await secretReader(secretId)();
  } catch (error) {
    throw new Busy(`the secret of the connection cannot be read: ${(error as Error).name}`);
  }
}

/** The parser's own error would quote the secret. */
function parsedJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
