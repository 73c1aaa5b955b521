import { createHash } from 'node:crypto';
import type { ConnectionOf } from '../../../contract/connections.ts';
import { hexSignature } from '../../adapters/hex-signature.ts';
import { Problem } from '../../middleware/http.ts';
import { Busy } from '../../orders/ports.ts';
import type { Channel, ChannelContext, MessageOutcome, Proof } from '../channel.ts';
import { hasHexSignature } from '../core/hex-signature.ts';
import { EDI, ediIdentity, X12_MEDIA_TYPE } from './descriptor.ts';
import { type EdiDependencies, processInterchanges } from './inbound/process-interchange.ts';
import { retrySet } from './inbound/retry-set.ts';
import { partnerNotifier } from './outbound/notify-partner.ts';
import { type InterchangeHeader, readSender } from './x12/index.ts';

/** Milliseconds that a partner gets to take a document. */
const DEADLINE = 8_000;

const { webhook } = EDI;

/** Trading partners, each a connection of its own. */
export function ediChannel(context: ChannelContext): Channel {
  const { ports, connections, documents, dispatches, numbers, takeSerials, logger, fetch } = context;
  const findPartner = (header: Pick<InterchangeHeader, 'senderQualifier' | 'senderId'>) =>
    connections.find('EDI', ediIdentity(header.senderQualifier, header.senderId));
  /** Knows only partners that sign with this secret: one must not speak for another in an envelope further on. */
  const provenBy = ({ secretName }: Proof): EdiDependencies => ({
    ...{ ports, numbers, documents },
    async findPartner(header) {
      const partner = await findPartner(header);
      return (partner?.settings.secretName ?? null) === secretName ? partner : null;
    },
  });
  return {
    inbound: {
      webhook,
      channel: 'EDI',
      async authenticate({ headers, rawBody }) {
        // Of the body only the first envelope is read before the signature is checked: it names the secret.
        const header = readSender(rawBody);
        const partner = header === null ? null : await findPartner(header);
        const secretName = partner?.settings.secretName;
        const { current, previous } = await context.readSecret(webhook, secretName);
        if (!hasHexSignature(rawBody, headers['x-edi-signature'], [current, previous])) {
          return { refused: 'signature' };
        }
        const source = header === null ? '' : ediIdentity(header.senderQualifier, header.senderId);
        const proof = { signature: webhook.signatureHeader, secretName: secretName ?? null };
        return { connectionId: partner?.connectionId ?? null, source, proof };
      },
      identify: ({ rawBody }) => ({
        key: createHash('sha256').update(rawBody).digest('base64url'),
        topic: 'X12',
      }),
      async process({ body, origin, deadline, place, sender }): Promise<MessageOutcome> {
        const dependencies = provenBy(sender.proof);
        if (place !== undefined) {
          const set = await retrySet(dependencies, { body, place, origin, deadline });
          if (set.kind === 'quarantined') return { kind: 'quarantined', reason: set.reason };
          return { kind: 'processed', orderIds: set.orderIds, detail: set.kind };
        }
        const read = await processInterchanges(dependencies, body, origin, deadline);
        const { orderIds, answers, quarantined, unreadable } = read;
        logger.info('interchanges processed', { orderIds, setsQuarantined: quarantined });
        if (answers.length === 0 && unreadable !== null) {
          return { kind: 'rejected', reason: `no interchange could be read: ${unreadable}` };
        }
        return { kind: 'processed', orderIds, detail: 'answered', reply: answers.join('') };
      },
      answer(outcome) {
        if (outcome.kind === 'rejected') throw new Problem('unreadable_interchange', outcome.reason);
        // No answer where there were only answers to documents of ours, which are never answered.
        const body = outcome.kind === 'processed' ? (outcome.reply ?? '') : '';
        return { status: 200, headers: { 'content-type': X12_MEDIA_TYPE }, body };
      },
    },
    notify: partnerNotifier({
      ...{ ports, deliveries: dispatches, numbers, takeSerials, documents },
      findPartner: (source) => connections.find('EDI', source),
      async deliver(partner: ConnectionOf<'EDI'>, address: string, body: string) {
        const { current } = await context.readSecret(webhook, partner.settings.secretName);
        const headers = { 'content-type': X12_MEDIA_TYPE, 'x-edi-signature': hexSignature(body, current) };
        const signal = AbortSignal.timeout(DEADLINE);
        const { connectionId } = partner;
        const { ok, status } = await fetch(address, { method: 'POST', body, headers, signal }).catch(
          (error: Error) => {
            throw new Busy(`${connectionId} could not be reached: ${error.name}`);
          },
        );
        if (!ok) throw new Busy(`${connectionId} answered ${status}`);
      },
    }),
  };
}
