import * as z from 'zod';
import { CONNECTION_SECRETS } from '../../contract/secrets.ts';
import { leaseRule, ORDERED_BOUNDS } from '../../domain/inventory/lease-rule.ts';

/** Whether the loop subscribes to the shop's messages itself. */
export const manageWebhooks = z.boolean().optional().meta({
  description:
    'Whether the loop makes the webhook subscriptions that are missing, and looks after them daily. Without it: yes.',
});

/** Whether, and how, the shop is shown what it may sell. */
export const stock = z
  .strictObject(leaseRule)
  .refine(...ORDERED_BOUNDS)
  .optional()
  .meta({
    description:
      'Publishes to the shop what it may sell of each of our SKUs, and leases it these units: nobody else can take them. Without it the shop keeps its own numbers and may sell what others sell as well.',
  });

/** A URL without user name and password: everybody with the scope can read a connection. */
export const address = z
  .url({ protocol: /^https?$/, error: 'an http or https address' })
  .max(500)
  .refine((value) => {
    const url = URL.parse(value);
    return url === null || (url.username === '' && url.password === '');
  }, 'an address without name and password');

/** The name of a secret in Secrets Manager; the secret itself is never part of a connection. */
export const namedSecret = z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'the name of a secret');

/** The secret that the sender signs with. */
export const secretName = namedSecret.optional().meta({
  description: `Name of the secret that the sender signs with, beginning with "${CONNECTION_SECRETS}" and, when deployed, the stage. It holds {"current", "previous"?, "accessToken"?, "clientSecret"?}, takes the tokens of an authorization, and is never returned.`,
});

/** @returns the address without the slashes at its end, the one form in which addresses are compared. */
export function withoutSlashes(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === '/') end--;
  return url.slice(0, end);
}
