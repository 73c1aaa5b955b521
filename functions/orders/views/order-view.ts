import type { LineStatus, OrderResponse, OrderSummary } from '../../../contract/responses.ts';
import { locationOf } from '../../../domain/inventory/location.ts';
import {
  allocated,
  casesAndPallets,
  isPinned,
  type Line,
  type Order,
  open,
  type Shipment,
} from '../../../domain/order/order.ts';
import type { Promises } from '../../inventory/promises.ts';
import type { OrderHeader } from '../queries.ts';

/** An order as the API shows it. */
export function orderView(order: Order, promises: Promises = new Map()): OrderResponse {
  return {
    orderId: order.orderId,
    state: order.state,
    version: order.version,
    channel: order.channel,
    source: order.source,
    isTest: order.isTest,
    orderType: order.orderType,
    externalId: order.externalId,
    customer: order.customer,
    shipTo: order.shipTo,
    purchaseOrderNumber: order.purchaseOrderNumber,
    releaseNumber: order.releaseNumber,
    paymentTerms: order.paymentTerms,
    cashDiscount: order.cashDiscount,
    deliveryWindow: order.deliveryWindow,
    deliveryWindowStatus: order.deliveryWindowStatus,
    shipNotBefore: order.shipNotBefore,
    shipNotAfter: order.shipNotAfter,
    cancelAfter: order.cancelAfter,
    backorderPolicy: order.backorderPolicy,
    minimumShelfLifeDays: order.minimumShelfLifeDays,
    note: order.note,
    channelData: order.channelData === undefined ? undefined : [...order.channelData],
    currency: order.currency,
    discount: order.discount,
    shippingAmount: order.shippingAmount,
    tax: order.tax,
    total: order.total,
    shippingTax: order.shippingTax,
    channelTotal: order.channelTotal,
    channelOrderName: order.channelOrderName,
    ...totalCases(order),
    holds: [...order.holds],
    lines: order.lines.map((line) => lineView(order, line, promises.get(line.lineNumber))),
    shipments: order.shipments.map((shipment) => shipmentView(shipment)),
    receivedAt: order.receivedAt,
    updatedAt: order.updatedAt,
  };
}

/** An order as lists and the board show it. */
export function orderSummary(header: OrderHeader): OrderSummary {
  return {
    orderId: header.orderId,
    state: header.state,
    version: header.version,
    channel: header.channel,
    source: header.source,
    isTest: header.isTest,
    orderType: header.orderType,
    currency: header.currency,
    externalId: header.externalId,
    customer: header.customer,
    purchaseOrderNumber: header.purchaseOrderNumber,
    releaseNumber: header.releaseNumber,
    paymentTerms: header.paymentTerms,
    cashDiscount: header.cashDiscount,
    deliveryWindow: header.deliveryWindow,
    deliveryWindowStatus: header.deliveryWindowStatus,
    shipNotBefore: header.shipNotBefore,
    shipNotAfter: header.shipNotAfter,
    cancelAfter: header.cancelAfter,
    total: header.total,
    channelTotal: header.channelTotal,
    channelOrderName: header.channelOrderName,
    holds: [...header.holds],
    receivedAt: header.receivedAt,
    updatedAt: header.updatedAt,
    lineCount: header.lineCount,
    shipmentCount: header.shipmentCount,
    units: header.units,
  };
}

/** Where a line stands, in one word. */
function lineStatus(line: Line): LineStatus {
  if (line.cancelled === line.ordered) return 'CANCELLED';
  if (!line.requiresShipping) return 'NOT_SHIPPED';
  const wanted = line.ordered - line.cancelled;
  if (line.delivered === wanted) return 'DELIVERED';
  if (line.shipped === wanted) return line.delivered > 0 ? 'PARTLY_DELIVERED' : 'SHIPPED';
  if (line.shipped > 0) return 'PARTLY_SHIPPED';
  if (allocated(line) === wanted) return 'ALLOCATED';
  if (allocated(line) > 0) return 'PARTLY_ALLOCATED';
  return line.backordered > 0 ? 'BACKORDERED' : 'OPEN';
}

function lineView(order: Order, line: Line, promisedAt: string | undefined): OrderResponse['lines'][number] {
  const [pin, ...others] = line.pins;
  const bindsWholeLine = pin !== undefined && others.length === 0 && pin.quantity === undefined;
  return {
    lineNumber: line.lineNumber,
    sku: line.sku,
    description: line.description,
    channelLineId: line.channelLineId,
    fulfilledBy: line.fulfilledBy,
    channelData: line.channelData === undefined ? undefined : [...line.channelData],
    requiresShipping: line.requiresShipping,
    quantity: line.ordered,
    unitPrice: line.unitPrice,
    discount: line.discount,
    tax: line.tax,
    unitsPerCase: line.unitsPerCase,
    casesPerPallet: line.casesPerPallet,
    ...(order.orderType === 'B2B' && casesAndPallets(line, line.ordered)),
    ...(bindsWholeLine && { lotPin: pin.lotNumber }),
    status: lineStatus(line),
    ordered: line.ordered,
    allocated: allocated(line),
    backordered: line.backordered,
    open: open(line),
    shipped: line.shipped,
    delivered: line.delivered,
    cancelled: line.cancelled,
    returned: line.returned,
    promisedAt,
    allocations: line.allocations
      .filter((allocation) => allocation.quantity > 0)
      .map(({ lotNumber, locationId, quantity, expiryDate }) => ({
        lotNumber,
        locationId: locationOf({ locationId }),
        quantity,
        pinned: isPinned(line, lotNumber),
        expiryDate,
      })),
  };
}

function shipmentView(shipment: Shipment): OrderResponse['shipments'][number] {
  return {
    shipmentId: shipment.shipmentId,
    locationId: locationOf(shipment),
    carrier: shipment.carrier,
    service: shipment.service,
    trackingNumber: shipment.trackingNumber,
    channelFulfillmentId: shipment.channelFulfillmentId,
    packages: shipment.packages,
    packageContents: shipment.packageContents?.map(({ lines, ...each }) => ({ ...each, lines: [...lines] })),
    shippedAt: shipment.shippedAt,
    deliveredAt: shipment.deliveredAt,
    trouble: shipment.trouble,
    signedBy: shipment.signedBy,
    lines: shipment.lines.map(({ lots, ...line }) => ({
      ...line,
      lots: lots.map((lot) => ({ ...lot, locationId: locationOf(lot) })),
    })),
  };
}

/** Cases and pallets of the whole order, where every line is sold by the case. */
function totalCases(order: Order): { cases?: number; pallets?: number } {
  if (order.orderType !== 'B2B' || order.lines.some((line) => line.unitsPerCase === undefined)) return {};
  const each = order.lines.map((line) => casesAndPallets(line, line.ordered));
  const cases = each.reduce((total, { cases: own = 0 }) => total + own, 0);
  if (each.some(({ pallets }) => pallets === undefined)) return { cases };
  return { cases, pallets: each.reduce((total, { pallets = 0 }) => total + pallets, 0) };
}
