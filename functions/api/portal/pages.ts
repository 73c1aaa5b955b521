import { hasReached, type OrderState } from '../../../domain/order/lifecycle.ts';
import {
  allocated,
  type Line,
  lineOf,
  type Order,
  open,
  type Shipment,
} from '../../../domain/order/order.ts';
import type { HttpAnswer } from '../../middleware/http.ts';
import { escapeHtml, htmlPage } from '../html.ts';

const STYLE = `
main { max-width: 40rem; }
ol { list-style: none; padding: 0; margin: 1.5rem 0; display: grid; grid-template-columns: repeat(4, 1fr); gap: .4rem; font-size: .85rem; }
ol li { border-top: 4px solid var(--line); padding-top: .4rem; color: var(--soft); }
ol li.past { border-color: var(--done); color: var(--ink); } ol li[aria-current] { border-color: var(--mark); color: var(--ink); font-weight: 600; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin-top: 1rem; }
section h2 { margin: 0 0 .5rem; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 .75rem; } dt { color: var(--soft); } dd { margin: 0; }
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .35rem; } }
td:last-child, th:last-child { text-align: right; padding-right: 0; white-space: nowrap; }
`;

/** The steps that customers see, each with the state in which it begins. */
const STEPS: readonly { readonly name: string; readonly from: OrderState }[] = [
  { name: 'Received', from: 'RECEIVED' },
  { name: 'Being prepared', from: 'FULFILLMENT_QUEUED' },
  { name: 'On its way', from: 'SHIPPED' },
  { name: 'Delivered', from: 'DELIVERED' },
];

/**
 * Where an order is, in plain words. It holds nothing that is only for those who run it (lots, holds, versions, who did
 * what) and, since a link may be passed on, neither names and addresses nor prices.
 */
export function statusPage(order: Order): HttpAnswer {
  const reference = order.purchaseOrderNumber;
  const body = `<h1>${headline(order)}</h1>
<p class="soft">Order ${shown(order.orderId)}${reference === undefined ? '' : `, your purchase order ${shown(reference)}`}, received on ${day(order.receivedAt)}</p>
${order.state === 'CANCELLED' ? '' : steps(order.state) + plan(order)}
${order.shipments.map((shipment, index) => parcel(order, shipment, index)).join('')}
${remaining(order)}`;
  return htmlPage({ status: 200, title: `Order ${order.orderId}`, body, style: STYLE });
}

export function expiredPage(): HttpAnswer {
  const body = '<h1>This link has expired.</h1><p>Please ask for a new one where you placed your order.</p>';
  return htmlPage({ status: 410, title: 'Link expired', body, style: STYLE });
}

export function revokedPage(): HttpAnswer {
  const body =
    '<h1>This link was withdrawn.</h1><p>Please ask for a new one where you placed your order.</p>';
  return htmlPage({ status: 410, title: 'Link withdrawn', body, style: STYLE });
}

export function unknownPage(): HttpAnswer {
  const body =
    '<h1>We do not know this link.</h1><p>Please check that you have copied all of it, or ask for a new one where you placed your order.</p>';
  return htmlPage({ status: 404, title: 'Link unknown', body, style: STYLE });
}

function headline({ state, shipments }: Order): string {
  const someArrived = shipments.some((shipment) => shipment.deliveredAt !== undefined);
  switch (state) {
    case 'RECEIVED':
      return 'We have your order.';
    case 'ALLOCATED':
      return 'We have your order and have set goods aside for it.';
    case 'FULFILLMENT_QUEUED':
      if (shipments.length === 0) return 'We are getting your order ready.';
      return someArrived ? 'Part of your order has arrived.' : 'Part of your order is on its way.';
    case 'SHIPPED':
      if (someArrived) return 'Part of your order has arrived, the rest is on its way.';
      return 'Your order is on its way.';
    case 'DELIVERED':
      return 'Your order has arrived.';
    case 'CLOSED':
      return 'Your order is complete.';
    case 'CANCELLED':
      return 'Your order is cancelled.';
  }
}

function steps(state: OrderState): string {
  const now = STEPS.findLastIndex(({ from }) => hasReached(state, from));
  const items = STEPS.map(({ name }, index) => {
    if (index === now) return `<li aria-current="step">${name}</li>`;
    return index < now ? `<li class="past">${name}</li>` : `<li>${name}</li>`;
  });
  return `<ol aria-label="Progress">${items.join('')}</ol>`;
}

function plan({ deliveryWindow, deliveryWindowStatus, state }: Order): string {
  if (deliveryWindow === undefined || hasReached(state, 'DELIVERED')) return '';
  const { start, end } = deliveryWindow;
  const days = start === end ? `on ${day(start)}` : `between ${day(start)} and ${day(end)}`;
  return deliveryWindowStatus === 'MISSED'
    ? `<p>Delivery was planned ${days}. It is late, and we are sorry.</p>`
    : `<p>Delivery is planned ${days}.</p>`;
}

function parcel(order: Order, shipment: Shipment, index: number): string {
  const { shippedAt, deliveredAt, carrier, trackingNumber, lines } = shipment;
  const title = order.shipments.length === 1 ? 'Shipment' : `Shipment ${index + 1}`;
  const items = lines.map(({ lineNumber, quantity }) => ({ line: lineOf(order, lineNumber), quantity }));
  return `<section><h2>${title}: ${deliveredAt === undefined ? 'on its way' : 'delivered'}</h2>
<dl><dt>Sent</dt><dd>${day(shippedAt)}</dd>${deliveredAt === undefined ? '' : `<dt>Delivered</dt><dd>${day(deliveredAt)}</dd>`}<dt>Carrier</dt><dd>${shown(carrier)}</dd><dt>Tracking number</dt><dd>${shown(trackingNumber)}</dd></dl>
${table(items)}</section>`;
}

/** What has not left: being prepared, waiting for stock, or cancelled. */
function remaining(order: Order): string {
  const goods = order.lines.filter((line) => line.requiresShipping);
  const part = (title: string, units: (line: Line) => number) => {
    const items = goods.map((line) => ({ line, quantity: units(line) })).filter((item) => item.quantity > 0);
    return items.length === 0 ? '' : `<section><h2>${title}</h2>${table(items)}</section>`;
  };
  return (
    part('Still to be sent', (line) => allocated(line) + open(line)) +
    part('Out of stock at the moment, sent as soon as we have it', (line) => line.backordered) +
    part('Cancelled', (line) => line.cancelled)
  );
}

function table(items: readonly { readonly line: Line | undefined; readonly quantity: number }[]): string {
  const rows = items.map(
    ({ line, quantity }) =>
      `<tr><td>${shown(line?.description ?? line?.sku ?? 'Item')}</td><td>${COUNT.format(quantity)}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">Item</th><th scope="col">Quantity</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Text from outside; kept apart from the words around it, whichever way it is written. */
function shown(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}

const COUNT = new Intl.NumberFormat('en');
const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

function day(dateOrInstant: string): string {
  return `<time datetime="${escapeHtml(dateOrInstant)}">${DAY.format(new Date(dateOrInstant))}</time>`;
}
