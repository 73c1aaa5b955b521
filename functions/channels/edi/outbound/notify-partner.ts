import type { Order } from '../../../../domain/order/order.ts';
import type { Ports } from '../../../orders/ports.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import { type DispatchLog, notifyOnce } from '../../core/dispatch-log.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import { inWritableSeparators } from '../x12/index.ts';
import type { Partner } from './common.ts';
import { type Outgoing, type OutgoingDependencies, outgoingFor } from './outgoing.ts';

/** What telling a trading partner needs from outside. */
export interface PartnerDependencies extends Pick<OutgoingDependencies, 'takeSerials'> {
  readonly ports: Pick<Ports, 'now'>;
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
 * Tells trading partners what became of their orders: an 855 when stock has been reserved for every line, an 856 for
 * each shipment, an 810 for each invoice and, where it was agreed, each credit note. A document gets its number and is
 * kept before it is sent; when sending fails it is sent again as it is, and what has to come after it waits.
 */
export function partnerNotifier(parts: PartnerDependencies): Notifier {
  return async (event, order) => {
    const source = order.source ?? '';
    const partner = await parts.findPartner(source);
    if (partner === null) return;
    const isMade = async (documentId: string) => (await parts.numbers.find(source, documentId)) !== null;
    const isSent = async (documentId: string) => {
      const document = await parts.documents.get(order.orderId, documentId);
      return document !== null && document.status !== 'WAITING';
    };
    const wanted = await outgoingFor({ ...parts, isMade, isSent }, event, order, partner);
    for (const each of wanted) {
      if (await isSaid(parts, source, each)) continue;
      const content = await keep(parts, order, each);
      await send(parts, order, partner, each.documentId, content);
    }
  };
}

/** Whether a document that was made of the order as it has been since says it already. */
async function isSaid(
  { numbers }: PartnerDependencies,
  source: string,
  { unless }: Outgoing,
): Promise<boolean> {
  if (unless === undefined) return false;
  const made = await numbers.find(source, unless.documentId);
  return made !== null && Number(made.fingerprint) >= unless.madeSince;
}

/** Gives the document its number and keeps it, once; a repeat gets what was kept. */
async function keep(
  { ports, numbers, documents }: PartnerDependencies,
  order: Order,
  { kind, documentId, prepare }: Outgoing,
): Promise<string> {
  const source = order.source ?? '';
  const earlier = await numbers.find(source, documentId);
  const { content } = earlier ?? (await numbered());
  await documents.save(order.orderId, {
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
    const { orderId } = order;
    // Tells of which moment of the order the document speaks.
    const fingerprint = String(order.sequence);
    return numbers.issue(source, { name: documentId, fingerprint, orderId }, (controlNumber) =>
      inWritableSeparators((separators) => write({ now, controlNumber, separators })),
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
  order: Order,
  partner: Partner,
  documentId: string,
  content: string,
): Promise<void> {
  const address = partner.settings.deliverTo;
  if (address === undefined) return;
  await notifyOnce(deliveries, `EDI ${order.orderId} ${documentId}`, async () => {
    await deliver(partner, address, content);
    await documents.noteSent(order.orderId, documentId, ports.now());
  });
}
