import { createHash } from 'node:crypto';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import {
  DeliveriesQuery,
  SecretRequest,
  type Subscription,
  SubscriptionChange,
  SubscriptionRequest,
} from '../../contract/subscriptions.ts';
import { attemptQueue } from '../adapters/attempt-queue.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { deliveryLog } from '../adapters/dynamodb/delivery-log.ts';
import { subscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { whyNotPublic } from '../adapters/public-address.ts';
import { seal, unseal } from '../adapters/sealed-text.ts';
import { secretReader } from '../adapters/secrets.ts';
import { newWebhookSecret } from '../adapters/standard-webhooks.ts';
import type { StoredSubscription, SubscriptionAudit } from '../events/subscriptions/subscriptions.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { type HttpAnswer, type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { fingerprintOf, idempotencyKey, keyConflict, REPLAYED } from '../middleware/idempotency.ts';
import { createLogger, createPorts, createTable, environment, optional } from '../wiring.ts';

/** How often a change is tried when another comes first. */
const ATTEMPTS = 5;
/** Milliseconds for which the secret before signs as well. */
const OVERLAP = 86_400_000;

const table = createTable();
const subscriptions = subscriptionStore(table);
const deliveries = deliveryLog(table);
const audit = auditTrail(table);
const schedule = attemptQueue(environment('TRIES_QUEUE_URL'));
const readSeal = secretReader(environment('SEAL_SECRET_ID'));
const allowPrivate = optional('ALLOW_PRIVATE_ADDRESSES') === 'true';
const ports = createPorts(table, { receivesOrders: false });

/** Events for those who take them by HTTP. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'POST /v1/subscriptions': async (request) => {
      const { secret = newWebhookSecret(), ...wanted } = valid(SubscriptionRequest, request.body);
      await refusePrivate(wanted.url);
      const now = ports.now();
      const key = idempotencyKey(request);
      const subscription: Subscription = {
        subscriptionId: key === undefined ? ports.newId() : idUnder(key, request),
        ...wanted,
        ...{ status: 'ACTIVE', createdAt: now, createdBy: request.origin.actor.id, updatedAt: now },
      };
      const fingerprint = fingerprintOf(request);
      const made = { subscription, sealedSecret: await sealed(secret), revision: 0, fingerprint };
      return (await subscriptions.save(made, { action: 'subscription.created', origin: request.origin }))
        ? subscribed(subscription, secret)
        : repeated(made);
    },
    'GET /v1/subscriptions': async (request) => {
      valid(EmptyQuery, request.query);
      const items = (await subscriptions.list()).map(({ subscription }) => subscription);
      return { status: 200, body: { items } };
    },
    'GET /v1/subscriptions/{subscriptionId}': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: (await known(request)).subscription };
    },
    'PATCH /v1/subscriptions/{subscriptionId}': async (request) => {
      const change = valid(SubscriptionChange, request.body);
      if (change.url !== undefined) await refusePrivate(change.url);
      const kept = await changed(request, 'subscription.changed', (before) => ({
        ...before,
        subscription: { ...switched(before.subscription, change), updatedAt: ports.now() },
      }));
      return { status: 200, body: kept.subscription };
    },
    'DELETE /v1/subscriptions/{subscriptionId}': async (request) => {
      if (!(await subscriptions.remove(idOf(request), request.origin))) throw unknown();
      return { status: 204 };
    },
    'POST /v1/subscriptions/{subscriptionId}/secret': async (request) => {
      const { secret = newWebhookSecret() } = valid(SecretRequest, request.body ?? {});
      const until = new Date(Date.parse(ports.now()) + OVERLAP).toISOString();
      const sealedSecret = await sealed(secret);
      await changed(request, 'subscription.secret-replaced', (before) => ({
        ...before,
        sealedSecret,
        previous: { sealedSecret: before.sealedSecret, until },
      }));
      return { status: 201, body: { secret, previousValidUntil: until } };
    },
    'GET /v1/subscriptions/{subscriptionId}/deliveries': async (request) => {
      const { limit, cursor } = valid(DeliveriesQuery, request.query);
      const { subscriptionId } = (await known(request)).subscription;
      const place = { list: 'deliveries', subscriptionId };
      const { items, next } = await deliveries.list(subscriptionId, limit, await decodeCursor(cursor, place));
      return {
        status: 200,
        body: { items, ...(next !== null && { nextCursor: await encodeCursor(next, place) }) },
      };
    },
    'POST /v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/redeliver': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const { subscriptionId, status } = (await known(request)).subscription;
      if (status !== 'ACTIVE') {
        throw new Problem('subscription_disabled', 'switch the subscription on before you deliver to it');
      }
      const deliveryId = parameter(request, 'deliveryId');
      const { origin } = request;
      await audit.record({
        action: 'subscription.redelivered',
        subject: `${subscriptionId} ${deliveryId}`,
        origin,
      });
      const delivery = /^[\w-]{1,100}$/.test(deliveryId)
        ? await deliveries.restart(subscriptionId, deliveryId)
        : null;
      if (delivery === null) throw new Problem('not_found', 'nothing of this id was to be delivered');
      await schedule({ subscriptionId, deliveryId, tries: 0, notBefore: Date.parse(ports.now()) });
      return { status: 202, body: delivery };
    },
  },
});

/**
 * A request under a key makes a subscription whose id comes from the key, so that a repeat finds the first one, and its
 * secret need not be kept a second time, unsealed, beside the answer.
 */
function idUnder(key: string, { caller }: HttpRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex')
    .slice(0, 26)
    .toUpperCase();
}

/** @throws Problem `idempotency_conflict` when the first request under the key was another one */
async function repeated({ subscription, fingerprint }: StoredSubscription): Promise<HttpAnswer> {
  const first = await subscriptions.get(subscription.subscriptionId);
  if (first === null) throw new Problem('busy', 'the subscription was removed meanwhile; send it again');
  if (first.fingerprint !== fingerprint) throw keyConflict();
  const answer = subscribed(first.subscription, await unseal(first.sealedSecret, await readSeal()));
  return { ...answer, headers: { ...answer.headers, ...REPLAYED } };
}

function subscribed(subscription: Subscription, secret: string): HttpAnswer {
  return {
    status: 201,
    headers: { location: `/v1/subscriptions/${subscription.subscriptionId}` },
    body: { ...subscription, secret },
  };
}

/** What was noted of its failures ends when a subscription is switched on, or leads elsewhere. */
function switched(before: Subscription, change: SubscriptionChange): Subscription {
  const { note, failingSince, ...healthy } = before;
  const isNew = change.status === 'ACTIVE' || change.url !== undefined;
  const { url = before.url, types = before.types, status = before.status } = change;
  const description = change.description ?? before.description;
  return {
    ...(isNew ? healthy : before),
    ...{ url, types, status },
    ...(description !== undefined && { description }),
  };
}

async function changed(
  request: HttpRequest,
  action: SubscriptionAudit['action'],
  change: (before: StoredSubscription) => StoredSubscription,
): Promise<StoredSubscription> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const next = change(await known(request));
    if (await subscriptions.save(next, { action, origin: request.origin })) return next;
  }
  throw new Problem('busy', 'the subscription is changed by many at once; send it again');
}

async function known(request: HttpRequest): Promise<StoredSubscription> {
  const kept = await subscriptions.get(idOf(request));
  if (kept === null) throw unknown();
  return kept;
}

/** @throws Problem `not_found` for text that is no subscription's id */
function idOf(request: HttpRequest): string {
  const subscriptionId = parameter(request, 'subscriptionId');
  if (!/^[0-9A-Z]{26}$/.test(subscriptionId)) throw unknown();
  return subscriptionId;
}

function unknown(): Problem {
  return new Problem('not_found', 'there is no subscription of this id');
}

async function sealed(secret: string): Promise<string> {
  return seal(secret, await readSeal());
}

async function refusePrivate(url: string): Promise<void> {
  const problem = allowPrivate ? null : await whyNotPublic(url);
  if (problem === null) return;
  throw new Problem('validation_failed', `url: ${problem}`, { errors: [{ path: 'url', message: problem }] });
}
