import { createHash } from 'node:crypto';
import { ediIdentity } from '../../contract/connections.ts';
import { connectionStore } from '../adapters/dynamodb/connection-store.ts';
import { controlNumbers } from '../adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../adapters/dynamodb/document-store.ts';
import { readConnectionSecret } from '../adapters/secrets.ts';
import { hasHexSignature } from '../channels/core/hex-signature.ts';
import { type EdiDependencies, processInterchanges } from '../channels/edi/inbound/process-interchange.ts';
import { readSender } from '../channels/edi/x12/index.ts';
import { type HttpAnswer, type HttpRequest, Problem } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable, environment, pause } from '../wiring.ts';

const table = createTable();
const connections = connectionStore(table);
const parts: EdiDependencies = {
  ports: createPorts(table, { receivesOrders: true }),
  numbers: controlNumbers(table, pause),
  documents: documentStore(table),
  async findPartner({ senderQualifier, senderId }) {
    const found = await connections.find('EDI', ediIdentity(senderQualifier, senderId));
    return found?.kind === 'EDI' ? found : null;
  },
};
const ownSecret = environment('WEBHOOK_SECRET_ID');
const logger = createLogger();

/** X12 in the answer's body, as in the request's. */
const MEDIA_TYPE = 'application/edi-x12';

/** POST /webhooks/edi */
export const handler = httpFunction({
  logger,
  parsesJson: false,
  routes: { 'POST /webhooks/edi': receiveWebhook },
});

async function receiveWebhook(request: HttpRequest): Promise<HttpAnswer> {
  const secretName = await secretNameOf(request.rawBody);
  const { current, previous } = await readConnectionSecret(secretName ?? ownSecret);
  if (!hasHexSignature(request.rawBody, request.headers['x-edi-signature'], [current, previous])) {
    logger.warn('webhook refused', { channel: 'EDI' });
    throw new Problem('unauthorized', 'the signature is missing or wrong');
  }
  const taken = await processInterchanges(
    signedBy(secretName),
    request.rawBody,
    request.origin,
    request.deadline,
  );
  logger.info('interchanges taken in', { orderIds: taken.orderIds, setsQuarantined: taken.quarantined });
  if (taken.answers.length > 0) {
    return { status: 200, headers: { 'content-type': MEDIA_TYPE }, body: taken.answers.join('') };
  }
  if (taken.unreadable === null) {
    // Nothing but answers to documents of ours, which are never answered.
    return { status: 200, headers: { 'content-type': MEDIA_TYPE }, body: '' };
  }
  const digest = createHash('sha256').update(request.rawBody).digest('base64url');
  await parts.ports.receipts.quarantine(
    { channel: 'EDI', id: `unreadable ${digest}` },
    { topic: 'unreadable', reason: taken.unreadable, body: request.rawBody },
  );
  throw new Problem('unreadable_interchange', `no interchange could be read: ${taken.unreadable}`);
}

/** The secret of the partner that the first envelope names; nothing else of the body is looked at before it is signed. */
async function secretNameOf(body: Buffer): Promise<string | undefined> {
  const header = readSender(body);
  const partner = header === null ? null : await parts.findPartner(header);
  return partner?.settings.secretName;
}

/** Knows only partners that sign with this secret: one must not speak for another in an envelope further on. */
function signedBy(secretName: string | undefined): EdiDependencies {
  return {
    ...parts,
    async findPartner(header) {
      const partner = await parts.findPartner(header);
      return partner?.settings.secretName === secretName ? partner : null;
    },
  };
}
