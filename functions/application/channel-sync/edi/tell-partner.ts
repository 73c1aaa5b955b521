import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { isGoods, type Order, open, type Shipment } from '../../../../domain/order/order.ts';
import { sscc18 } from '../../../x12/index.ts';
import type { ControlNumbers } from '../../control-numbers.ts';
import type { DocumentStore } from '../../documents.ts';
import type { OrderEnvelope } from '../../envelope.ts';
import type { Ports } from '../../ports.ts';
import { type Deliveries, tellOnce } from '../deliveries.ts';
import type { Teller } from '../tell-channel.ts';
import {
  acknowledgment,
  invoice,
  type Partner,
  type Stamp,
  shipNotice,
  unitsOf,
  withdrawal,
} from './documents.ts';

/** What telling a trading partner needs from outside. */
export interface PartnerParts {
  readonly ports: Pick<Ports, 'now'>;
  readonly deliveries: Deliveries;
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

interface Wanted {
  readonly kind: '855' | '856' | '810';
  /** Names the document for good: one is made under it, with one control number. */
  readonly documentId: string;
  write(stamp: Stamp): string;
}

/**
 * Tells trading partners what became of their orders: an 855 when stock has been reserved for every line, an 856 for
 * each shipment, an 810 for each invoice. A document gets its number and is kept before it is sent; when sending
 * fails it is sent again as it is.
 */
export function partnerTeller(parts: PartnerParts): Teller {
  return async (event, order) => {
    const partner = await parts.findPartner(order.source ?? '');
    if (partner === null) return;
    for (const wanted of await documentsFor(parts, event, order, partner)) {
      const content = await keep(parts, order, partner, wanted);
      await send(parts, order, partner, wanted.documentId, content);
    }
  };
}

async function documentsFor(
  parts: PartnerParts,
  event: OrderEnvelope,
  order: Order,
  partner: Partner,
): Promise<readonly Wanted[]> {
  switch (event.type) {
    case 'OrderReceived':
    case 'OrderAllocated':
    case 'OrderBackordered':
    case 'AllocationChanged':
    case 'OrderHoldReleased':
      return isSettled(order) ? [acknowledged(order, partner)] : [];
    case 'OrderCancelled':
      // What the partner cancelled needs no word from us.
      return event.actor.type === 'channel' ? [] : [withdrawn(order, partner)];
    case 'ShipmentShipped':
    case 'OrderShipped':
      return Promise.all(
        order.shipments
          .filter(({ shipmentId }) => shipmentId !== order.shipping?.shipmentId)
          .map((shipment) => noticed(parts, order, shipment, partner)),
      );
    case 'InvoiceRequested':
      return invoiced(event.data, order, partner);
    default:
      return [];
  }
}

/** Whether the order can be acknowledged: allocation has looked at every line, and nobody has to look at the order. */
function isSettled(order: Order): boolean {
  const looked = order.lines.filter(isGoods).every((line) => open(line) === 0);
  return looked && order.state !== 'CANCELLED' && order.holds.every(({ reason }) => reason !== 'OTHER');
}

function acknowledged(order: Order, partner: Partner): Wanted {
  return {
    kind: '855',
    documentId: `855-${order.orderId}`,
    write: (stamp) => acknowledgment(order, partner, stamp),
  };
}

function withdrawn(order: Order, partner: Partner): Wanted {
  return {
    kind: '855',
    documentId: `855-${order.orderId}-cancelled`,
    write: (stamp) => withdrawal(order, partner, stamp),
  };
}

async function noticed(
  { numbers }: PartnerParts,
  order: Order,
  shipment: Shipment,
  partner: Partner,
): Promise<Wanted> {
  const labels: string[] = [];
  for (let unit = 1; unit <= unitsOf(order, shipment); unit++) {
    // The labels of all partners are numbered as one: an SSCC is ours, and never given twice.
    const name = { name: `${shipment.shipmentId} ${unit}`, fingerprint: '' };
    const { content } = await numbers.issue('SSCC', name, String);
    labels.push(sscc18(0, companyPrefix(partner), Number(content)));
  }
  return {
    kind: '856',
    documentId: `856-${shipment.shipmentId}`,
    write: (stamp) => shipNotice(order, shipment, labels, partner, stamp),
  };
}

function invoiced(
  billed: OrderEventOf<'InvoiceRequested'>['data'],
  order: Order,
  partner: Partner,
): readonly Wanted[] {
  const shipment = order.shipments.find(({ shipmentId }) => shipmentId === billed.shipmentId);
  if (shipment === undefined) return [];
  return [
    {
      kind: '810',
      documentId: `810-${billed.invoiceId}`,
      write: (stamp) => invoice(order, shipment, billed, partner, stamp),
    },
  ];
}

/** @throws Error when the connection does not say under which prefix our labels are numbered */
function companyPrefix({ connectionId, settings }: Partner): string {
  const prefix = settings.gs1CompanyPrefix ?? settings.ourIsaId.trim();
  if (/^\d{7,10}$/.test(prefix)) return prefix;
  throw new Error(`connection ${connectionId}: set gs1CompanyPrefix, which SSCC labels begin with`);
}

/** Gives the document its number and keeps it, once; a repeat gets what was kept. */
async function keep(
  { ports, numbers, documents }: PartnerParts,
  order: Order,
  partner: Partner,
  { kind, documentId, write }: Wanted,
): Promise<string> {
  const now = ports.now();
  const issued = await numbers.issue(
    order.source ?? partner.connectionId,
    { name: documentId, fingerprint: documentId },
    (controlNumber) => write({ now, controlNumber }),
  );
  await documents.save(order.orderId, {
    documentId,
    kind,
    createdAt: now,
    mediaType: 'application/edi-x12',
    content: issued.content,
  });
  return issued.content;
}

/** Sends a document, unless it arrived before; without an address it waits among the order's documents. */
async function send(
  { deliveries, deliver }: PartnerParts,
  order: Order,
  partner: Partner,
  documentId: string,
  content: string,
): Promise<void> {
  const address = partner.settings.deliverTo;
  if (address === undefined) return;
  await tellOnce(deliveries, `EDI ${order.orderId} ${documentId}`, () => deliver(partner, address, content));
}
