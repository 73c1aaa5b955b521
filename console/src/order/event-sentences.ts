import type { OrderEvent } from '../../../domain/order/events.ts';
import { count, day, moment, money, words } from '../format.ts';

type Units = readonly { readonly sku: string | null; readonly quantity: number }[];
type Lots = readonly { readonly sku: string; readonly lotNumber: string; readonly quantity: number }[];

const list = new Intl.ListFormat('en', { type: 'conjunction' });
/** List items that a sentence names; of a longer list it gives the number of the others. */
const MAX_NAMED = 4;

function listed(items: readonly string[], what: string): string {
  if (items.length <= MAX_NAMED) return list.format(items);
  return list.format([...items.slice(0, MAX_NAMED - 1), `${items.length - MAX_NAMED + 1} more ${what}`]);
}

function unitsWords(units: Units): string {
  return listed(
    units.map(({ sku, quantity }) => `${count(quantity)} × ${sku ?? 'an item without SKU'}`),
    'lines',
  );
}

function lotsWords(lots: Lots): string {
  return listed(
    lots.map(({ sku, lotNumber, quantity }) => `${count(quantity)} × ${sku} of lot ${lotNumber}`),
    'lots',
  );
}

/** @returns foreign text without its final full stop, for use inside a sentence. */
function withoutStop(text: string): string {
  return text.trim().replace(/\.+$/, '');
}

/** @returns an address on one line. */
export function addressWords(address: Readonly<Record<string, string | undefined>> | null): string {
  if (address === null) return '—';
  const parts = ['name', 'address1', 'address2', 'city', 'region', 'postalCode', 'country'];
  return parts.flatMap((name) => address[name] || []).join(', ') || '—';
}

/** @returns the dates of a delivery window. */
export function windowWords(window: { readonly start: string; readonly end: string } | null): string {
  return window === null ? '—' : `${day(window.start)} – ${day(window.end)}`;
}

/** @returns an event as a sentence; null when its name is enough. */
export function sentenceOf(event: OrderEvent, currency: string): string | null {
  switch (event.type) {
    case 'OrderReceived': {
      const { lines, total, customer } = event.data;
      return `${customer.name} ordered ${unitsWords(lines)} for ${money(total, event.data.currency)}.`;
    }
    case 'OrderAllocated':
    case 'BackorderAllocated':
      return `Reserved: ${lotsWords(event.data.reserved)}.`;
    case 'OrderBackordered':
      return `No stock for ${unitsWords(event.data.backordered)}.`;
    case 'AllocationReleased':
      return `${withoutStop(event.data.reason)}. Released: ${lotsWords(event.data.released)}.`;
    case 'AllocationChanged':
      return changed(event.data);
    case 'OrderHeld':
      return `${words(event.data.reason)}${event.data.note ? `: ${withoutStop(event.data.note)}` : ''}.`;
    case 'OrderHoldReleased':
      return `Hold released: ${words(event.data.reason)}.`;
    case 'FulfillmentQueued':
      return `To pick: ${lotsWords(event.data.pick)}${event.data.notListed ? `, and ${event.data.notListed} more` : ''}.`;
    case 'ShipmentShipped': {
      const { shipmentId, carrier, trackingNumber, lines } = event.data;
      return `${shipmentId} with ${carrier} ${trackingNumber}: ${unitsWords(lines)}.`;
    }
    case 'ShipmentCorrected': {
      const { shipmentId, carrier, trackingNumber } = event.data;
      const parts = [carrier && `carrier ${carrier}`, trackingNumber && `tracking number ${trackingNumber}`];
      return `${shipmentId}: ${parts.filter(Boolean).join(', ') || 'known by the id of its channel'}.`;
    }
    case 'OrderShipped':
      return 'Nothing is left to ship.';
    case 'ShipmentDelivered': {
      const { shipmentId, deliveredAt, signedBy } = event.data;
      return `${shipmentId} arrived ${moment(deliveredAt)}${signedBy ? `, signed by ${signedBy}` : ''}.`;
    }
    case 'DeliveryTroubled':
      return `${event.data.shipmentId}: ${words(event.data.news).toLowerCase()} ${moment(event.data.occurredAt)}.`;
    case 'OrderAmended':
      return amended(event.data, currency);
    case 'LinesCancelled':
    case 'OrderCancelled': {
      const { reason, lines, released } = event.data;
      const back = released.length === 0 ? '' : ` Released: ${lotsWords(released)}.`;
      return `${unitsWords(lines)}: ${withoutStop(reason)}.${back}`;
    }
    case 'ReturnReceived':
      return `${event.data.returnId}: ${listed(
        event.data.lines.map(
          ({ quantity, sku, disposition }) =>
            `${count(quantity)} × ${sku} (${words(disposition).toLowerCase()})`,
        ),
        'lines',
      )}.`;
    case 'InvoiceRequested':
      return `${event.data.invoiceId} over ${money(event.data.total, event.data.currency)}, due ${day(event.data.dueDate)}.`;
    case 'CreditRequested':
    case 'RefundCredited':
      return `${event.data.creditNoteId} over ${money(event.data.total, event.data.currency)}.`;
    case 'DeliveryWindowAtRisk':
    case 'DeliveryWindowMissed':
      return `The window was ${windowWords(event.data.deliveryWindow)}.`;
    case 'PersonalDataErased':
      return `By erasure ${event.data.erasureId}.`;
    case 'TransitionRejected':
      return `${words(event.data.command.replaceAll(/(?<!^)([A-Z])/g, '_$1'))} was refused: ${withoutStop(event.data.detail)}.`;
    default:
      return null;
  }
}

function changed(data: Extract<OrderEvent, { type: 'AllocationChanged' }>['data']): string {
  const { reason, released, reserved, backordered } = data;
  const parts = [
    released.length > 0 && `released ${lotsWords(released)}`,
    reserved.length > 0 && `reserved ${lotsWords(reserved)}`,
    backordered.length > 0 && `waiting for stock: ${unitsWords(backordered)}`,
  ].filter((part) => part !== false);
  return `${withoutStop(reason)}${parts.length > 0 ? `: ${parts.join('; ')}` : ''}.`;
}

function amended(data: Extract<OrderEvent, { type: 'OrderAmended' }>['data'], currency: string): string {
  const { shipTo, deliveryWindow, purchaseOrderNumber, customerReference, note, lines, addedLines, total } =
    data;
  const { channelData, channelTotal } = data;
  const parts = [
    shipTo && `ship to ${addressWords(shipTo.after)}`,
    deliveryWindow && `delivery ${windowWords(deliveryWindow.after)}`,
    purchaseOrderNumber && `purchase order ${purchaseOrderNumber.after ?? 'none'}`,
    customerReference && `customer number ${customerReference.after ?? 'none'}`,
    note && 'another note',
    channelData && 'what the channel says of it',
    channelTotal && `total of the channel ${money(channelTotal.after ?? '0', currency)}`,
    ...(lines ?? []).flatMap(({ lineNumber, quantity, unitPrice }) => [
      quantity && `line ${lineNumber}: ${count(quantity.before)} → ${count(quantity.after)} units`,
      unitPrice && `line ${lineNumber}: price ${unitPrice.before} → ${unitPrice.after}`,
    ]),
    addedLines && addedLines.length > 0 && `added ${unitsWords(addedLines)}`,
    total && `total ${money(total.before, currency)} → ${money(total.after, currency)}`,
  ].filter((part) => typeof part === 'string');
  return `${listed(parts, 'changes')}.`;
}
