import { type FakeFulfillment, type FakeLine, type FakeOrder, remaining } from './shopify-orders.ts';

/** Kept orders as the GraphQL API shows them; what takes arguments is a function of them. */
type Page = { readonly first?: number; readonly after?: string | null };
type Loose = Readonly<Record<string, unknown>>;

/** The location of a shop that names none. */
export const ONLY_PLACE = '1';

export const gid = (type: string, id: string) => `gid://shopify/${type}/${id}`;
export const idOf = (text: string) => /([0-9]+)(?:-[0-9]+)?$/.exec(text)?.[1] ?? '';

/** @returns so many nodes behind a cursor, as connections of the API are paged. */
export function page<Node>(nodes: readonly Node[], { first = 50, after }: Page) {
  const start = after == null ? 0 : Number(after);
  const end = start + first;
  return {
    nodes: nodes.slice(start, end),
    pageInfo: { hasNextPage: end < nodes.length, endCursor: String(Math.min(end, nodes.length)) },
  };
}

const money = (amount: unknown) => ({ shopMoney: { amount: String(amount ?? '0.00') } });
const text = (value: unknown) => (typeof value === 'string' ? value : null);
const items = (value: unknown) => (Array.isArray(value) ? (value as Loose[]) : []);
const record = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Loose) : null);

const taxes = (value: unknown) => items(value).map(({ price }) => ({ priceSet: money(price) }));
const discounts = (value: unknown) =>
  items(value).map(({ amount }) => ({ allocatedAmountSet: money(amount) }));
const attributes = (value: unknown) =>
  items(value).map(({ name, value: of }) => ({ key: String(name), value: of == null ? null : String(of) }));

function address(value: unknown) {
  const from = record(value);
  if (from === null) return null;
  return {
    name: text(from.name),
    firstName: text(from.first_name),
    lastName: text(from.last_name),
    company: text(from.company),
    address1: text(from.address1),
    address2: text(from.address2),
    city: text(from.city),
    province: text(from.province),
    provinceCode: text(from.province_code),
    zip: text(from.zip),
    countryCodeV2: text(from.country_code),
    phone: text(from.phone),
  };
}

function lineItem(order: FakeOrder, line: FakeLine) {
  return {
    id: gid('LineItem', line.id),
    sku: text(line.sku),
    name: String(line.name ?? ''),
    title: String(line.title ?? ''),
    quantity: Number(line.quantity),
    currentQuantity: Number(line.current_quantity ?? line.quantity),
    unfulfilledQuantity: remaining(order, line),
    requiresShipping: line.requires_shipping !== false,
    isGiftCard: line.gift_card === true,
    originalUnitPriceSet: money(line.price),
    customAttributes: attributes(line.properties),
    fulfillmentService: { handle: text(line.fulfillment_service) ?? 'manual' },
    discountAllocations: discounts(line.discount_allocations),
    taxLines: () => taxes(line.tax_lines),
    duties: items(line.duties).map((duty) => ({
      price: money(record(duty.shop_money)?.amount),
      taxLines: taxes(duty.tax_lines),
    })),
  };
}

const lineOf = (order: FakeOrder, id: string) => {
  const line = order.line_items.find((each) => each.id === id);
  return line === undefined ? null : lineItem(order, line);
};

/** A fulfillment of an order. */
export function fulfillmentView(order: FakeOrder, fulfillment: FakeFulfillment) {
  const numbers = fulfillment.tracking_numbers ?? [fulfillment.tracking_number ?? null];
  return {
    id: gid('Fulfillment', fulfillment.id),
    status: fulfillment.status.toUpperCase(),
    createdAt: text(fulfillment.created_at) ?? order.updated_at ?? new Date().toISOString(),
    updatedAt: text(fulfillment.updated_at) ?? order.updated_at ?? new Date().toISOString(),
    deliveredAt: text(fulfillment.delivered_at),
    trackingInfo: () => numbers.map((number) => ({ company: fulfillment.tracking_company ?? null, number })),
    fulfillmentLineItems: (given: Page) =>
      page(
        fulfillment.line_items.map(({ id, quantity }) => ({
          id: gid('FulfillmentLineItem', id),
          quantity: Number(quantity),
          lineItem: lineOf(order, id),
        })),
        given,
      ),
  };
}

/** The lines that one place sends. */
export interface Place {
  readonly locationId: string;
  readonly lines: readonly FakeLine[];
}

export function placesOf(order: FakeOrder): readonly Place[] {
  const places = new Map<string, FakeLine[]>();
  for (const line of order.line_items) {
    if (line.requires_shipping === false) continue;
    const locationId = line.origin_location?.id ?? ONLY_PLACE;
    places.set(locationId, [...(places.get(locationId) ?? []), line]);
  }
  return [...places].map(([locationId, lines]) => ({ locationId, lines }));
}

/** The holds of the fulfillment order of a place. */
export const holdsOf = (order: FakeOrder, place: string) =>
  (order.fulfillment_holds ?? []).filter(({ location_id = ONLY_PLACE }) => location_id === place);

/** @returns the order and the place of a fulfillment order; one without a place is of the only one. */
export function fulfillmentOrderOf(id: string): readonly [orderId: string, locationId: string] {
  const [orderId = '', locationId = ONLY_PLACE] = (id.split('/').at(-1) ?? '').split('-');
  return [orderId, locationId];
}

/** A fulfillment order goes by the order's id, and the place's unless it is the only one. */
export function fulfillmentOrderView(order: FakeOrder, { locationId, lines }: Place) {
  const left = lines.some((line) => remaining(order, line) > 0);
  const holds = holdsOf(order, locationId);
  const open = holds.length > 0 ? 'ON_HOLD' : 'OPEN';
  const status = order.cancelled_at ? 'CANCELLED' : left ? open : 'CLOSED';
  return {
    id: gid('FulfillmentOrder', locationId === ONLY_PLACE ? order.id : `${order.id}-${locationId}`),
    status,
    order: { id: gid('Order', order.id) },
    assignedLocation: { location: { id: gid('Location', locationId) } },
    fulfillmentHolds: holds.map(({ id, reason, reason_notes: reasonNotes }) => ({
      ...{ id: gid('FulfillmentHold', id), reason, reasonNotes },
    })),
    lineItems: (given: Page) =>
      page(
        lines.map((line) => ({
          id: gid('FulfillmentOrderLineItem', line.id),
          remainingQuantity: remaining(order, line),
          lineItem: lineItem(order, line),
        })),
        given,
      ),
  };
}

export function refundView(order: FakeOrder, refund: Loose) {
  const shipping = items(refund.order_adjustments).filter(({ kind }) => kind === 'shipping_refund');
  const unsigned = (amount: unknown) => money(String(amount ?? '0.00').replace('-', ''));
  return {
    id: gid('Refund', String(refund.id)),
    createdAt: text(refund.created_at),
    note: text(refund.note),
    totalRefundedSet: money(
      items(refund.transactions)
        .filter(({ kind }) => kind === 'refund')
        .reduce((total, { amount }) => total + Number(amount), 0)
        .toFixed(2),
    ),
    refundLineItems: (given: Page) =>
      page(
        items(refund.refund_line_items).map((line) => ({
          quantity: Number(line.quantity),
          restockType: String(line.restock_type ?? 'no_restock').toUpperCase(),
          subtotalSet: money(line.subtotal),
          totalTaxSet: money(line.total_tax),
          lineItem: lineOf(order, String(line.line_item_id)),
        })),
        given,
      ),
    refundShippingLines: (given: Page) =>
      page(
        shipping.map(({ amount, tax_amount }) => ({
          subtotalAmountSet: unsigned(amount),
          taxAmountSet: unsigned(tax_amount),
        })),
        given,
      ),
  };
}

export function orderView(order: FakeOrder) {
  const customer = record(order.customer);
  const company = record(order.company);
  const terms = record(order.payment_terms);
  const goods = order.line_items.filter((line) => line.requires_shipping !== false);
  const left = goods.reduce((total, line) => total + remaining(order, line), 0);
  const isBegun = (order.fulfillments ?? []).length > 0;
  return {
    id: gid('Order', order.id),
    name: String(order.name ?? `#${order.id}`),
    createdAt: text(order.created_at) ?? order.updated_at ?? new Date().toISOString(),
    updatedAt: order.updated_at ?? new Date().toISOString(),
    closedAt: text(order.closed_at),
    risk: {
      assessments: items(order.risk_assessments).map(({ risk_level, provider_title }) => ({
        riskLevel: String(risk_level).toUpperCase(),
        provider: typeof provider_title === 'string' ? { title: provider_title } : null,
      })),
    },
    sourceName: text(order.source_name),
    phone: text(order.phone),
    discountCodes: items(order.discount_codes).map(({ code }) => String(code)),
    tags: (text(order.tags) ?? '').split(', ').filter((tag) => tag !== ''),
    paymentGatewayNames: Array.isArray(order.payment_gateway_names)
      ? order.payment_gateway_names.map(String)
      : [],
    cancelledAt: order.cancelled_at ?? null,
    cancelReason: text(order.cancel_reason)?.toUpperCase() ?? null,
    test: order.test === true,
    currencyCode: String(order.currency ?? 'USD'),
    taxesIncluded: order.taxes_included === true,
    dutiesIncluded: order.duties_included === true,
    displayFinancialStatus: text(order.financial_status)?.toUpperCase() ?? null,
    displayFulfillmentStatus: !isBegun ? 'UNFULFILLED' : left === 0 ? 'FULFILLED' : 'PARTIALLY_FULFILLED',
    email: text(order.email),
    note: text(order.note),
    poNumber: text(order.po_number),
    totalPriceSet: money(order.total_price),
    currentTotalPriceSet: money(order.current_total_price ?? order.total_price),
    totalTaxSet: money(order.total_tax),
    currentTotalTaxSet: money(order.current_total_tax ?? order.total_tax),
    totalTipReceivedSet: money(order.total_tip_received),
    totalCashRoundingAdjustment: {
      paymentSet: money(record(record(order.total_cash_rounding_payment_adjustment_set)?.shop_money)?.amount),
    },
    taxLines: taxes(order.tax_lines),
    customAttributes: attributes(order.note_attributes),
    purchasingEntity:
      company === null
        ? null
        : { __typename: 'PurchasingCompany', company: { id: gid('Company', String(company.id)) } },
    paymentTerms:
      terms === null
        ? null
        : {
            paymentTermsType: String(terms.payment_terms_type ?? 'UNKNOWN').toUpperCase(),
            paymentTermsName: String(terms.payment_terms_name ?? ''),
            dueInDays: terms.due_in_days == null ? null : Number(terms.due_in_days),
          },
    customer:
      customer === null
        ? null
        : {
            id: gid('Customer', String(customer.id)),
            email: text(customer.email),
            phone: text(customer.phone),
            firstName: text(customer.first_name),
            lastName: text(customer.last_name),
            defaultAddress: address(customer.default_address),
          },
    billingAddress: address(order.billing_address),
    shippingAddress: address(order.shipping_address),
    lineItems: (given: Page) =>
      page(
        order.line_items.map((line) => lineItem(order, line)),
        given,
      ),
    shippingLines: (given: Page) =>
      page(
        items(order.shipping_lines).map((line) => ({
          title: String(line.title ?? ''),
          code: text(line.code),
          deliveryCategory: text(line.delivery_category),
          isRemoved: line.is_removed === true,
          originalPriceSet: money(line.price),
          discountAllocations: discounts(line.discount_allocations),
          taxLines: taxes(line.tax_lines),
        })),
        given,
      ),
    fulfillments: () => (order.fulfillments ?? []).map((each) => fulfillmentView(order, each)),
    fulfillmentOrders: (given: Page) =>
      page(
        placesOf(order).map((place) => fulfillmentOrderView(order, place)),
        given,
      ),
    refunds: () => items(order.refunds).map((each) => refundView(order, each)),
  };
}
