import type { Order } from '../../../../domain/order/order.ts';
import type { Ports } from '../../../orders/ports.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import { type DispatchLog, notifyOnce } from '../../core/dispatch-log.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import { identityOfSource } from '../descriptor.ts';
import { inWritableSeparators } from '../x12/index.ts';
import { acknowledgeBy, type Partner } from './common.ts';
import { type Outgoing, type OutgoingDependencies, outgoingFor } from './outgoing.ts';
import { type Shares, sharesOf } from './whole-order.ts';

/** What telling a trading partner needs from outside. */
export interface PartnerDependencies extends Pick<OutgoingDependencies, 'takeSerials'> {
  readonly ports: Pick<Ports, 'now' | 'orders'>;
  readonly deliveries: DispatchLog;
  readonly numbers: ControlNumbers;
  readonly documents: DocumentStore;
  /** @returns the partner whose orders carry this source, or null when we trade no more */
  findPartner(source: string): Promise<Partner | null>;
  /**
   * Posts a document to the partner's address.
   *
   * @throws Error when the partner did not take it
   */
  deliver(partner: Partner, address: string, content: string): Promise<void>;
}

/**
 * Notifies trading partners of what became of their orders: an 855 for each purchase order when stock has been reserved for
 * every line, an 865 for each change, an 856 for each shipment, an 810 for each invoice and, where it was agreed, each
 * credit note. A document gets its number and is
 * kept before it is sent; when sending fails it is sent again as it is, and what has to come after it waits.
 */
export function partnerNotifier(dependencies: PartnerDependencies): Notifier {
  return async (event, order) => {
    const source = identityOfSource(order.source ?? '');
    const partner = await dependencies.findPartner(source);
    if (partner === null) return;
    const isMade = async (documentId: string) =>
      (await dependencies.numbers.find(source, documentId)) !== null;
    const isSent = async (documentId: string) => {
      const document = await dependencies.documents.get(order.orderId, documentId);
      return document !== null && document.status !== 'WAITING';
    };
    const shares = await sharesOf(dependencies.ports, order);
    const wanted = await outgoingFor({ ...dependencies, isMade, isSent }, event, order, partner, shares);
    for (const each of wanted) {
      const about = each.isOfAll === true && shares !== null ? shares : ([order] as const);
      if (await isSaid(dependencies, order, about, each)) continue;
      const content = await keep(dependencies, about, each);
      await send(dependencies, about, partner, each.documentId, content);
    }
  };
}

/** Whether a document that was made of the order as it has been since says it already. */
async function isSaid(
  { numbers }: PartnerDependencies,
  order: Order,
  about: Shares,
  { unless }: Outgoing,
): Promise<boolean> {
  if (unless === undefined) return false;
  const made = await numbers.find(identityOfSource(order.source ?? ''), unless.documentId);
  const sequence = made?.fingerprint.split(' ')[about.indexOf(order)];
  return sequence !== undefined && Number(sequence) >= unless.madeSince;
}

/** Gives the document its number and keeps it with every order that it is about, once; a repeat gets what was kept. */
async function keep(
  { ports, numbers, documents }: PartnerDependencies,
  about: Shares,
  { kind, documentId, prepare }: Outgoing,
): Promise<string> {
  const [{ source: given = '', orderId, isTest = false }] = about;
  const source = identityOfSource(given);
  const earlier = await numbers.find(source, documentId);
  const { content } = earlier ?? (await numbered());
  for (const each of about)
    await documents.save(each.orderId, {
      documentId,
      kind,
      createdAt: ports.now(),
      mediaType: 'application/edi-x12',
      status: 'WAITING',
      content,
    });
  return content;

  async function numbered() {
    const write = await prepare();
    const now = ports.now();
    // Says of which moment of each order the document speaks.
    const fingerprint = about.map(({ sequence }) => sequence).join(' ');
    return numbers.issue(source, { name: documentId, fingerprint, orderId }, (controlNumber) =>
      inWritableSeparators((separators) => write({ now, controlNumber, separators, isTest })),
    );
  }
}

/**
 * Sends a document, unless it arrived before; without an address it waits among the order's documents.
 *
 * @throws Busy when it is just being sent: what comes after it has to wait
 */
async function send(
  { ports, deliveries, documents, deliver }: PartnerDependencies,
  about: Shares,
  partner: Partner,
  documentId: string,
  content: string,
): Promise<void> {
  const address = partner.settings.deliverTo;
  if (address === undefined) return;
  await notifyOnce(deliveries, `EDI ${about[0].orderId} ${documentId}`, async () => {
    await deliver(partner, address, content);
    const sentAt = ports.now();
    for (const [index, { orderId }] of about.entries()) {
      // It is one document, however many orders it is about.
      const by = index === 0 && !about[0].isTest ? acknowledgeBy(partner, sentAt) : undefined;
      await documents.noteSent(orderId, documentId, sentAt, by);
    }
  });
}
