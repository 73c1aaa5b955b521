import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { METRICS } from '../../contract/metrics.ts';
import { attemptQueue, readAttempt } from '../adapters/attempt-queue.ts';
import { deliveryLog } from '../adapters/dynamodb/delivery-log.ts';
import { subscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { guardedFetch } from '../adapters/guarded-fetch.ts';
import { unseal } from '../adapters/sealed-text.ts';
import { secretReader } from '../adapters/secrets.ts';
import { webhookHeaders } from '../adapters/standard-webhooks.ts';
import { type DeliveryDependencies, deliver } from '../events/subscriptions/deliver.ts';
import { logFailure } from '../middleware/log-failure.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, createTable, environment, metrics, optional } from '../wiring.ts';

/** Milliseconds that a subscriber has to answer in; one that takes longer takes the work into a queue of its own. */
const DEADLINE = 10_000;

const table = createTable();
const logger = createLogger();
const fetch = guardedFetch({ allowPrivate: optional('ALLOW_PRIVATE_ADDRESSES') === 'true' });
const readSeal = secretReader(environment('SEAL_SECRET_ID'));

const dependencies: DeliveryDependencies = {
  subscriptions: subscriptionStore(table),
  deliveries: deliveryLog(table),
  schedule: attemptQueue(environment('QUEUE_URL')),
  now: Date.now,
  random: Math.random,
  async post({ subscription, sealedSecret, previous }, { delivery, payload }) {
    const now = new Date();
    const sealed = [sealedSecret];
    if (previous !== undefined && previous.until > now.toISOString()) sealed.push(previous.sealedSecret);
    const seal = await readSeal();
    const secrets = await Promise.all(sealed.map((each) => unseal(each, seal)));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'order-loop',
      ...webhookHeaders(delivery.deliveryId, now, payload, secrets),
    };
    try {
      const signal = AbortSignal.timeout(DEADLINE);
      const { status } = await fetch(subscription.url, { method: 'POST', headers, body: payload, signal });
      return { httpStatus: status };
    } catch (error) {
      return { error: reasonOf(error as Error) };
    }
  },
  onSwitchedOff({ subscriptionId, note }) {
    metrics.addMetric(METRICS.switchedOffSubscriptions, MetricUnit.Count, 1);
    logger.error('a subscription was switched off; see to its receiver and switch it on again', {
      subscriptionId,
      note,
    });
  },
};

/** Posts events to those who subscribed; what is not taken is tried again for a day. */
export const handler = observed<SQSEvent, SQSBatchResponse>(logger, async ({ Records }) => {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { body, messageId, attributes } of Records) {
    try {
      await deliver(dependencies, readAttempt(body));
    } catch (error) {
      metrics.addMetric(METRICS.failedMessages, MetricUnit.Count, 1);
      logFailure(logger, error as Error, messageId, Number(attributes.ApproximateReceiveCount));
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
});

/** In our own words: the subscriber must not learn what a name resolves to or where a redirect leads. */
function reasonOf({ name, code }: Error & { readonly code?: string }): string {
  if (name === 'TimeoutError') return `no answer within ${DEADLINE / 1000} seconds`;
  return code ?? 'not connected';
}
