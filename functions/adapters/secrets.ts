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

/** Whoever has one signed message may try out secrets for it: characters of one, and how many of them differ. */
const MIN_LENGTH = 16;
const MIN_DIFFERENT = 8;

/**
 * Reads a secret that messages are signed with, which an operator may have written.
 *
 * @throws Busy when it cannot be read, or could be guessed: the other side sends again, and it may be mended meanwhile
 */
export async function readSigningSecret(secretId: string): Promise<SharedSecretValue> {
  const secret = await readConnectionSecret(secretId);
  if (secret.current.length >= MIN_LENGTH && new Set(secret.current).size >= MIN_DIFFERENT) return secret;
  const wanted = `${MIN_LENGTH} characters or more, ${MIN_DIFFERENT} of them different`;
  throw new Busy(`the secret ${secretId} can be guessed; write a "current" of ${wanted}`);
}

/** The parser's own error would quote the secret. */
function parsedJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
