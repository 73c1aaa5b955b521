import type { LineStatus, OrderResponse, OrderSummary } from '../../../contract/responses.ts';
import {
  allocated,
  casesAndPallets,
  isPinned,
  type Line,
  type Order,
  open,
} from '../../../domain/order/order.ts';
import type { OrderHeader } from '../../application/read-ports.ts';

/** An order as the API shows it. */
export function orderView(order: Order): OrderResponse {
  const {
    lines,
    sequence: _sequence,
    allocationReleased: _released,
    cancelling: _cancelling,
    shipping: _shipping,
    voided: _voided,
    ...terms
  } = order;
  return {
    ...terms,
    ...totalCases(order),
    lines: lines.map((line) => lineView(order, line)),
  } as OrderResponse;
}

/** An order as lists and the board show it. */
export function orderSummary(header: OrderHeader): OrderSummary {
  return {
    orderId: header.orderId,
    state: header.state,
    version: header.version,
    channel: header.channel,
    source: header.source,
    orderType: header.orderType,
    currency: header.currency,
    externalId: header.externalId,
    customer: header.customer,
    purchaseOrderNumber: header.purchaseOrderNumber,
    paymentTerms: header.paymentTerms,
    deliveryWindow: header.deliveryWindow,
    deliveryWindowStatus: header.deliveryWindowStatus,
    total: header.total,
    channelTotal: header.channelTotal,
    holds: [...header.holds],
    receivedAt: header.receivedAt,
    updatedAt: header.updatedAt,
    lineCount: header.lineCount,
    shipmentCount: header.shipmentCount,
    units: header.units,
  };
}

/** Where a line stands, in one word. */
export function lineStatus(line: Line): LineStatus {
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

function lineView(order: Order, line: Line): OrderResponse['lines'][number] {
  const { pins, allocations, ...rest } = line;
  const wholeLinePin = pins.length === 1 && pins[0]?.quantity === undefined ? pins[0] : undefined;
  return {
    ...rest,
    quantity: line.ordered,
    ...(order.orderType === 'B2B' && casesAndPallets(line, line.ordered)),
    ...(wholeLinePin !== undefined && { lotPin: wholeLinePin.lotNumber }),
    allocated: allocated(line),
    open: open(line),
    status: lineStatus(line),
    allocations: allocations
      .filter((allocation) => allocation.quantity > 0)
      .map(({ lotNumber, quantity, expiryDate }) => ({
        lotNumber,
        quantity,
        pinned: isPinned(line, lotNumber),
        expiryDate,
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
