import { randomBytes } from 'node:crypto';
import type { WebhookSecrets } from '../settings.ts';
import type { SecretDescription } from '../template/description.ts';
import { LOCAL_ACCESS_TOKEN, LOCAL_CLIENT_SECRET } from './credentials.ts';
import { type Actions, AwsError } from './endpoint.ts';

/** Keeps a text under a name beyond the end of the process. */
export interface Keeper {
  read(name: string): string | null;
  write(name: string, value: string): void;
  /** @returns the values whose names begin so. */
  list(beginning: string): readonly string[];
}

/**
 * Secrets Manager: a channel's webhook secret is the well-known local one, any other is made once and kept. A secret
 * that a connection names is the local one of the connection's channel.
 *
 * @param kindOf the kind of the connection that names a secret, or null
 * @throws Error for a webhook secret of a channel that has no local secret
 */
export function secretActions(
  secrets: readonly SecretDescription[],
  webhookSecrets: WebhookSecrets,
  kept: Keeper,
  kindOf: (secretName: string) => Promise<string | null>,
): Actions {
  const values = new Map(
    secrets.map(({ arn, logicalId }) => [
      arn,
      JSON.stringify({
        current: webhookSecret(logicalId, webhookSecrets) ?? generated(logicalId, kept),
        accessToken: LOCAL_ACCESS_TOKEN,
      }),
    ]),
  );
  const namedByConnection = async (secretName: string) => {
    const kind = (await kindOf(secretName))?.toLowerCase();
    const [, current] = Object.entries(webhookSecrets).find(([channel]) => channel === kind) ?? [];
    return current === undefined
      ? undefined
      : JSON.stringify({ current, accessToken: LOCAL_ACCESS_TOKEN, clientSecret: LOCAL_CLIENT_SECRET });
  };
  // What was put into one later counts.
  const nameOf = (secretId: unknown) => `secret of a connection ${secretId}`;
  const currentValue = async (secretId: string) =>
    values.get(secretId) ?? kept.read(nameOf(secretId)) ?? (await namedByConnection(secretId));
  return {
    'secretsmanager.GetSecretValue': async ({ SecretId }) => {
      const value = await currentValue(String(SecretId));
      if (value === undefined)
        throw new AwsError('ResourceNotFoundException', `there is no secret ${SecretId}`);
      return { ARN: SecretId, Name: SecretId, SecretString: value, VersionStages: ['AWSCURRENT'] };
    },
    'secretsmanager.PutSecretValue': async ({ SecretId, SecretString }) => {
      if (values.has(String(SecretId)) || (await currentValue(String(SecretId))) === undefined)
        throw new AwsError('ResourceNotFoundException', `there is no secret ${SecretId}`);
      kept.write(nameOf(SecretId), String(SecretString));
      return { ARN: SecretId, Name: SecretId, VersionStages: ['AWSCURRENT'] };
    },
  };
}

function webhookSecret(logicalId: string, webhookSecrets: WebhookSecrets): string | null {
  const channel = /^(\w+?)Webhook/.exec(logicalId)?.[1]?.toLowerCase();
  if (channel === undefined) return null;
  const entry = Object.entries(webhookSecrets).find(([name]) => name === channel);
  if (entry === undefined)
    throw new Error(`the webhook secret ${logicalId} belongs to no channel with a local secret`);
  return entry[1];
}

function generated(logicalId: string, kept: Keeper): string {
  const earlier = kept.read(`secret ${logicalId}`);
  if (earlier !== null) return earlier;
  const value = randomBytes(36).toString('base64url');
  kept.write(`secret ${logicalId}`, value);
  return value;
}
