import type { AllocationPanel } from '../../../contract/responses.ts';
import { isSameLot, locationOf, stockIdentity } from '../../../domain/inventory/location.ts';
import type { Lot } from '../../../domain/inventory/lot.ts';
import { allocated, isGoods, isPinned, type Line, type Order, open } from '../../../domain/order/order.ts';

/** @returns the SKUs that an order holds stock of, whose lots the panel shows. */
export function reservedSkus(order: Order): readonly string[] {
  return [...new Set(holding(order).flatMap((line) => (line.sku === null ? [] : [line.sku])))];
}

/**
 * What an order holds of each lot, and what that leaves of it.
 *
 * @param stock the lots of each SKU that the order holds stock of
 */
export function allocationView(order: Order, stock: ReadonlyMap<string, readonly Lot[]>): AllocationPanel {
  const goods = order.lines.filter(isGoods);
  const left = new Map<string, number>();
  // Lines of one order may share a lot: the first one finds what all of them and the rest hold.
  const items = holding(order)
    .filter(isGoods)
    .reverse()
    .flatMap((line) =>
      line.allocations
        .filter((allocation) => allocation.quantity > 0)
        .reverse()
        .map((allocation): AllocationPanel['items'][number] => {
          const lot = stock.get(line.sku)?.find((each) => isSameLot(each, allocation));
          const key = stockIdentity(line.sku, allocation);
          const availableAfter = left.get(key) ?? lot?.available ?? 0;
          left.set(key, availableAfter + allocation.quantity);
          return {
            lineNumber: line.lineNumber,
            sku: line.sku,
            lotNumber: allocation.lotNumber,
            locationId: locationOf(allocation),
            expiryDate: allocation.expiryDate,
            status: lot?.status ?? 'AVAILABLE',
            availableBefore: availableAfter + allocation.quantity,
            reserved: allocation.quantity,
            availableAfter,
            pinned: isPinned(line, allocation.lotNumber),
            reason: allocation.reason,
          };
        }),
    );
  return {
    orderId: order.orderId,
    state: order.state,
    items: items.reverse(),
    lines: goods.map((line) => ({
      lineNumber: line.lineNumber,
      sku: line.sku,
      ordered: line.ordered,
      allocated: allocated(line),
      backordered: line.backordered,
      open: open(line),
    })),
  };
}

function holding(order: Order): Line[] {
  return order.lines.filter((line) => isGoods(line) && allocated(line) > 0);
}
