import * as z from 'zod';

/** The name that the GraphQL API has for an order of the id in webhooks. */
export function orderGid(orderId: string): string {
  return `gid://shopify/Order/${orderId}`;
}

/** The id, as webhooks write it, in a name of the GraphQL API: the digits after the last slash. */
export function legacyId(gid: string): string {
  const [name = ''] = gid.split('?', 1);
  return /^[0-9]+$/.exec(name.slice(name.lastIndexOf('/') + 1))?.[0] ?? gid;
}

export const UserErrors = z.array(z.object({ field: z.array(z.string()).nullable(), message: z.string() }));
