import { CarrierMessage } from '../../contract/carrier-message.ts';
import { secretReader } from '../adapters/secrets.ts';
import { processTrackingUpdate } from '../carriers/process-tracking-update.ts';
import { hasHexSignature } from '../channels/core/hex-signature.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable, environment } from '../wiring.ts';

const ports = createPorts(createTable(), { receivesOrders: false });
const readSecret = secretReader(environment('WEBHOOK_SECRET_ID'));
const logger = createLogger();

/** POST /webhooks/carrier */
export const handler = httpFunction({
  logger,
  parsesJson: false,
  routes: { 'POST /webhooks/carrier': receiveWebhook },
});

async function receiveWebhook(request: HttpRequest): Promise<HttpAnswer> {
  const { current, previous } = await readSecret();
  if (!hasHexSignature(request.rawBody, request.headers['x-carrier-signature'], [current, previous])) {
    logger.warn('webhook refused', { channel: 'CARRIER' });
    throw new Problem('unauthorized', 'the signature is missing or wrong');
  }
  const body = request.rawBody;
  const parsed = CarrierMessage.safeParse(parsedJson(body.toString('utf8')));
  if (!parsed.success) {
    const receipt = { channel: 'CARRIER', id: `unread ${request.origin.correlationId}` };
    const reason = parsed.error.issues[0]?.message ?? 'not understood';
    await ports.receipts.quarantine(receipt, { topic: 'unread', reason, body });
    return { status: 202, body: { status: 'kept aside', reason } };
  }
  const receipt = { channel: 'CARRIER', id: parsed.data.eventId };
  if (await ports.receipts.isKnown(receipt)) return { status: 200, body: { status: 'repeat' } };
  const origin = { ...request.origin, actor: { type: 'channel' as const, id: 'carrier' } };
  const taken = await processTrackingUpdate(ports, parsed.data, receipt, body, origin);
  if (taken.kind === 'quarantined')
    return { status: 202, body: { status: 'kept aside', reason: taken.reason } };
  return { status: 200, body: { status: 'ok', orderIds: taken.orderIds } };
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
