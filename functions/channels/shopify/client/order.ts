import * as z from 'zod';
import { fulfilledLines } from './fulfilled-lines.ts';
import type { AskShopify } from './graphql.ts';
import { legacyId, orderGid } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

const MONEY = '{ shopMoney { amount } }';
const ADDRESS =
  '{ name firstName lastName company address1 address2 city province provinceCode zip countryCodeV2 }';
const LINE = `{
  id sku name title quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
  originalUnitPriceSet ${MONEY}
  customAttributes { key value }
  discountAllocations { allocatedAmountSet ${MONEY} }
  taxLines { priceSet ${MONEY} }
  duties { price ${MONEY} taxLines { priceSet ${MONEY} } }
}`;

/** So few lines at a time keep the query below the cost that Shopify allows for one. */
const ORDER = `query WholeOrder($orderId: ID!) {
  order(id: $orderId) {
    id name updatedAt cancelledAt cancelReason test currencyCode taxesIncluded dutiesIncluded
    displayFinancialStatus displayFulfillmentStatus email note poNumber
    totalPriceSet ${MONEY} currentTotalPriceSet ${MONEY}
    customAttributes { key value }
    purchasingEntity { __typename ... on PurchasingCompany { company { id } } }
    paymentTerms { paymentTermsType paymentTermsName dueInDays }
    customer { id email firstName lastName defaultAddress ${ADDRESS} }
    billingAddress ${ADDRESS}
    shippingAddress ${ADDRESS}
    shippingLines(first: 20) {
      nodes { isRemoved originalPriceSet ${MONEY} discountAllocations { allocatedAmountSet ${MONEY} }
        taxLines { priceSet ${MONEY} } }
    }
    fulfillments(first: 50) { id status trackingInfo(first: 10) { company number } }
    refunds(first: 50) { id }
  }
}`;

const LINES = `query OrderLines($orderId: ID!, $after: String) {
  order(id: $orderId) {
    lineItems(first: 40, after: $after) { nodes ${LINE} pageInfo { hasNextPage endCursor } }
  }
}`;

const REFUNDED = `query RefundedLines($id: ID!, $after: String) {
  refund(id: $id) {
    refundLineItems(first: 100, after: $after) {
      nodes { quantity restockType lineItem { id } } pageInfo { hasNextPage endCursor }
    }
  }
}`;

const Text = z.string().nullable();
const Money = z.object({ shopMoney: z.object({ amount: z.string() }) });
const Attributes = z.array(z.object({ key: z.string(), value: Text }));
const TaxLines = z.array(z.object({ priceSet: Money }));
const Allocations = z.array(z.object({ allocatedAmountSet: Money }));
const Address = z
  .object({
    name: Text,
    firstName: Text,
    lastName: Text,
    company: Text,
    address1: Text,
    address2: Text,
    city: Text,
    province: Text,
    provinceCode: Text,
    zip: Text,
    countryCodeV2: Text,
  })
  .nullable();

const Order = z.object({
  order: z
    .object({
      id: z.string(),
      name: z.string(),
      updatedAt: z.string(),
      cancelledAt: Text,
      cancelReason: Text,
      test: z.boolean(),
      currencyCode: z.string(),
      taxesIncluded: z.boolean(),
      dutiesIncluded: z.boolean(),
      displayFinancialStatus: Text,
      displayFulfillmentStatus: Text,
      email: Text,
      note: Text,
      poNumber: Text,
      totalPriceSet: Money,
      currentTotalPriceSet: Money,
      customAttributes: Attributes,
      purchasingEntity: z.object({ company: z.object({ id: z.string() }).optional() }).nullable(),
      paymentTerms: z
        .object({ paymentTermsType: z.string(), paymentTermsName: z.string(), dueInDays: z.int().nullable() })
        .nullable(),
      customer: z
        .object({ id: z.string(), email: Text, firstName: Text, lastName: Text, defaultAddress: Address })
        .nullable(),
      billingAddress: Address,
      shippingAddress: Address,
      shippingLines: z.object({
        nodes: z.array(
          z.object({
            isRemoved: z.boolean(),
            originalPriceSet: Money,
            discountAllocations: Allocations,
            taxLines: TaxLines,
          }),
        ),
      }),
      fulfillments: z.array(
        z.object({
          id: z.string(),
          status: z.string(),
          trackingInfo: z.array(z.object({ company: Text, number: Text })),
        }),
      ),
      refunds: z.array(z.object({ id: z.string() })),
    })
    .nullable(),
});

const Line = z.object({
  id: z.string(),
  sku: Text,
  name: z.string(),
  title: z.string(),
  quantity: z.int(),
  currentQuantity: z.int(),
  unfulfilledQuantity: z.int(),
  requiresShipping: z.boolean(),
  isGiftCard: z.boolean(),
  originalUnitPriceSet: Money,
  customAttributes: Attributes,
  discountAllocations: Allocations,
  taxLines: TaxLines,
  duties: z.array(z.object({ price: Money, taxLines: TaxLines })),
});

const Lines = z.object({
  order: z.object({ lineItems: z.object({ nodes: z.array(Line), pageInfo: Page }) }).nullable(),
});

const Refunded = z.object({
  refund: z
    .object({
      refundLineItems: z.object({
        nodes: z.array(
          z.object({ quantity: z.int(), restockType: z.string(), lineItem: z.object({ id: z.string() }) }),
        ),
        pageInfo: Page,
      }),
    })
    .nullable(),
});

/**
 * Fetches an order and writes it as a webhook of the topic `orders/updated` would: the names of the REST resource,
 * numbers as text. So there is one translation of orders, whatever way they came.
 *
 * @returns null when the shop has no such order
 */
export async function retrieveOrder(ask: AskShopify, orderId: string): Promise<unknown> {
  const { order } = await ask(ORDER, { orderId: orderGid(orderId) }, Order);
  if (order === null) return null;
  const lines = await pagesOf(async (after) => {
    const page = await ask(LINES, { orderId: orderGid(orderId), after }, Lines);
    return page.order?.lineItems ?? null;
  });
  const fulfillments: unknown[] = [];
  for (const { id, status, trackingInfo } of order.fulfillments) {
    const items = await fulfilledLines(ask, id);
    fulfillments.push({
      id: legacyId(id),
      order_id: orderId,
      status: status.toLowerCase(),
      tracking_company: trackingInfo[0]?.company ?? null,
      tracking_number: trackingInfo[0]?.number ?? null,
      tracking_numbers: trackingInfo.map(({ number }) => number),
      line_items: items.map(({ lineItemId, quantity }) => ({ id: lineItemId, quantity: `${quantity}` })),
    });
  }
  const refunds: unknown[] = [];
  for (const { id } of order.refunds) {
    const items = await pagesOf(async (after) => {
      const page = await ask(REFUNDED, { id, after }, Refunded);
      return page.refund?.refundLineItems ?? null;
    });
    refunds.push({
      refund_line_items: items.map(({ quantity, restockType, lineItem }) => ({
        line_item_id: legacyId(lineItem.id),
        quantity: `${quantity}`,
        restock_type: restockType.toLowerCase(),
      })),
    });
  }
  return {
    id: orderId,
    name: order.name,
    updated_at: order.updatedAt,
    cancelled_at: order.cancelledAt,
    cancel_reason: order.cancelReason?.toLowerCase() ?? null,
    test: order.test,
    currency: order.currencyCode,
    taxes_included: order.taxesIncluded,
    duties_included: order.dutiesIncluded,
    total_price: amount(order.totalPriceSet),
    current_total_price: amount(order.currentTotalPriceSet),
    financial_status: order.displayFinancialStatus?.toLowerCase() ?? null,
    fulfillment_status: FULFILLMENT_STATUS[order.displayFulfillmentStatus ?? ''] ?? null,
    email: order.email,
    note: order.note,
    note_attributes: attributes(order.customAttributes),
    po_number: order.poNumber,
    company: order.purchasingEntity?.company && { id: legacyId(order.purchasingEntity.company.id) },
    payment_terms: order.paymentTerms && {
      payment_terms_type: order.paymentTerms.paymentTermsType,
      payment_terms_name: order.paymentTerms.paymentTermsName,
      due_in_days: order.paymentTerms.dueInDays === null ? null : `${order.paymentTerms.dueInDays}`,
    },
    customer: order.customer && {
      id: legacyId(order.customer.id),
      email: order.customer.email,
      first_name: order.customer.firstName,
      last_name: order.customer.lastName,
      default_address: address(order.customer.defaultAddress),
    },
    billing_address: address(order.billingAddress),
    shipping_address: address(order.shippingAddress),
    shipping_lines: order.shippingLines.nodes.map((line) => ({
      price: amount(line.originalPriceSet),
      is_removed: line.isRemoved,
      discount_allocations: allocations(line.discountAllocations),
      tax_lines: taxes(line.taxLines),
    })),
    line_items: lines.map(lineItem),
    fulfillments,
    refunds,
  };
}

/** What the REST resource calls the states of fulfillment that are looked at. */
const FULFILLMENT_STATUS: Readonly<Record<string, string>> = {
  FULFILLED: 'fulfilled',
  PARTIALLY_FULFILLED: 'partial',
};

function lineItem(line: z.infer<typeof Line>): unknown {
  return {
    id: legacyId(line.id),
    sku: line.sku,
    name: line.name,
    title: line.title,
    quantity: `${line.quantity}`,
    current_quantity: `${line.currentQuantity}`,
    fulfillable_quantity: `${line.unfulfilledQuantity}`,
    price: amount(line.originalUnitPriceSet),
    requires_shipping: line.requiresShipping,
    gift_card: line.isGiftCard,
    properties: attributes(line.customAttributes),
    discount_allocations: allocations(line.discountAllocations),
    tax_lines: taxes(line.taxLines),
    duties: line.duties.map(({ price, taxLines }) => ({
      shop_money: { amount: amount(price) },
      tax_lines: taxes(taxLines),
    })),
  };
}

function address(given: z.infer<typeof Address>): unknown {
  return (
    given && {
      name: given.name,
      first_name: given.firstName,
      last_name: given.lastName,
      company: given.company,
      address1: given.address1,
      address2: given.address2,
      city: given.city,
      province: given.province,
      province_code: given.provinceCode,
      zip: given.zip,
      country_code: given.countryCodeV2,
    }
  );
}

function amount({ shopMoney }: z.infer<typeof Money>): string {
  return shopMoney.amount;
}

function attributes(given: z.infer<typeof Attributes>) {
  return given.map(({ key: name, value }) => ({ name, value }));
}

function allocations(given: z.infer<typeof Allocations>) {
  return given.map(({ allocatedAmountSet }) => ({ amount: amount(allocatedAmountSet) }));
}

function taxes(given: z.infer<typeof TaxLines>) {
  return given.map(({ priceSet }) => ({ price: amount(priceSet) }));
}
