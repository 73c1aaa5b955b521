import { createHash } from 'node:crypto';
import type { ConnectionOf } from '../../../contract/connections.ts';
import { hexSignature } from '../../adapters/hex-signature.ts';
import { Problem } from '../../middleware/http.ts';
import { Busy } from '../../write-failures.ts';
import type { Channel, ChannelContext, MessageOutcome, Sender } from '../channel.ts';
import { hasHexSignature } from '../core/hex-signature.ts';
import type { MailboxFiles } from '../core/mailbox.ts';
import { collectFiles, leaveDocument, type MailboxSettings } from './client/mailbox.ts';
import { EDI, ediIdentity } from './descriptor.ts';
import { declineSet } from './inbound/decline-set.ts';
import { continueHeldOrders, unknownItems } from './inbound/held-orders.ts';
import { type EdiDependencies, processInterchanges } from './inbound/process-interchange.ts';
import { retryPart } from './inbound/retry-part.ts';
import type { Deliver } from './outbound/common.ts';
import { partnerNotifier } from './outbound/notify-partner.ts';
import { warehouseNotifier } from './outbound/notify-warehouse.ts';
import { sendStockAdvice } from './outbound/stock-advice.ts';
import { X12_MEDIA_TYPE } from './webhook.ts';
import { type InterchangeHeader, readSender } from './x12/index.ts';

/** Milliseconds that a partner gets to take a document. */
const DEADLINE = 8_000;

/** How it is proven who left a file in a mailbox. */
const MAILBOX_PROOF = 'SFTP';

const { webhook } = EDI;

/** Trading partners, each a connection of its own. */
export function ediChannel(context: ChannelContext): Channel {
  const { ports, messages, connections, documents, dispatches, numbers, takeSerials } = context;
  const { logger, fetch } = context;
  const held = { ports, queries: context.queries, masters: context.masters, log: messages };
  const findPartner = (header: Pick<InterchangeHeader, 'senderQualifier' | 'senderId'>) =>
    connections.find('EDI', ediIdentity(header.senderQualifier, header.senderId));
  /**
   * Knows only partners that the sender may speak for: the one that it is, and those with the same secret or login. One
   * must not speak for another in an envelope further on, whenever the body is processed.
   */
  const provenBy = ({ connectionId, proof }: Sender): EdiDependencies => ({
    ...{ ports, log: messages, numbers, documents, masters: context.masters, invoices: context.invoices },
    async findPartner(header) {
      const partner = await findPartner(header);
      if (partner === null) return null;
      // Several partners may have one mailbox, as with a network; a login proves those that are reached by it.
      const { secretName = null, sftp } = partner.settings;
      const ownSecret = proof.method === MAILBOX_PROOF ? sftp?.secretName : secretName;
      return partner.connectionId === connectionId || ownSecret === proof.secretName ? partner : null;
    },
  });
  const post = async (partner: ConnectionOf<'EDI'>, address: string, body: string) => {
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
  };
  /** Opens the partner's mailbox for as long as something is done with it. */
  const inMailbox = async <Result>(
    settings: MailboxSettings,
    deadline: number,
    use: (files: MailboxFiles) => Promise<Result>,
  ) => {
    const { openMailbox } = context;
    if (openMailbox === undefined) throw new Error('this function opens no mailboxes');
    const credential = await context.readLogin(settings.secretName);
    return openMailbox({ ...settings, credential }, deadline, use);
  };
  const deliver: Deliver = async (partner, name, body) => {
    const { deliverTo, sftp } = partner.settings;
    if (deliverTo !== undefined) await post(partner, deliverTo, body);
    else if (sftp !== undefined)
      await inMailbox(sftp, Date.now() + DEADLINE, (files) => leaveDocument(files, sftp, name, body));
  };
  return {
    inbound: {
      webhook,
      endpoint: webhook.path,
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
        const proof = { method: webhook.signatureHeader, secretName: secretName ?? null };
        return { connectionId: partner?.connectionId ?? null, source, proof };
      },
      identify: ({ rawBody }) => ({
        key: createHash('sha256').update(rawBody).digest('base64url'),
        topic: 'X12',
      }),
      answersRepeats: true,
      async process(message): Promise<MessageOutcome> {
        const { place, sender } = message;
        const dependencies = provenBy(sender);
        if (place !== undefined) {
          const part = await retryPart(dependencies, message, place);
          if (part.kind === 'quarantined')
            return { kind: 'quarantined', reason: part.reason, orderIds: part.about };
          const { orderIds, kind: detail } = part;
          // A set is settled where it is processed, an interchange when its sets are.
          return { kind: 'processed', orderIds, detail, isLogged: place.length > 1 };
        }
        const read = await processInterchanges(dependencies, message);
        const { orderIds, answers, quarantined, unreadable } = read;
        logger.info('interchanges processed', { orderIds, setsQuarantined: quarantined });
        const reply = answers.length === 0 ? undefined : answers.join('');
        if (unreadable !== null) {
          return { kind: 'quarantined', reason: `no interchange could be read: ${unreadable}`, reply };
        }
        return { kind: 'processed', orderIds, detail: 'answered', reply };
      },
      decline: (message) =>
        declineSet(
          {
            ports,
            numbers,
            documents,
            dispatches,
            deliver,
            findPartner: provenBy(message.sender).findPartner,
          },
          message,
        ),
      answer(outcome) {
        const reply = 'reply' in outcome ? outcome.reply : undefined;
        if (outcome.kind === 'quarantined' && reply === undefined) {
          throw new Problem('unreadable_interchange', outcome.reason);
        }
        // No answer where there were only answers to documents of ours, which are never answered.
        return { status: 200, headers: { 'content-type': X12_MEDIA_TYPE }, body: reply ?? '' };
      },
    },
    heldForCodes: {
      unknownItems: async (connection) => (connection.kind === 'EDI' ? unknownItems(held, connection) : []),
      retry: async (connection, origin, until) =>
        connection.kind === 'EDI' ? continueHeldOrders(held, connection, origin, until) : [],
    },
    async adviseStock(connection, until) {
      if (connection.kind !== 'EDI') return 0;
      const { masters, stockAdvices: advices } = context;
      return sendStockAdvice(
        { ports, numbers, documents, dispatches, masters, advices, deliver, logger: context.logger },
        connection,
        until,
      );
    },
    async collect(connection, take, until) {
      if (connection.kind !== 'EDI') return null;
      const { connectionId, settings } = connection;
      const { sftp, isaQualifier, isaId } = settings;
      if (sftp === undefined) return null;
      const claim = `mailbox ${sftp.host} ${sftp.port} ${sftp.username} ${sftp.inboundDirectory}`;
      if ((await dispatches.begin(claim)) !== 'notify') return null;
      const sender: Sender = {
        connectionId,
        source: ediIdentity(isaQualifier, isaId),
        proof: { method: MAILBOX_PROOF, secretName: sftp.secretName },
      };
      try {
        return await inMailbox(sftp, until + DEADLINE, (files) =>
          collectFiles(files, sftp, (body) => take(sender, body), until),
        );
      } finally {
        await dispatches.giveUp(claim);
      }
    },
    notifyWarehouse: warehouseNotifier({
      ...{ ports, deliveries: dispatches, numbers, documents, deliver },
      connections: () => connections.list(),
    }),
    notify: partnerNotifier({
      ...{ ports, deliveries: dispatches, numbers, takeSerials, documents },
      findPartner: (source) => connections.find('EDI', source),
      deliver,
    }),
  };
}
