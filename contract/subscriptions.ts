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
  // What is no address is looked at no further.
  .url({ protocol: /^https?$/, error: 'an https address', abort: true })
  .max(2000)
  .refine((address) => {
    const { username, password } = new URL(address);
    return username === '' && password === '';
  }, 'an address without a user name; deliveries are signed')
  .meta({
    description: 'Where events are posted to. Public https addresses only, but on a developer’s machine.',
  });

/** Base64 of 24 to 64 bytes behind its prefix (Standard Webhooks, "Secret format"). */
const secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'whsec_ and base64')
  .refine((given) => {
    // Four characters of base64 are three bytes; this is also read where there is no Buffer.
    const bytes = Math.floor((given.slice('whsec_'.length).replace(/=+$/, '').length * 3) / 4);
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
  .refine((change) => Object.keys(change).length > 0, 'something to change')
  .meta({ id: 'SubscriptionChange' });
export type SubscriptionChange = z.infer<typeof SubscriptionChange>;

/** POST /v1/subscriptions/{subscriptionId}/secret */
export const SecretRequest = z
  .strictObject({ secret: secret.optional() })
  .meta({ id: 'SubscriptionSecretRequest' });

/** GET /v1/subscriptions/{subscriptionId}/deliveries */
export const DeliveriesQuery = z.strictObject(pageOf(100, 50));

/** A wish to be told of events by HTTP. */
export const Subscription = z
  .object({
    subscriptionId: z.string(),
    url: z.string(),
    types: z.array(z.string()),
    description: z.string().optional(),
    status: z.enum(['ACTIVE', 'DISABLED']),
    note: z.string().optional().meta({ description: 'Why it was switched off.' }),
    failingSince: instant
      .optional()
      .meta({ description: 'Since when nothing has been delivered though it was tried.' }),
    createdAt: instant,
    createdBy: z.string(),
    updatedAt: instant,
  })
  .meta({ id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;

/** The answer to who subscribes: the one time that the secret is told. */
export const NewSubscription = Subscription.extend({
  secret: z.string().meta({ description: 'Verifies what is delivered; told this once.' }),
}).meta({ id: 'NewSubscription' });

/** A secret in place of another. */
export const NewSecret = z
  .object({
    secret: z.string().meta({ description: 'Told this once.' }),
    previousValidUntil: instant.meta({ description: 'Until then deliveries carry both signatures.' }),
  })
  .meta({ id: 'NewSubscriptionSecret' });

/** One try to deliver. */
export const DeliveryAttempt = z.object({
  at: instant,
  httpStatus: z.int().optional(),
  error: z.string().optional().meta({ description: 'Why there was no answer.' }),
  milliseconds: z.int(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

/** An event on its way to one subscriber. */
export const Delivery = z
  .object({
    deliveryId: z.string().meta({ description: 'The `webhook-id` that the subscriber gets.' }),
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
