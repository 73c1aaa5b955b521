import { CARRIER_WEBHOOKS } from '../functions/carriers/descriptors.ts';
import type { WebhookDescriptor } from '../functions/channels/descriptor.ts';
import { CHANNEL_WEBHOOKS } from '../functions/channels/webhooks.ts';

/** The path of a webhook below `/webhooks/`. */
export type WebhookPath =
  | (typeof CHANNEL_WEBHOOKS)[number]['path']
  | (typeof CARRIER_WEBHOOKS)[number]['path'];

/** Where channels and carriers send their messages, from their own declarations. */
export const WEBHOOKS: readonly WebhookDescriptor<WebhookPath>[] = [...CHANNEL_WEBHOOKS, ...CARRIER_WEBHOOKS];

/** @returns something for each webhook, by its path, which may be prefixed. */
export function webhookRecord<Value, Prefix extends string = ''>(
  of: (webhook: WebhookDescriptor<WebhookPath>) => Value,
  prefix?: Prefix,
): Record<`${Prefix}${WebhookPath}`, Value> {
  const entries = WEBHOOKS.map((webhook) => [`${prefix ?? ''}${webhook.path}`, of(webhook)]);
  return Object.fromEntries(entries) as Record<`${Prefix}${WebhookPath}`, Value>;
}

/** What functions that ask or notify channels need to know of secrets: those of channels, by their variables. */
export const CHANNEL_SECRETS: Readonly<Record<string, WebhookPath>> = Object.fromEntries(
  CHANNEL_WEBHOOKS.map(({ path }) => [secretVariable(path), path]),
);

/** Variables of a function that a webhook names, for example `SHOPIFY_SECRET_ID`. */
export type WebhookVariable = `${Uppercase<WebhookPath>}_${'SECRET_ID' | 'NOTIFICATION_URL'}`;

/** @returns the variable that says which secret is a webhook's own. */
export function secretVariable(path: WebhookPath): WebhookVariable {
  return `${upperCase(path)}_SECRET_ID`;
}

/** @returns the variable that says at which address a webhook is reached, where it is not the API's own. */
export function notificationVariable(path: WebhookPath): WebhookVariable {
  return `${upperCase(path)}_NOTIFICATION_URL`;
}

function upperCase<Text extends string>(text: Text): Uppercase<Text> {
  return text.toUpperCase() as Uppercase<Text>;
}
