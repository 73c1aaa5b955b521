import type { OrderState } from '../../../domain/order/lifecycle.ts';
import { allocated, type Line, type Order, open, type Shipment } from '../../../domain/order/order.ts';
import type { HttpAnswer } from '../../middleware/http.ts';
import { escapeHtml, htmlPage } from '../html.ts';

const STYLE = `
main { max-width: 40rem; } ol { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
ol li { padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--soft); }
ol li[aria-current], ol li.past { color: var(--ink); border-color: var(--mark); } ol li[aria-current] { font-weight: 600; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .25rem 1rem 1rem; margin-top: 1rem; }
`;

/** What each state means to a customer. */
const HEADLINES: Readonly<Record<OrderState, string>> = {
  RECEIVED: 'We have your order.',
  ALLOCATED: 'Your goods are set aside for you.',
  FULFILLMENT_QUEUED: 'We are getting your order ready.',
  SHIPPED: 'Your order is on its way.',
  DELIVERED: 'Your order has arrived.',
  CLOSED: 'Your order is complete.',
  CANCELLED: 'Your order is cancelled.',
};

const STEPS: readonly { name: string; states: readonly OrderState[] }[] = [
  { name: 'Received', states: ['RECEIVED', 'ALLOCATED'] },
  { name: 'Being prepared', states: ['FULFILLMENT_QUEUED'] },
  { name: 'On its way', states: ['SHIPPED'] },
  { name: 'Delivered', states: ['DELIVERED', 'CLOSED'] },
];

/** Where an order is, in plain words, without anything that is only for those who run it. */
export function statusPage(order: Order): HttpAnswer {
  const headline =
    order.state === 'FULFILLMENT_QUEUED' && order.shipments.length > 0
      ? 'Part of your order is on its way.'
      : HEADLINES[order.state];
  const body = `<h1>${headline}</h1>
<p class="soft">Order ${escapeHtml(order.orderId)}${order.purchaseOrderNumber === undefined ? '' : ` · your purchase order ${escapeHtml(order.purchaseOrderNumber)}`}</p>
${order.state === 'CANCELLED' ? '' : steps(order)}
${window(order)}
${order.shipments.map((shipment, index) => parcel(order, shipment, index + 1)).join('')}
${rest(order)}`;
  return htmlPage(200, `Order ${order.orderId}`, body, STYLE);
}

export function expiredPage(): HttpAnswer {
  const body = '<h1>This link has expired.</h1><p>Please ask for a new one where you placed your order.</p>';
  return htmlPage(410, 'Link expired', body, STYLE);
}

export function unknownPage(): HttpAnswer {
  const body = '<h1>We do not know this link.</h1><p>Please check that you have copied all of it.</p>';
  return htmlPage(404, 'Link unknown', body, STYLE);
}

function steps(order: Order): string {
  const now = STEPS.findIndex((step) => step.states.includes(order.state));
  const items = STEPS.map(({ name }, index) => {
    if (index === now) return `<li aria-current="step">${name}</li>`;
    return index < now ? `<li class="past">${name}</li>` : `<li>${name}</li>`;
  });
  return `<ol aria-label="Progress">${items.join('')}</ol>`;
}

function window({ deliveryWindow, state }: Order): string {
  if (deliveryWindow === undefined || state === 'DELIVERED' || state === 'CLOSED' || state === 'CANCELLED')
    return '';
  const { start, end } = deliveryWindow;
  const days = start === end ? `on ${day(start)}` : `between ${day(start)} and ${day(end)}`;
  return `<p>Planned delivery ${days}.</p>`;
}

function parcel(order: Order, shipment: Shipment, number: number): string {
  const arrived =
    shipment.deliveredAt === undefined ? 'On its way.' : `Delivered on ${day(shipment.deliveredAt)}.`;
  const rows = shipment.lines.map(({ lineNumber, quantity }) => item(order, lineNumber, quantity));
  return `<section><h2>Shipment ${number}</h2><p>${arrived} Sent on ${day(shipment.shippedAt)} with ${escapeHtml(shipment.carrier)}, tracking number <code>${escapeHtml(shipment.trackingNumber)}</code>.</p>
<table><thead><tr><th scope="col">Item</th><th scope="col">Quantity</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

/** What has not left yet: being prepared, or waiting for stock. */
function rest(order: Order): string {
  if (order.state === 'CANCELLED') return '';
  const goods = order.lines.filter((line) => line.requiresShipping);
  const table = (title: string, units: (line: Line) => number) => {
    const rows = goods
      .filter((line) => units(line) > 0)
      .map((line) => item(order, line.lineNumber, units(line)));
    return rows.length === 0
      ? ''
      : `<section><h2>${title}</h2><table><thead><tr><th scope="col">Item</th><th scope="col">Quantity</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
  };
  return (
    table('Still to be sent', (line) => allocated(line) + open(line)) +
    table('Out of stock at the moment; we send it as soon as we have it', (line) => line.backordered) +
    table('Cancelled', (line) => line.cancelled)
  );
}

function item(order: Order, lineNumber: number, quantity: number): string {
  const line = order.lines.find((each) => each.lineNumber === lineNumber);
  return `<tr><td>${escapeHtml(line?.description ?? line?.sku ?? `Line ${lineNumber}`)}</td><td>${quantity}</td></tr>`;
}

const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

function day(dateOrInstant: string): string {
  return DAY.format(new Date(dateOrInstant));
}
