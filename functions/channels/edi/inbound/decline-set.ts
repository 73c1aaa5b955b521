import type { Ports } from '../../../orders/ports.ts';
import type { InboundMessage } from '../../channel.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import { type DispatchLog, notifyOnce } from '../../core/dispatch-log.ts';
import type { DocumentStore } from '../../core/documents.ts';
import { acknowledgeBy, type Deliver, envelopeOf, inSeparatorsOf, isReachable } from '../outbound/common.ts';
import { BlockedDocument, unlessBlocked } from '../outbound/keep-document.ts';
import {
  readInterchanges,
  readPurchaseOrder,
  readPurchaseOrderChange,
  type SetReport,
  validateInterchange,
  writePurchaseOrderAcknowledgment,
  writePurchaseOrderChangeAcknowledgment,
} from '../x12/index.ts';
import { digestOf, ordersMeantBy, ordersOfDocument } from './known-orders.ts';
import { type EdiDependencies, isAddressedTo, type Partner, senderOf } from './process-interchange.ts';
import type { Sender } from './translate-order.ts';

export interface DeclineDependencies {
  readonly ports: Pick<Ports, 'orders' | 'now'>;
  readonly numbers: ControlNumbers;
  readonly documents: DocumentStore;
  readonly dispatches: DispatchLog;
  readonly findPartner: EdiDependencies['findPartner'];
  readonly deliver: Deliver;
}

type Envelope = ReturnType<typeof envelopeOf>;

interface Refusal {
  readonly kind: '855' | '865';
  /** Orders that the refused change was about. */
  readonly orderIds: readonly string[];
  write(envelope: Envelope): string;
}

const REJECTED = 'RJ';

/**
 * Refuses to the partner what an operator dismisses: a purchase order by an 855, a change of one by an 865. Nothing is sent
 * about a set that asks for nothing, or that is only a second, different copy of an order that stands.
 *
 * @returns why the refusal may not leave; empty where it was sent, or none is due
 * @throws Busy when the partner could not be reached
 */
export async function declineSet(
  dependencies: DeclineDependencies,
  message: InboundMessage,
): Promise<readonly string[]> {
  const found = await setOf(dependencies, message);
  if (found === null) return [];
  const { partner, sender, set } = found;
  const refusal = await refusalOf(dependencies.ports, partner, sender, set);
  if (refusal === null || !isReachable(partner)) return [];
  try {
    await refuse(dependencies, message, found, refusal);
    return [];
  } catch (error) {
    if (error instanceof BlockedDocument) return error.objections;
    throw error;
  }
}

type FoundSet = NonNullable<Awaited<ReturnType<typeof setOf>>>;

async function refuse(
  { ports, numbers, documents, dispatches, deliver }: DeclineDependencies,
  message: InboundMessage,
  { partner, sender, set }: FoundSet,
  refusal: Refusal,
): Promise<void> {
  const { identity, isTest = false } = sender;
  const name = `${refusal.kind}-${message.ref.messageId}`;
  const now = ports.now();
  const [orderId] = refusal.orderIds;
  const { content } = await numbers.issue(
    identity,
    { name, fingerprint: digestOf(set), orderId },
    (controlNumber) =>
      unlessBlocked(partner, () =>
        inSeparatorsOf(partner, (separators) =>
          refusal.write(envelopeOf(partner, { now, controlNumber, separators, isTest })),
        ),
      ),
  );
  const common = { kind: refusal.kind, createdAt: now, mediaType: 'application/edi-x12', content } as const;
  for (const each of refusal.orderIds)
    await documents.save(each, { ...common, documentId: name, status: 'WAITING' });
  await notifyOnce(dispatches, `EDI ${identity} ${name}`, async () => {
    await deliver(partner, name, content);
    const sentAt = ports.now();
    for (const [index, each] of refusal.orderIds.entries()) {
      const by = index === 0 && !isTest ? acknowledgeBy(partner, sentAt) : undefined;
      await documents.noteSent(each, name, sentAt, by);
    }
  });
}

/** The accepted set that a message is, and whose it is; null where it is no live one of a partner. */
export async function setOf(
  { findPartner }: Pick<DeclineDependencies, 'findPartner'>,
  { body, place = [] }: Pick<InboundMessage, 'body' | 'place'>,
): Promise<{ readonly partner: Partner; readonly sender: Sender; readonly set: SetReport['set'] } | null> {
  const [index = 0, position, wasRefused] = place;
  const interchange = readInterchanges(body)[index];
  // What was refused for its form was answered by a 997.
  if (interchange?.kind !== 'interchange' || position === undefined || wasRefused !== undefined) return null;
  const { header } = interchange;
  const partner = await findPartner(header);
  if (partner === null || header.usage === 'I') return null;
  const report = validateInterchange(interchange, {
    acceptErrors: partner.settings.acceptErrors ?? false,
    ...{ senderKnown: true, addressedToUs: isAddressedTo(partner, header), duplicate: false },
  });
  const accepted = report.groups.flatMap(({ sets }) => sets).filter(({ verdict }) => verdict !== 'R');
  const set = accepted[position]?.set;
  return set === undefined ? null : { partner, sender: senderOf(partner, header), set };
}

async function refusalOf(
  ports: DeclineDependencies['ports'],
  partner: Partner,
  sender: Sender,
  set: SetReport['set'],
): Promise<Refusal | null> {
  const said = (document: {
    purchaseOrderNumber: string;
    releaseNumber: string | null;
    orderDate: string | null;
  }) => ({
    type: REJECTED,
    purchaseOrderNumber: document.purchaseOrderNumber,
    purchaseOrderDate: document.orderDate ?? ports.now(),
    releaseNumber: document.releaseNumber,
    orderNumber: null,
    acknowledgedOn: ports.now(),
    parties: [],
    lines: [],
  });
  if (set.id === '850') {
    const [document] = readPurchaseOrder(set);
    if (document === undefined || !ORDERING.has(document.purpose.kind)) return null;
    if (document.orderType.commitment === 'NONE') return null;
    if ((await ordersOfDocument(ports, sender, document)).length > 0) return null;
    const write = (envelope: Envelope) => writePurchaseOrderAcknowledgment(said(document), envelope);
    return { kind: '855', orderIds: [], write };
  }
  const form = partner.settings.changeAcknowledgment ?? '865';
  if (set.id !== '860' || form !== '865') return null;
  const document = readPurchaseOrderChange(set);
  const orders = (await ordersMeantBy(ports, sender, document)) ?? [];
  const { changeSequence, changeDate } = document;
  const answer = { ...said(document), changeSequence, changedOn: changeDate };
  return {
    kind: '865',
    orderIds: orders.map(({ orderId }) => orderId),
    write: (envelope) => writePurchaseOrderChangeAcknowledgment(answer, envelope),
  };
}

/** Purposes of an 850 that ask for an order. */
const ORDERING: ReadonlySet<string> = new Set(['ORIGINAL', 'CONFIRMATION', 'DUPLICATE']);
