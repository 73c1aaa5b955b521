import type { OrderEventOf } from '../../../../domain/order/events.ts';
import { isGoods, type Order, open, type Shipment } from '../../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../../events/envelope.ts';
import { Busy } from '../../../write-failures.ts';
import { wholeShipment } from '../../core/whole-shipment.ts';
import { acknowledgment, changeAnswer, type LineChanges, refusal } from './acknowledgment.ts';
import type { Sign } from './charges.ts';
import { CANCELLED_BY_PARTNER, isReachable, type Partner, type Stamp } from './common.ts';
import { creditNote, invoicesOf } from './credit-note.ts';
import { invoice } from './invoice.ts';
import { shipNotice, unlabelled } from './ship-notice.ts';
import { ssccOf } from './sscc.ts';
import type { Shares } from './whole-order.ts';

/** A document that a partner is to have. */
export interface Outgoing {
  readonly kind: '855' | '865' | '856' | '810';
  /** Names the document for good: one is made under it, with one control number. */
  readonly documentId: string;
  /**
   * Left out where another document was made of the order as this event of it had left it, or a later one: then that
   * one says it already.
   */
  readonly unless?: { readonly documentId: string; readonly madeSince: number };
  /** A document that has to be with the partner before it, and is blocked. */
  readonly follows?: string | undefined;
  /** Whether it is about every share of the purchase order. @default the order alone */
  readonly isOfAll?: true;
  /** Gets ready what the document needs besides its number. */
  prepare(): Promise<(stamp: Stamp) => string>;
}

/** What deciding on documents needs from outside. */
export interface OutgoingDependencies {
  /** Whether a document of this name was made for the partner. */
  isMade(documentId: string): Promise<boolean>;
  /** Whether the partner took a document of this name. */
  isSent(documentId: string): Promise<boolean>;
  /** Whether a document of this name breaks the partner's rules, and was not sent. */
  isBlocked(documentId: string): Promise<boolean>;
  /** Takes serial numbers for labels that begin with a company prefix; @returns the first of them */
  takeSerials(companyPrefix: string, count: number): Promise<number>;
}

/**
 * The documents that a partner has to have by the time it learns of an event, in the order in which it has to have
 * them: no shipment before the purchase order was acknowledged, no invoice before the notice of what it charges, no credit
 * note before the invoices that it is about.
 *
 * @param shares every order of the same purchase order; null while some are not booked yet
 * @throws Busy while those invoices are not with the partner
 */
export async function outgoingFor(
  dependencies: OutgoingDependencies,
  event: OrderEnvelope,
  order: Order,
  partner: Partner,
  shares: Shares | null,
): Promise<readonly Outgoing[]> {
  switch (event.type) {
    case 'ShipmentShipped':
    case 'InvoiceRequested': {
      const shipment = wholeShipment(order, event.data.shipmentId);
      if (shipment === null) return [];
      const bill = event.type === 'InvoiceRequested' ? [billed(event.data, order, shipment, partner)] : [];
      const acknowledged = shares === null ? [] : await acknowledgedFirst(dependencies, shares, partner);
      return [...acknowledged, noticed(dependencies, order, shipment, partner), ...bill];
    }
    case 'CreditRequested': {
      const sign = partner.settings.creditNotes;
      if (sign === undefined) return [];
      const note = credited(event.data, order, sign, partner);
      if (await areCharged(dependencies, order, event.data, partner)) return [note];
      const invoices = invoicesOf(order, event.data).map((invoiceId) => `810-${invoiceId}`);
      for (const follows of invoices)
        if (await dependencies.isBlocked(follows)) return [{ ...note, follows }];
      throw new Busy(
        `the partner has not every invoice of ${order.orderId} yet that the credit note is about`,
      );
    }
    default:
      return shares === null ? [] : answersTo(dependencies, event, order, partner, shares);
  }
}

/** What answers the purchase order, or a change of it. */
async function answersTo(
  { isMade }: OutgoingDependencies,
  event: OrderEnvelope,
  order: Order,
  partner: Partner,
  shares: Shares,
): Promise<readonly Outgoing[]> {
  const first = firstAcknowledgment(shares, partner);
  switch (event.type) {
    case 'OrderReceived':
    case 'OrderAllocated':
    case 'OrderBackordered':
    case 'AllocationChanged':
      return isSettled(shares) ? [first] : [];
    case 'OrderHoldReleased': {
      if (!isSettled(shares)) return [];
      // A change that the order was held for, by the event before it, was answered while it was held.
      const heldAt = Number(/-H(\d+)$/.exec(event.data.holdId)?.[1]);
      const wasAnswered = await isMade(answerName(order, heldAt + 1));
      return [first, ...(wasAnswered ? [changed(order, partner, shares, event.sequence, NO_CHANGES)] : [])];
    }
    case 'OrderAmended':
    case 'LinesCancelled': {
      // A cancellation in steps is sent when it is whole.
      if (isUnfinished(event)) return [];
      const changes = changesOf(event);
      if (event.actor.type === 'channel') {
        if (isAskedFor(event)) return answerOf(order, partner, shares, event.sequence, changes);
        return isSettled(shares) ? [first] : [];
      }
      const change = changed(order, partner, shares, event.sequence, changes);
      if (isSettled(shares)) return [first, change];
      // A hold puts off the first acknowledgment, and no word about an order that the partner knows as it was.
      return shares.every(isAllocated) && (await isMade(first.documentId)) ? [change] : [];
    }
    case 'OrderCancelled': {
      const isOver = shares.every(({ state }) => state === 'CANCELLED');
      if (isAskedFor(event))
        return isOver ? answerOf(order, partner, shares, event.sequence, NO_CHANGES) : [];
      if (!isOver) {
        const change = changed(order, partner, shares, event.sequence, NO_CHANGES);
        return isSettled(shares) ? [first, change] : [];
      }
      const refused: Outgoing = {
        ...first,
        prepare: async () => (stamp) => refusal(shares, partner, stamp, false),
      };
      return [refused, withdrawn(order, partner, shares, event.sequence)];
    }
    default:
      return [];
  }
}

/** The acknowledgment, which comes before all else, where it can be made or was. */
async function acknowledgedFirst({ isMade }: OutgoingDependencies, shares: Shares, partner: Partner) {
  const first = firstAcknowledgment(shares, partner);
  return isSettled(shares) || (await isMade(first.documentId)) ? [first] : [];
}

/** Whether the partner has the invoices of what is credited; what came to nobody's address counts when it is made. */
async function areCharged(
  { isMade, isSent }: OutgoingDependencies,
  order: Order,
  credit: OrderEventOf<'CreditRequested'>['data'],
  partner: Partner,
): Promise<boolean> {
  const isThere = isReachable(partner) ? isSent : isMade;
  const found = await Promise.all(invoicesOf(order, credit).map((invoiceId) => isThere(`810-${invoiceId}`)));
  return found.every((each) => each);
}

/** Whether the purchase order can be acknowledged: allocation has looked at every line, and nobody has to look at it. */
function isSettled(shares: Shares): boolean {
  const live = shares.filter(({ state }) => state !== 'CANCELLED');
  return (
    live.length > 0 &&
    live.every((order) => isAllocated(order) && order.holds.every(({ reason }) => reason !== 'OTHER'))
  );
}

/** Whether allocation has looked at every line of an order that stands. */
function isAllocated(order: Order): boolean {
  return order.state === 'CANCELLED' || order.lines.filter(isGoods).every((line) => open(line) === 0);
}

function isUnfinished(event: OrderEnvelope): boolean {
  return event.type === 'LinesCancelled' && event.data.continues === true;
}

/** What the partner asked for by a change or a cancellation, and not by the terms of its order. */
function isAskedFor(event: OrderEnvelope): boolean {
  if (event.actor.type !== 'channel') return false;
  if (event.type === 'OrderAmended') return true;
  const isCancellation = event.type === 'OrderCancelled' || event.type === 'LinesCancelled';
  // Lines that a change does away with are reported with the change.
  return isCancellation && event.data.note === CANCELLED_BY_PARTNER;
}

const NO_CHANGES: Omit<LineChanges, 'orderId'> = { changed: [], added: [] };

function changesOf(event: OrderEnvelope): Omit<LineChanges, 'orderId'> {
  if (event.type !== 'OrderAmended') return NO_CHANGES;
  const { lines = [], addedLines = [] } = event.data;
  return { changed: lines, added: addedLines };
}

function firstAcknowledgment(shares: Shares, partner: Partner): Outgoing {
  return {
    kind: '855',
    documentId: `855-${shares[0].orderId}`,
    isOfAll: true,
    prepare: async () => (stamp) => acknowledgment(shares, partner, stamp),
  };
}

/**
 * What was changed since the order was acknowledged. Whether it was is not asked beforehand: another consumer may be
 * about to acknowledge it as it was before.
 *
 * @param sequence of the event that changed the order
 */
function changed(
  order: Order,
  partner: Partner,
  shares: Shares,
  sequence: number,
  changes: Omit<LineChanges, 'orderId'>,
): Outgoing {
  const { orderId } = order;
  return {
    kind: '855',
    documentId: `855-${orderId}-${sequence}`,
    unless: { documentId: `855-${shares[0].orderId}`, madeSince: sequence },
    isOfAll: true,
    prepare: async () => (stamp) => acknowledgment(shares, partner, stamp, { orderId, ...changes }),
  };
}

function withdrawn(order: Order, partner: Partner, shares: Shares, sequence: number): Outgoing {
  return {
    kind: '855',
    documentId: `855-${order.orderId}-cancelled`,
    unless: { documentId: `855-${shares[0].orderId}`, madeSince: sequence },
    isOfAll: true,
    prepare: async () => (stamp) => refusal(shares, partner, stamp, true),
  };
}

/** What answers a change that the partner asked for, as it wants to be answered. */
function answerOf(
  order: Order,
  partner: Partner,
  shares: Shares,
  sequence: number,
  changes: Omit<LineChanges, 'orderId'>,
): readonly Outgoing[] {
  const { orderId } = order;
  const form = partner.settings.changeAcknowledgment ?? '865';
  if (form === 'NONE') return [];
  if (form === '855') {
    if (shares.every(({ state }) => state === 'CANCELLED'))
      return [withdrawn(order, partner, shares, sequence)];
    const replacement = changed(order, partner, shares, sequence, changes);
    return isSettled(shares) ? [firstAcknowledgment(shares, partner), replacement] : [];
  }
  const acknowledged = isSettled(shares) ? [firstAcknowledgment(shares, partner)] : [];
  return [
    ...acknowledged,
    {
      kind: '865',
      documentId: answerName(order, sequence),
      isOfAll: true,
      prepare: async () => (stamp) => changeAnswer(shares, partner, stamp, { orderId, ...changes }),
    },
  ];
}

function answerName({ orderId }: Order, sequence: number): string {
  return `865-${orderId}-${sequence}`;
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
      const count = unlabelled(shipment);
      const serial = count === 0 ? 0 : await takeSerials(prefix, count);
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
