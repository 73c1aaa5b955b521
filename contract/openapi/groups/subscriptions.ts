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
    summary: 'Has events posted to an address.',
    description:
      'Deliveries are signed as Standard Webhooks has it and tried for a day. The secret is told in this answer alone, and to a repeat of the request under its key.',
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
    summary: 'Changes a subscription, or switches it off and on.',
    body: SubscriptionChange,
    example: { status: 'ACTIVE' },
    answers: { 200: { description: 'Changed.', schema: Subscription } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'DELETE /v1/subscriptions/{subscriptionId}': {
    id: 'unsubscribe',
    summary: 'Ends a subscription.',
    answers: { 204: { description: 'Ended; what was on its way is dropped.' } },
    problems: ['not_found'],
  },
  'POST /v1/subscriptions/{subscriptionId}/secret': {
    id: 'exchangeSubscriptionSecret',
    summary: 'Puts another secret in place.',
    description: 'For a day deliveries carry the signatures of both.',
    body: SecretRequest,
    bodyIsOptional: true,
    answers: { 201: { description: 'The new secret.', schema: NewSecret } },
    problems: [...BODY_PROBLEMS, 'not_found'],
  },
  'GET /v1/subscriptions/{subscriptionId}/deliveries': read(
    'listDeliveries',
    'Lists what was, and is to be, delivered to a subscriber, newest first; kept for thirty days.',
    listOf(Delivery),
    { query: DeliveriesQuery, problems: ['not_found', 'invalid_cursor'] },
  ),
  'POST /v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/redeliver': {
    id: 'redeliver',
    summary: 'Delivers an event once more, under the same webhook-id.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: { 202: { description: 'It is on its way.', schema: Delivery } },
    problems: [...BODY_PROBLEMS, 'not_found', 'subscription_disabled'],
  },
};
