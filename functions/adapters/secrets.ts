import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { GrantVault, SigningKeyVault } from '../authorizations/ports.ts';
import type { KeptGrant } from '../channels/core/authorization.ts';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';
import { Busy } from '../write-failures.ts';

const Grant = z.object({
  source: z.string(),
  accessToken: z.string().min(1),
  refreshToken: z.string().optional(),
}) satisfies z.ZodType<KeptGrant>;

/** A secret that two parties sign with; while it is being exchanged the previous one still counts. */
const SharedSecret = z.object({
  current: z.string().min(1),
  previous: z.string().min(1).nullish(),
  accessToken: z.string().min(1).nullish(),
  clientSecret: z.string().min(1).nullish(),
  applicationToken: z.string().min(1).nullish(),
  grant: Grant.nullish(),
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
    const { current, previous, accessToken, clientSecret, applicationToken, grant } = parsed.data;
    return {
      current,
      previous: previous ?? undefined,
      accessToken: accessToken ?? undefined,
      clientSecret: clientSecret ?? undefined,
      applicationToken: applicationToken ?? undefined,
      grant: grant ?? undefined,
    };
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

/** Keeps the tokens that senders gave in the secrets that connections name. */
export function grantVault(): GrantVault & SigningKeyVault {
  const client = new SecretsManagerClient({});
  const readWhole = async (SecretId: string): Promise<Readonly<Record<string, unknown>>> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    const whole = z.record(z.string(), z.unknown()).safeParse(parsedJson(SecretString));
    if (!whole.success) throw new Error('the secret is no JSON object');
    return whole.data;
  };
  // Errors of the service and of parsers would quote what was sent.
  const named = async <Result>(doing: Promise<Result>): Promise<Result> => {
    try {
      return await doing;
    } catch (error) {
      throw new Busy(`the secret of the connection cannot be used: ${(error as Error).name}`);
    }
  };
  type Whole = Awaited<ReturnType<typeof readWhole>>;
  const change = async (SecretId: string, changes: (whole: Whole) => Whole): Promise<void> => {
    const whole = await named(readWhole(SecretId));
    const SecretString = JSON.stringify({ ...whole, ...changes(whole) });
    await named(client.send(new PutSecretValueCommand({ SecretId, SecretString })));
  };
  return {
    async read(secretName) {
      const { grant } = await named(readWhole(secretName));
      return Grant.safeParse(grant).data ?? null;
    },
    write: (secretName, grant) => change(secretName, () => ({ grant })),
    writeSigningKey: (secretName, current) =>
      change(secretName, ({ current: previous }) => ({ current, ...(previous !== current && { previous }) })),
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
