import * as z from 'zod';
import { text } from '../domain/text.ts';
import { EVENT_CATALOGUE, type EventType } from './events/catalogue.ts';
import { pageOf } from './requests.ts';

const instant = z.string().meta({ format: 'date-time' });

const EVENT_TYPES = EVENT_CATALOGUE.map(({ type }) => type) as [EventType, ...EventType[]];

const types = z
  .array(z.enum(['*', ...EVENT_TYPES]))
  .min(1)
  .max(EVENT_TYPES.length)
  .transform((named) => [...new Set(named)])
  .meta({ description: 'Names of events, or `*` for all of them.', example: ['OrderShipped'] });

const url = z
  // An invalid URL aborts the checks that follow, which parse it.
  .url({ protocol: /^https?$/, error: 'an https URL', abort: true })
  .max(2000)
  .refine((address) => {
    const { username, password } = new URL(address);
    return username === '' && password === '';
  }, 'a URL without a user name; deliveries are signed')
  .meta({
    description: 'URL that events are posted to. Public https URLs only, except on a developer’s machine.',
  });

/** `whsec_` and the base64 of 24 to 64 bytes (Standard Webhooks, "Secret format"). */
const secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'whsec_ and base64')
  .refine((given) => {
    // Four characters of base64 are three bytes; the console runs this too and has no Buffer.
    const bytes = Math.floor(((given.slice('whsec_'.length).split('=', 1)[0]?.length ?? 0) * 3) / 4);
    return bytes >= 24 && bytes <= 64;
  }, '24 to 64 bytes in base64')
  .meta({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });

const description = text(200);

/** POST /v1/subscriptions */
export const SubscriptionRequest = z
  .strictObject({ url, types, secret: secret.optional(), description: description.optional() })
  .meta({ id: 'SubscriptionRequest' });

/** PATCH /v1/subscriptions/{subscriptionId} */
export const SubscriptionChange = z
  .strictObject({
    url: url.optional(),
    types: types.optional(),
    description: description.optional(),
    status: z.enum(['ACTIVE', 'DISABLED']).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'at least one field to change')
  .meta({ id: 'SubscriptionChange' });
export type SubscriptionChange = z.infer<typeof SubscriptionChange>;

/** POST /v1/subscriptions/{subscriptionId}/secret */
export const SecretRequest = z
  .strictObject({ secret: secret.optional() })
  .meta({ id: 'SubscriptionSecretRequest' });

/** GET /v1/subscriptions/{subscriptionId}/deliveries */
export const DeliveriesQuery = z.strictObject(pageOf(100, 50));

/** A webhook subscription. */
export const Subscription = z
  .object({
    subscriptionId: z.string(),
    url: z.string(),
    types: z.array(z.string()),
    description: z.string().optional(),
    status: z.enum(['ACTIVE', 'DISABLED']),
    note: z.string().optional().meta({ description: 'Why it was disabled.' }),
    failingSince: instant.optional().meta({ description: 'Start of the current series of failed attempts.' }),
    createdAt: instant,
    createdBy: z.string(),
    updatedAt: instant,
  })
  .meta({ id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;

/** The response to a new subscription: the only one that shows the secret. */
export const NewSubscription = Subscription.extend({
  secret: z.string().meta({ description: 'Verifies deliveries; shown only once.' }),
}).meta({ id: 'NewSubscription' });

/** A rotated secret. */
export const NewSecret = z
  .object({
    secret: z.string().meta({ description: 'Shown only once.' }),
    previousValidUntil: instant.meta({ description: 'Until then deliveries carry the signatures of both.' }),
  })
  .meta({ id: 'NewSubscriptionSecret' });

/** One attempt of a delivery. */
export const DeliveryAttempt = z.object({
  at: instant,
  httpStatus: z.int().optional(),
  error: z.string().optional().meta({ description: 'Why there was no response.' }),
  milliseconds: z.int(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

/** The delivery of one event to one subscriber. */
export const Delivery = z
  .object({
    deliveryId: z.string().meta({ description: 'The `webhook-id` header of the delivery.' }),
    eventId: z.string(),
    eventType: z.string(),
    orderId: z.string().optional(),
    status: z.enum(['PENDING', 'DELIVERED', 'FAILED', 'SKIPPED']),
    createdAt: instant,
    nextAttemptAt: instant.optional(),
    attempts: z.array(DeliveryAttempt).meta({ description: 'The last ten, oldest first.' }),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;
