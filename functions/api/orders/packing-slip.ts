import { PackingSlipQuery } from '../../../contract/requests.ts';
import { isGoods, type Line, lineOf, type Order, type Shipment } from '../../../domain/order/order.ts';
import { type HttpAnswer, Problem, type RouteHandler, valid } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';
import { escapeHtml, htmlPage } from '../html.ts';
import { orderOf } from './order-of.ts';

/** GET /v1/orders/{orderId}/packing-slip: a page to be printed, for a shipment or for what is to be packed. */
export function getPackingSlip(ports: Ports): RouteHandler {
  return async (request) => {
    const { shipmentId } = valid(PackingSlipQuery, request.query);
    const order = await orderOf(ports, request);
    const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
    if (shipmentId !== undefined && shipment === undefined)
      throw new Problem('not_found', `${order.orderId} has no such shipment`);
    return packingSlip(order, shipment ?? null);
  };
}

const STYLE = `
main { max-width: 52rem; padding-top: 1rem; } address { font-style: normal; }
section { margin-top: 1.25rem; } section h2 { margin: 0 0 .35rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; white-space: pre-line; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 1.25rem; } .note { white-space: pre-line; }
td.number, th.number { text-align: right; white-space: nowrap; } td .soft { display: block; font-size: .85em; white-space: pre-line; }
@media (max-width: 40rem) { .two { grid-template-columns: 1fr; } }
@media print { main { padding: 0; max-width: none; } :root { color-scheme: light; --ink: #000; --soft: #333; --line: #999; --paper: #fff; } tr, section.keep { break-inside: avoid; } thead { display: table-header-group; } }
`;

/** Details that are for the office: amounts are on no packing paper. */
const NOT_PACKED: ReadonlySet<string> = new Set(['TERMS', 'CHARGE']);

/** Kinds of details in the order in which whoever packs needs them. */
const HEADINGS: Readonly<Record<string, string>> = {
  NOTE: 'Instructions',
  ROUTING: 'Routing',
  REFERENCE: 'References',
  DATE: 'Dates',
  CONTACT: 'Contacts',
  PARTY: 'Parties',
  ITEM: 'Items',
  OTHER: 'Other',
};

/**
 * What goes into the parcel: where it goes, what is in it by lot, and everything that the customer said of it. It shows
 * neither prices nor charges.
 *
 * @param shipment null for what is still to be packed
 */
function packingSlip(order: Order, shipment: Shipment | null): HttpAnswer {
  const { orderId, shipTo } = order;
  const note = ownNote(order);
  const title = `Packing slip ${orderId}`;
  const body = `<h1>Packing slip</h1>
<div class="two">
<section class="keep"><h2>Ship to</h2>${addressed(shipTo, order.customer.name)}</section>
<section class="keep"><h2>Order</h2>${list(factsOf(order, shipment))}</section>
</div>
${note === '' ? '' : `<section class="keep"><h2>Note</h2><p class="note">${shown(note)}</p></section>`}
${details(order)}
<section><h2>${shipment === null ? 'To pack' : 'Packed'}</h2>${table(order, shipment)}</section>`;
  return htmlPage({ status: 200, title, body, style: STYLE });
}

/** What stands in the note of the order and in no instruction of the channel. */
function ownNote({ note = '', channelData = [] }: Order): string {
  const said = channelData.filter(({ kind }) => kind === 'NOTE').map(({ value }) => value);
  const lines = note.split('\n').filter((line) => !said.some((value) => value.includes(line.trim())));
  return lines.join('\n').trim();
}

function addressed(address: Order['shipTo'], customer: string): string {
  const { name = customer, address1, address2, city, region, postalCode, country } = address ?? {};
  const place = [city, region, postalCode].filter((part) => part !== undefined).join(' ');
  const lines = [name, address1, address2, place, country].filter(
    (line) => line !== undefined && line !== '',
  );
  return `<address>${lines.map((line) => shown(line ?? '')).join('<br>')}</address>`;
}

function factsOf(order: Order, shipment: Shipment | null): readonly (readonly [string, string])[] {
  const { deliveryWindow: window } = order;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Order', order.orderId],
    ['Purchase order', order.purchaseOrderNumber],
    ['Release', order.releaseNumber],
    ['Order date', (order.purchaseOrderDate ?? order.receivedAt).slice(0, 10)],
    ['Customer', order.customer.name],
    ['Channel order', order.channelOrderName],
    ['Ship not before', order.shipNotBefore],
    ['Ship not after', order.shipNotAfter],
    ['Cancel after', order.cancelAfter],
    ['Deliver', window && (window.start === window.end ? window.start : `${window.start} to ${window.end}`)],
    ['Shipment', shipment?.shipmentId],
    ['Carrier', shipment && [shipment.carrier, shipment.service].filter(Boolean).join(' ')],
    ['Tracking number', shipment?.trackingNumber],
    ['Packages', shipment?.packages?.toString()],
    ['Test order', order.isTest ? 'not to be shipped' : undefined],
  ].map(([name, value]) => [name ?? '', value ?? undefined] as const);
  return facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function details({ channelData = [] }: Pick<Order | Line, 'channelData'>): string {
  // Where it goes is said above, as it is now.
  const packed = channelData.filter(
    ({ kind, code }) => !NOT_PACKED.has(kind) && !(kind === 'PARTY' && code === 'ST'),
  );
  const kinds = [...new Set([...Object.keys(HEADINGS), ...packed.map(({ kind }) => kind)])];
  return kinds
    .map((kind) => {
      const own = packed.filter((detail) => detail.kind === kind);
      if (own.length === 0) return '';
      const facts = own.map(({ label, value }) => [label, value] as const);
      return `<section class="keep"><h2>${shown(HEADINGS[kind] ?? kind)}</h2>${list(facts)}</section>`;
    })
    .join('');
}

function table(order: Order, shipment: Shipment | null): string {
  const rows =
    shipment === null
      ? order.lines
          .filter(isGoods)
          .filter(({ allocations }) => allocations.length > 0)
          .map((line) => row(line, line.allocations))
      : shipment.lines.map(({ lineNumber, quantity, lots }) =>
          row(lineOf(order, lineNumber), lots.length > 0 ? lots : [{ quantity }]),
        );
  if (rows.length === 0) return '<p>Nothing is reserved to be packed.</p>';
  return `<table><thead><tr><th scope="col">Line</th><th scope="col">Item</th><th scope="col">Lots</th><th scope="col" class="number">Ordered</th><th scope="col" class="number">Quantity</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

interface Part {
  readonly quantity: number;
  readonly lotNumber?: string;
  readonly expiryDate?: string | null;
}

function row(line: Line | undefined, parts: readonly Part[]): string {
  if (line === undefined) return '';
  const { channelLineId, lineNumber, sku, description, orderedAs, unitsPerCase } = line;
  const numbers = (orderedAs?.products ?? []).map(({ qualifier, value }) => `${qualifier} ${value}`);
  const said = (line.channelData ?? [])
    .filter(({ kind }) => !NOT_PACKED.has(kind))
    .map(({ label, value }) => (value === '' ? label : `${label}: ${value}`));
  const quantity = parts.reduce((sum, part) => sum + part.quantity, 0);
  const cases =
    unitsPerCase !== undefined && quantity % unitsPerCase === 0
      ? `<span class="soft">${quantity / unitsPerCase} × ${unitsPerCase}</span>`
      : '';
  const lots = parts.flatMap(({ lotNumber, expiryDate, quantity: units }) =>
    lotNumber === undefined
      ? []
      : [
          `${units} of ${shown(lotNumber)}${expiryDate ? ` <span class="soft">expires ${shown(expiryDate)}</span>` : ''}`,
        ],
  );
  const more = [...numbers, ...said].map((each) => `<span class="soft">${shown(each)}</span>`).join('');
  return `<tr><td>${shown(channelLineId ?? String(lineNumber))}</td><td>${shown(sku ?? '')}${description === undefined ? '' : ` ${shown(description)}`}${more}</td><td>${lots.join('<br>')}</td><td class="number">${line.ordered}</td><td class="number">${quantity}${cases}</td></tr>`;
}

function list(facts: readonly (readonly [string, string])[]): string {
  return `<dl>${facts.map(([name, value]) => `<dt>${shown(name)}</dt><dd>${shown(value)}</dd>`).join('')}</dl>`;
}

/** Text from outside; kept apart from the words around it, whichever way it is written. */
function shown(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}
