import type { Order } from '../../../../domain/order/order.ts';
import type { Ports } from '../../../orders/ports.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import { type DispatchLog, notifyOnce } from '../../core/dispatch-log.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import { identityOfSource } from '../descriptor.ts';
import { X12_MEDIA_TYPE } from '../webhook.ts';
import { acknowledgeBy, type Deliver, isReachable, type Partner } from './common.ts';
import { keepDocument } from './keep-document.ts';
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
  readonly deliver: Deliver;
}

/**
 * Notifies trading partners of what became of their orders: an 855 for each purchase order when stock has been reserved for
 * every line, an 865 for each change, an 856 for each shipment, an 810 for each invoice and, where it was agreed, each
 * credit note. A document gets its number and is
 * kept before it is sent; when sending fails it is sent again as it is, and what has to come after it waits. One that
 * breaks the partner's rules is blocked, and what has to come after it is, too.
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
      return document !== null && document.status !== 'WAITING' && document.status !== 'BLOCKED';
    };
    const isBlocked = async (documentId: string) =>
      (await dependencies.documents.get(order.orderId, documentId))?.status === 'BLOCKED';
    const shares = await sharesOf(dependencies.ports, order);
    const wanted = await outgoingFor(
      { ...dependencies, isMade, isSent, isBlocked },
      event,
      order,
      partner,
      shares,
    );
    let blocked: string | undefined;
    for (const each of wanted) {
      const about = each.isOfAll === true && shares !== null ? shares : ([order] as const);
      if (await isSaid(dependencies, order, about, each)) {
        for (const { orderId } of about) await dependencies.documents.removeBlocked(orderId, each.documentId);
        continue;
      }
      const before = blocked ?? each.follows;
      if (before !== undefined) {
        await keepBehind(dependencies, about, each, before);
        continue;
      }
      const [{ orderId, isTest = false }, ...rest] = about;
      const { kind, documentId } = each;
      const kept = await keepDocument(dependencies, partner, {
        ...{ kind, documentId, isTest, owners: [orderId, ...rest.map((share) => share.orderId)] },
        fingerprint: about.map(({ sequence }) => sequence).join(' '),
        prepare: () => each.prepare(),
      });
      if ('content' in kept) await send(dependencies, about, partner, documentId, kept.content);
      else blocked = documentId;
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

/** Documents that would follow one that is blocked are blocked as well: a partner gets them in order or not at all. */
async function keepBehind(
  { ports, documents }: PartnerDependencies,
  about: Shares,
  { kind, documentId }: Outgoing,
  blocked: string,
): Promise<void> {
  for (const { orderId } of about)
    await documents.save(orderId, {
      ...{ documentId, kind, createdAt: ports.now(), mediaType: X12_MEDIA_TYPE, content: '' },
      ...{ status: 'BLOCKED', objections: [`it follows ${blocked}, which is blocked`] },
    });
}

/**
 * Sends a document, unless it arrived before; where the partner cannot be reached at all it waits among the order's documents.
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
  if (!isReachable(partner)) return;
  await notifyOnce(deliveries, `EDI ${about[0].orderId} ${documentId}`, async () => {
    await deliver(partner, documentId, content);
    const sentAt = ports.now();
    for (const [index, { orderId }] of about.entries()) {
      // It is one document, however many orders it is about.
      const by = index === 0 && !about[0].isTest ? acknowledgeBy(partner, sentAt) : undefined;
      await documents.noteSent(orderId, documentId, sentAt, by);
    }
  });
}
