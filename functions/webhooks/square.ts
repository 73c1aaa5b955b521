import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { guardedFetch } from '../adapters/guarded-fetch.ts';
import { readConnectionSecret } from '../adapters/secrets.ts';
import { type Delivery, quarantine } from '../channels/core/process-message.ts';
import type { SquareAccount } from '../channels/core/shops.ts';
import { squareAccount } from '../channels/square/client/square-account.ts';
import { readEnvelope, readJson, readMessage } from '../channels/square/inbound/message.ts';
import { processMessage } from '../channels/square/inbound/process-message.ts';
import { isSignedBySquare } from '../channels/square/inbound/signature.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable, environment, optional } from '../wiring.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: true });
const connections = connectionStore(table);
const logger = createLogger();
const ownSecret = environment('WEBHOOK_SECRET_ID');
const ownUrl = optional('SQUARE_NOTIFICATION_URL') ?? `${environment('API_BASE_URL')}/webhooks/square`;

const fetch = guardedFetch({ allowPrivate: optional('ALLOW_PRIVATE_ADDRESSES') === 'true' });

/** Square wants an answer within ten seconds, and is asked for the order and for its items. */
const DEADLINE = { inAll: 4_000, forOne: 2_500 };

/** POST /webhooks/square */
export const handler = httpFunction({
  logger,
  parsesJson: false,
  routes: { 'POST /webhooks/square': receiveWebhook },
});

interface Sender {
  readonly merchant: string;
  readonly type: string;
  readonly eventId: string;
  readonly account: SquareAccount;
}

async function receiveWebhook(request: HttpRequest): Promise<HttpAnswer> {
  const body = request.rawBody;
  const json = readJson(body);
  const { merchant, type, eventId, account } = await authenticated(request, json);
  const receipt = { channel: 'SQUARE', id: `${merchant} event ${eventId}` };
  if (await ports.receipts.isKnown(receipt)) return { status: 200, body: { status: 'repeat' } };
  const origin = { ...request.origin, actor: { type: 'channel' as const, id: merchant } };
  const delivery: Delivery = {
    channel: 'SQUARE',
    source: merchant,
    topic: type,
    origin,
    receipts: [receipt],
    body,
  };
  const read = readMessage(type, json);
  const taken =
    'problem' in read
      ? await quarantine(ports, delivery, read.problem.detail)
      : await processMessage({ ports, logger, account, merchant }, delivery, read.message);
  if (taken.kind === 'quarantined') {
    return { status: 202, body: { status: 'kept aside', reason: taken.reason } };
  }
  return { status: 200, body: { status: 'ok', orderId: taken.orderId, detail: taken.detail } };
}

/** The signature is that of a merchant's subscription that we are connected to; told apart to nobody. */
async function authenticated(request: HttpRequest, json: unknown): Promise<Sender> {
  const envelope = readEnvelope(json);
  const found = envelope === null ? null : await connections.find('SQUARE', envelope.merchantId);
  const connection = found?.kind === 'SQUARE' ? found : null;
  const { notificationUrl, secretName, apiBaseUrl } = connection?.settings ?? {};
  const secret = await readConnectionSecret(secretName ?? ownSecret);
  const signed = isSignedBySquare({
    rawBody: request.rawBody,
    signature: request.headers['x-square-hmacsha256-signature'],
    notificationUrl: notificationUrl ?? ownUrl,
    keys: [secret.current, secret.previous],
  });
  if (!signed || envelope === null || connection === null) {
    logger.warn('webhook refused', { channel: 'SQUARE', signed });
    throw new Problem('unauthorized', 'the signature is missing or wrong, or the merchant is not connected');
  }
  const { accessToken } = secret;
  const { merchantId: merchant, type, eventId } = envelope;
  return {
    merchant,
    type,
    eventId,
    account: squareAccount({ accessToken, apiBaseUrl, deadlines: DEADLINE, fetch }),
  };
}
