import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { isGoods, type Order, open, type Shipment } from '../../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../../events/envelope.ts';
import { Busy } from '../../../orders/ports.ts';
import { wholeShipment } from '../../core/whole-shipment.ts';
import { ssccOf } from '../x12/index.ts';
import { acknowledgment, type LineChanges, refusal } from './acknowledgment.ts';
import type { Sign } from './charges.ts';
import type { Partner, Stamp } from './common.ts';
import { creditNote, invoicesOf } from './credit-note.ts';
import { invoice } from './invoice.ts';
import { labelsOf, shipNotice } from './ship-notice.ts';

/** A document that a partner is to have. */
export interface Outgoing {
  readonly kind: '855' | '856' | '810';
  /** Names the document for good: one is made under it, with one control number. */
  readonly documentId: string;
  /**
   * Left out where another document was made of the order as this event of it had left it, or a later one: then that
   * one says it already.
   */
  readonly unless?: { readonly documentId: string; readonly madeSince: number };
  /** Gets ready what the document needs besides its number. */
  prepare(): Promise<(stamp: Stamp) => string>;
}

/** What deciding on documents needs from outside. */
export interface OutgoingDependencies {
  /** Whether a document of this name was made for the partner. */
  isMade(documentId: string): Promise<boolean>;
  /** Whether the partner took a document of this name. */
  isSent(documentId: string): Promise<boolean>;
  /** Takes serial numbers for labels that begin with a company prefix; @returns the first of them */
  takeSerials(companyPrefix: string, count: number): Promise<number>;
}

/**
 * The documents that a partner has to have by the time it learns of an event, in the order in which it has to have
 * them: no shipment before the order was acknowledged, no invoice before the notice of what it charges, no credit note
 * before the invoices that it is about.
 *
 * @throws Busy while those invoices are not with the partner
 */
export async function outgoingFor(
  parts: OutgoingDependencies,
  event: OrderEnvelope,
  order: Order,
  partner: Partner,
): Promise<readonly Outgoing[]> {
  const first = firstAcknowledgment(order, partner);
  const wasAcknowledged = () => parts.isMade(first.documentId);
  switch (event.type) {
    case 'OrderReceived':
    case 'OrderAllocated':
    case 'OrderBackordered':
    case 'AllocationChanged':
    case 'OrderHoldReleased':
      return isSettled(order) ? [first] : [];
    case 'OrderAmended':
    case 'LinesCancelled': {
      // What the partner asked for itself needs no word from us; a cancellation in steps is told when it is whole.
      if (event.actor.type === 'channel' || isUnfinished(event)) return [];
      const changes = event.type === 'OrderAmended' ? (event.data.lines ?? []) : [];
      const change = changed(order, partner, event.sequence, changes);
      if (isSettled(order)) return [first, change];
      // A hold puts off the first acknowledgment, and no word about an order that the partner knows as it was.
      return isAllocated(order) && (await wasAcknowledged()) ? [change] : [];
    }
    case 'OrderCancelled': {
      if (event.actor.type === 'channel') return [];
      const refused: Outgoing = {
        ...first,
        prepare: async () => (stamp) => refusal(order, partner, stamp, false),
      };
      return [refused, withdrawn(order, partner, event.sequence)];
    }
    case 'ShipmentShipped':
    case 'InvoiceRequested': {
      const shipment = wholeShipment(order, event.data.shipmentId);
      if (shipment === null) return [];
      const acknowledged = isSettled(order) || (await wasAcknowledged()) ? [first] : [];
      const bill = event.type === 'InvoiceRequested' ? [billed(event.data, order, shipment, partner)] : [];
      return [...acknowledged, noticed(parts, order, shipment, partner), ...bill];
    }
    case 'CreditRequested': {
      const sign = partner.settings.creditNotes;
      if (sign === undefined) return [];
      if (await areCharged(parts, order, event.data, partner))
        return [credited(event.data, order, sign, partner)];
      throw new Busy(
        `the partner has not every invoice of ${order.orderId} yet that the credit note is about`,
      );
    }
    default:
      return [];
  }
}

/** Whether the partner has the invoices of what is credited; what came to nobody's address counts when it is made. */
async function areCharged(
  { isMade, isSent }: OutgoingDependencies,
  order: Order,
  credit: OrderEventOf<'CreditRequested'>['data'],
  { settings }: Partner,
): Promise<boolean> {
  const isThere = settings.deliverTo === undefined ? isMade : isSent;
  const found = await Promise.all(invoicesOf(order, credit).map((invoiceId) => isThere(`810-${invoiceId}`)));
  return found.every((each) => each);
}

/** Whether the order can be acknowledged: allocation has looked at every line, and nobody has to look at the order. */
function isSettled(order: Order): boolean {
  return isAllocated(order) && order.holds.every(({ reason }) => reason !== 'OTHER');
}

/** Whether allocation has looked at every line of an order that stands. */
function isAllocated(order: Order): boolean {
  return order.state !== 'CANCELLED' && order.lines.filter(isGoods).every((line) => open(line) === 0);
}

function isUnfinished(event: OrderEnvelope): boolean {
  return event.type === 'LinesCancelled' && event.data.continues === true;
}

function firstAcknowledgment(order: Order, partner: Partner): Outgoing {
  return {
    kind: '855',
    documentId: `855-${order.orderId}`,
    prepare: async () => (stamp) => acknowledgment(order, partner, stamp),
  };
}

/**
 * What was changed since the order was acknowledged. Whether it was is not asked beforehand: another consumer may be
 * about to acknowledge it as it was before.
 *
 * @param sequence of the event that changed the order
 */
function changed(order: Order, partner: Partner, sequence: number, changes: LineChanges): Outgoing {
  return {
    kind: '855',
    documentId: `855-${order.orderId}-${sequence}`,
    unless: { documentId: `855-${order.orderId}`, madeSince: sequence },
    prepare: async () => (stamp) => acknowledgment(order, partner, stamp, { changes }),
  };
}

function withdrawn(order: Order, partner: Partner, sequence: number): Outgoing {
  return {
    kind: '855',
    documentId: `855-${order.orderId}-cancelled`,
    unless: { documentId: `855-${order.orderId}`, madeSince: sequence },
    prepare: async () => (stamp) => refusal(order, partner, stamp, true),
  };
}

function noticed(
  { takeSerials }: OutgoingDependencies,
  order: Order,
  shipment: Shipment,
  partner: Partner,
): Outgoing {
  return {
    kind: '856',
    documentId: `856-${shipment.shipmentId}`,
    async prepare() {
      const prefix = companyPrefix(partner);
      const count = labelsOf(order, shipment);
      const serial = await takeSerials(prefix, count);
      const labels = Array.from({ length: count }, (_, index) => ssccOf(prefix, serial + index));
      return (stamp) => shipNotice(order, shipment, labels, partner, stamp);
    },
  };
}

function billed(
  bill: OrderEventOf<'InvoiceRequested'>['data'],
  order: Order,
  shipment: Shipment,
  partner: Partner,
): Outgoing {
  return {
    kind: '810',
    documentId: `810-${bill.invoiceId}`,
    prepare: async () => (stamp) => invoice(order, shipment, bill, partner, stamp),
  };
}

function credited(
  credit: OrderEventOf<'CreditRequested'>['data'],
  order: Order,
  sign: Sign,
  partner: Partner,
): Outgoing {
  return {
    kind: '810',
    documentId: `810-${credit.creditNoteId}`,
    prepare: async () => (stamp) => creditNote(order, credit, sign, partner, stamp),
  };
}

/** GS1 leaves this range to the use within one company: labels stay valid and ours, but nobody else can look us up. */
const WITHIN_COMPANY = '0400000';

function companyPrefix({ settings }: Partner): string {
  return settings.gs1CompanyPrefix ?? WITHIN_COMPANY;
}
