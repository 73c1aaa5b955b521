import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Subscribed } from '../../channel.ts';
import { EVENTS } from '../inbound/message.ts';
import { API_VERSION, type RequestSquare, SquareRefused } from './rest.ts';

/** An application has three subscriptions in Square's sandbox and a hundred elsewhere; a page holds that many. */
const LIST = '/v2/webhooks/subscriptions?include_disabled=true&limit=100';

const Subscription = z.object({
  id: z.string(),
  enabled: z.boolean().nullish(),
  eventTypes: z.array(z.string()).nullish(),
  notificationUrl: z.string().nullish(),
  signatureKey: z.string().nullish(),
});
const Listed = z.object({ subscriptions: z.array(Subscription).nullish() });
const Saved = z.object({ subscription: Subscription });

const UNKNOWN_KEY =
  'The subscription exists at Square, and its key is not known here, so that its messages are refused: the connection names no secret of its own, into which the key could go. Name one, or enter the key by hand. See docs/connect-a-shop.md.';

/** The keys with which messages of the subscription may be signed, and where a new one goes. */
export interface SigningKeys {
  readonly known: readonly (string | undefined)[];
  /** Absent where the connection names no secret of its own. */
  readonly save?: ((key: string) => Promise<void>) | undefined;
}

/**
 * Makes the subscription of the application that is missing, adds the events that it lacks, and enables one that Square
 * disabled. A key that is not known here goes into the secret of the connection.
 *
 * @param request as the application: a seller's token may not ask for subscriptions
 * @param url where the messages are to be sent
 * @throws Busy, ShopRefused, ShopUnreadable when they cannot be listed
 * @see https://developer.squareup.com/docs/webhooks/webhook-subscriptions-api
 */
export async function subscribeSquare(
  request: RequestSquare,
  url: string,
  keys: SigningKeys,
): Promise<Subscribed> {
  const { subscriptions } = await request('GET', LIST, Listed);
  const ours = (subscriptions ?? []).find(({ notificationUrl }) => notificationUrl === url);
  const known = new Set(ours?.eventTypes ?? []);
  const made = EVENTS.filter((event) => !known.has(event));
  if (ours === undefined && keys.save === undefined) {
    const why =
      'the connection names no secret of its own, into which the key of a new subscription could go';
    return { made: [], refused: made.map((event) => `${event}: ${why}`) };
  }
  try {
    const saved = await save(request, url, ours, made);
    const key = saved?.signatureKey;
    if (key == null || keys.known.includes(key)) return { made, refused: [] };
    if (keys.save === undefined) return { made, refused: [], note: UNKNOWN_KEY };
    await keys.save(key);
    return { made, refused: [] };
  } catch (error) {
    if (!(error instanceof SquareRefused)) throw error;
    return { made: [], refused: made.map((event) => `${event}: ${error.message}`) };
  }
}

async function save(
  request: RequestSquare,
  url: string,
  ours: z.infer<typeof Subscription> | undefined,
  missing: readonly string[],
): Promise<z.infer<typeof Subscription> | undefined> {
  if (ours !== undefined && ours.enabled !== false && missing.length === 0) return ours;
  if (ours !== undefined) {
    const subscription = { enabled: true, event_types: [...(ours.eventTypes ?? []), ...missing] };
    const path = `/v2/webhooks/subscriptions/${encodeURIComponent(ours.id)}`;
    // The answer to a change may leave the key out.
    return { ...ours, ...(await request('PUT', path, Saved, { subscription })).subscription };
  }
  const subscription = {
    ...{ name: 'Order Loop', enabled: true, event_types: missing },
    ...{ notification_url: url, api_version: API_VERSION },
  };
  // Two runs of the same hour make one.
  const hour = new Date().toISOString().slice(0, 13);
  const idempotency_key = createHash('sha256').update(`${url} ${hour}`).digest('hex').slice(0, 40);
  const body = { idempotency_key, subscription };
  return (await request('POST', '/v2/webhooks/subscriptions', Saved, body)).subscription;
}
