import * as z from 'zod';
import type { SnapshotResult } from '../../core/order-snapshot.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import { ShopRefused } from '../../core/shops.ts';
import { ShopifyOrder } from '../inbound/payload.ts';
import { snapshotOf } from '../inbound/snapshot.ts';
import { fulfilledLines } from './fulfilled-lines.ts';
import type { AskShopify } from './graphql.ts';
import { orderGid } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

// The answers bear the names of the webhooks' fields, so that one schema reads both.
const MONEY = '{ shopMoney { amount } }';
const TAXES = `tax_lines: taxLines { price: priceSet ${MONEY} }`;
const DISCOUNTS = `discount_allocations: discountAllocations { amount: allocatedAmountSet ${MONEY} }`;
const ADDRESS = `{
  name first_name: firstName last_name: lastName company address1 address2 city province
  province_code: provinceCode zip country_code: countryCodeV2 phone
}`;

/** So few lines at a time keep the query below the cost that Shopify allows for one. */
const ORDER = `query WholeOrder($orderId: ID!) {
  order(id: $orderId) {
    id name test email note phone tags
    created_at: createdAt closed_at: closedAt source_name: sourceName payment_gateway_names: paymentGatewayNames
    discount_codes: discountCodes
    updated_at: updatedAt cancelled_at: cancelledAt cancel_reason: cancelReason currency: currencyCode
    taxes_included: taxesIncluded duties_included: dutiesIncluded po_number: poNumber
    financial_status: displayFinancialStatus fulfillment_status: displayFulfillmentStatus
    total_price: totalPriceSet ${MONEY} current_total_price: currentTotalPriceSet ${MONEY}
    total_tax: totalTaxSet ${MONEY} current_total_tax: currentTotalTaxSet ${MONEY} ${TAXES}
    total_tip_received: totalTipReceivedSet ${MONEY}
    total_cash_rounding_payment_adjustment_set: totalCashRoundingAdjustment { paymentSet ${MONEY} }
    note_attributes: customAttributes { name: key value }
    company: purchasingEntity { ... on PurchasingCompany { company { id } } }
    payment_terms: paymentTerms {
      payment_terms_type: paymentTermsType payment_terms_name: paymentTermsName due_in_days: dueInDays
    }
    customer { id email phone first_name: firstName last_name: lastName default_address: defaultAddress ${ADDRESS} }
    billing_address: billingAddress ${ADDRESS}
    shipping_address: shippingAddress ${ADDRESS}
    shipping_lines: shippingLines(first: 20) {
      nodes { title code delivery_category: deliveryCategory is_removed: isRemoved price: originalPriceSet ${MONEY} ${DISCOUNTS} ${TAXES} }
    }
    fulfillments(first: 50) {
      id status created_at: createdAt updated_at: updatedAt delivered_at: deliveredAt
      tracking: trackingInfo(first: 10) { company number }
    }
    refunds(first: 50) { id created_at: createdAt note total: totalRefundedSet ${MONEY} }
  }
}`;

const LINES = `query OrderLines($orderId: ID!, $after: String) {
  order(id: $orderId) {
    lineItems(first: 40, after: $after) {
      nodes {
        id sku name title quantity current_quantity: currentQuantity fulfillable_quantity: unfulfilledQuantity
        requires_shipping: requiresShipping gift_card: isGiftCard price: originalUnitPriceSet ${MONEY}
        properties: customAttributes { name: key value } fulfillment_service: fulfillmentService { handle }
        ${DISCOUNTS} ${TAXES} duties { shop_money: price ${MONEY} ${TAXES} }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const REFUNDED = `query RefundedLines($id: ID!, $after: String) {
  refund(id: $id) {
    refundLineItems(first: 100, after: $after) {
      nodes {
        quantity restock_type: restockType line_item_id: lineItem { id }
        subtotal: subtotalSet ${MONEY} total_tax: totalTaxSet ${MONEY}
      }
      pageInfo { hasNextPage endCursor }
    }
    refundShippingLines(first: 20) {
      nodes { amount: subtotalAmountSet ${MONEY} tax_amount: taxAmountSet ${MONEY} }
    }
  }
}`;

const Node = z.looseObject({ id: z.string() });
const Order = z.object({
  order: z.looseObject({ fulfillments: z.array(Node), refunds: z.array(Node) }).nullable(),
});
const Nodes = z.object({ nodes: z.array(z.unknown()), pageInfo: Page });
const Lines = z.object({ order: z.object({ lineItems: Nodes }).nullable() });
const Refunded = z.object({
  refund: z
    .object({
      refundLineItems: Nodes,
      refundShippingLines: z.object({ nodes: z.array(z.looseObject({})) }),
    })
    .nullable(),
});

/**
 * Fetches an order with all of its lines, fulfillments and refunds.
 *
 * @returns the order in the names of the webhooks' fields, as the shop gives it; null when it has no such order
 */
export async function fetchOrder(ask: AskShopify, orderId: string): Promise<object | null> {
  const { order } = await ask(ORDER, { orderId: orderGid(orderId) }, Order);
  if (order === null) return null;
  const line_items = await pagesOf(async (after) => {
    const page = await ask(LINES, { orderId: orderGid(orderId), after }, Lines);
    return page.order?.lineItems ?? null;
  });
  const fulfillments: object[] = [];
  for (const fulfillment of order.fulfillments) {
    const sent = await fulfilledLines(ask, fulfillment.id);
    const items = sent.map(({ lineItemId: id, quantity }) => ({ id, quantity }));
    fulfillments.push({ ...fulfillment, line_items: items });
  }
  const refunds: object[] = [];
  for (const refund of order.refunds) {
    let shipping: readonly object[] = [];
    const refund_line_items = await pagesOf(async (after) => {
      const page = await ask(REFUNDED, { id: refund.id, after }, Refunded);
      shipping = page.refund?.refundShippingLines.nodes ?? [];
      return page.refund?.refundLineItems ?? null;
    });
    const order_adjustments = shipping.map((each) => ({ ...each, kind: 'shipping_refund' }));
    refunds.push({ ...refund, refund_line_items, order_adjustments });
  }
  return { ...order, line_items, fulfillments, refunds };
}

/**
 * Fetches an order as a snapshot.
 *
 * @param shop the shop's domain
 * @returns null when the shop has no such order
 */
export async function retrieveOrder(
  ask: AskShopify,
  shop: string,
  orderId: string,
): Promise<SnapshotResult | null> {
  const fetched = await fetchOrder(ask, orderId);
  if (fetched === null) return null;
  const parsed = ShopifyOrder.safeParse(fetched);
  if (parsed.success) return snapshotOf(parsed.data, shop);
  throw new ShopRefused('Shopify', 200, `an answer of another form: ${describeIssues(parsed.error.issues)}`);
}
