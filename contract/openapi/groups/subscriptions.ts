import { EmptyRequest } from '../../requests.ts';
import { listOf } from '../../responses.ts';
import {
  DeliveriesQuery,
  Delivery,
  NewSecret,
  NewSubscription,
  SecretRequest,
  Subscription,
  SubscriptionChange,
  SubscriptionRequest,
} from '../../subscriptions.ts';
import { BODY_PROBLEMS, IDEMPOTENT, type Operations, read } from '../types.ts';

export const SUBSCRIPTION_OPERATIONS: Operations = {
  'POST /v1/subscriptions': {
    id: 'subscribe',
    summary: 'Subscribes a URL to events.',
    description:
      'Deliveries are signed as in Standard Webhooks and retried for a day. Only this response contains the secret, and a repeat of the request under its key.',
    body: SubscriptionRequest,
    example: { url: 'https://example.com/order-events', types: ['OrderShipped', 'OrderDelivered'] },
    answers: { 201: { description: 'Subscribed.', schema: NewSubscription } },
    headers: IDEMPOTENT,
    problems: [...BODY_PROBLEMS, 'idempotency_conflict'],
  },
  'GET /v1/subscriptions': read('listSubscriptions', 'Lists subscriptions.', listOf(Subscription)),
  'GET /v1/subscriptions/{subscriptionId}': read('readSubscription', 'Reads a subscription.', Subscription, {
    problems: ['not_found'],
  }),
  'PATCH /v1/subscriptions/{subscriptionId}': {
    id: 'changeSubscription',
    summary: 'Changes, disables or enables a subscription.',
    body: SubscriptionChange,
    example: { status: 'ACTIVE' },
    answers: { 200: { description: 'Changed.', schema: Subscription } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'DELETE /v1/subscriptions/{subscriptionId}': {
    id: 'unsubscribe',
    summary: 'Deletes a subscription.',
    answers: { 204: { description: 'Deleted; pending deliveries are dropped.' } },
    problems: ['not_found'],
  },
  'POST /v1/subscriptions/{subscriptionId}/secret': {
    id: 'exchangeSubscriptionSecret',
    summary: 'Rotates the secret of a subscription.',
    description: 'For a day deliveries carry the signatures of both.',
    body: SecretRequest,
    bodyIsOptional: true,
    answers: { 201: { description: 'The new secret.', schema: NewSecret } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/subscriptions/{subscriptionId}/deliveries': read(
    'listDeliveries',
    'Lists past and pending deliveries of a subscription, newest first; kept for thirty days.',
    listOf(Delivery),
    { query: DeliveriesQuery, problems: ['not_found', 'invalid_cursor'] },
  ),
  'POST /v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/redeliver': {
    id: 'redeliver',
    summary: 'Delivers an event again, under the same webhook-id.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 202: { description: 'The delivery is queued.', schema: Delivery } },
    problems: [...BODY_PROBLEMS, 'not_found', 'subscription_disabled'],
  },
};
