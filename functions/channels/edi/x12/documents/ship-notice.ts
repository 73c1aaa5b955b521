import { formatDecimal } from '../order/decimal.ts';
import { sum } from '../order/lines.ts';
import {
  type OutgoingEnvelope,
  type OutgoingSegment,
  text,
  UnwritableDocument,
  writeInterchange,
} from '../writer.ts';
import {
  dateSegment,
  descriptionSegments,
  type GivenBack,
  givenBack,
  type OutgoingCarrier,
  type OutgoingIdentifier,
  type OutgoingParty,
  type OutgoingReference,
  partySegments,
  products,
  references,
  x12Date,
} from './common.ts';

/** Some of one order line, of one lot, in a logistic unit. */
export interface ShippedItem {
  /** The partner's own number of the line. */
  readonly assignedId: string;
  readonly identifiers: readonly OutgoingIdentifier[];
  /** Shipped here, in the unit ordered. */
  readonly quantity: string;
  readonly unit: string;
  readonly orderedQuantity: string;
  readonly orderedUnit: string;
  readonly description?: string | null;
  readonly lotNumber?: string | null;
  /** `YYYY-MM-DD`. */
  readonly expiryDate?: string | null;
  /** REF of the line. */
  readonly references?: GivenBack;
}

/** One labelled pallet or carton. */
export interface LogisticUnit {
  /** 18 digits, check digit included, as on the label. */
  readonly sscc: string;
  readonly items: readonly ShippedItem[];
}

export interface ShippedOrder {
  readonly purchaseOrderNumber: string;
  /** `YYYY-MM-DD`. */
  readonly purchaseOrderDate: string | null;
  readonly releaseNumber?: string | null;
  /** REF of the purchase order. */
  readonly references?: GivenBack;
  /** What is in which labelled unit; or, where nobody reported that, all items. */
  readonly units?: readonly LogisticUnit[];
  readonly items?: readonly ShippedItem[];
}

/** What an 856 says: what is on its way, down to label, lot and expiry. Dates are `YYYY-MM-DD`. */
export interface ShipNotice {
  /** Element 353; `00` original unless said otherwise. */
  readonly purpose?: string;
  readonly shipmentNumber: string;
  /** When the notice was made. */
  readonly date: string;
  /** HHMM. */
  readonly time: string;
  /** Number and kind of what is loaded (TD1): `PLT94` wooden pallets, `CTN25` cartons. */
  readonly lading?: { readonly packaging: string; readonly count: number } | null;
  /** Gross weight; `unit` for example `LB`, `KG`. */
  readonly weight?: { readonly value: string; readonly unit: string } | null;
  readonly carrier: OutgoingCarrier;
  /** For example `BM` bill of lading, `CN` the carrier's tracking number. */
  readonly references: readonly OutgoingReference[];
  readonly shippedOn: string;
  readonly expectedOn?: string | null;
  /** Element 146: `CC` collect, `PP` prepaid by seller. */
  readonly freightPayment?: string | null;
  readonly parties: readonly OutgoingParty[];
  readonly orders: readonly ShippedOrder[];
}

/** The structures that BSN05 announces: shipment, order, pack, item; or without packs. */
const WITH_PACKS = '0001';
const WITHOUT_PACKS = '0004';
/** GS1 application identifier of an SSCC; the label's bar code carries it in front of the 18 digits. */
const SSCC_IDENTIFIER = '00';

/**
 * Writes an 856, alone in its interchange.
 *
 * @throws UnwritableDocument when a value does not fit, or an SSCC has not 18 digits
 */
export function writeShipNotice(notice: ShipNotice, envelope: OutgoingEnvelope): string {
  const tree = new Hierarchy();
  const shipment = tree.open(null, 'S', true);
  tree.add(...shipmentSegments(notice));
  for (const order of notice.orders) {
    const orderLevel = tree.open(shipment, 'O', true);
    tree.add(
      ['PRF', order.purchaseOrderNumber, order.releaseNumber, null, orderDate(order)],
      ...givenBack(order.references),
    );
    for (const item of order.items ?? []) {
      tree.open(orderLevel, 'I', false);
      tree.add(...itemSegments(item));
    }
    for (const unit of order.units ?? []) {
      const pack = tree.open(orderLevel, 'P', true);
      tree.add(['MAN', 'GM', SSCC_IDENTIFIER + checked(unit.sscc)]);
      for (const item of unit.items) {
        tree.open(pack, 'I', false);
        tree.add(...itemSegments(item));
      }
    }
  }
  const packs = notice.orders.flatMap((order) => order.units ?? []);
  const items = [...notice.orders, ...packs].flatMap((each) => each.items ?? []);
  const hierarchy = packs.length > 0 ? WITH_PACKS : WITHOUT_PACKS;
  const segments: OutgoingSegment[] = [
    ['BSN', notice.purpose ?? '00', notice.shipmentNumber, x12Date(notice.date), notice.time, hierarchy],
    ...tree.segments,
    ['CTT', String(tree.count), formatDecimal(sum(items.map((item) => item.quantity)))],
  ];
  return writeInterchange(envelope, 'SH', [{ id: '856', segments }]);
}

/** Numbers the levels (HL) and ties each to its parent. */
class Hierarchy {
  readonly segments: OutgoingSegment[] = [];
  count = 0;

  open(parent: number | null, level: string, hasChildren: boolean): number {
    this.count += 1;
    const parentNumber = parent === null ? null : String(parent);
    this.segments.push(['HL', String(this.count), parentNumber, level, hasChildren ? '1' : '0']);
    return this.count;
  }

  add(...segments: readonly OutgoingSegment[]): void {
    this.segments.push(...segments);
  }
}

function shipmentSegments(notice: ShipNotice): OutgoingSegment[] {
  const { lading, weight, carrier, freightPayment } = notice;
  const segments: OutgoingSegment[] = [];
  if (lading || weight) {
    const load = lading ? [lading.packaging, String(lading.count)] : [null, null];
    segments.push(['TD1', ...load, null, null, null, ...(weight ? ['G', weight.value, weight.unit] : [])]);
  }
  const code = carrier.code === null ? [null, null] : ['2', carrier.code];
  segments.push(['TD5', 'B', ...code, carrier.method, text(carrier.name, 35)]);
  segments.push(...references(notice.references));
  segments.push(...dateSegment('011', notice.shippedOn), ...dateSegment('017', notice.expectedOn));
  if (freightPayment) segments.push(['FOB', freightPayment]);
  return [...segments, ...notice.parties.flatMap(partySegments)];
}

function itemSegments(item: ShippedItem): OutgoingSegment[] {
  const lot = item.lotNumber ? ['LT', item.lotNumber] : [];
  return [
    ['LIN', item.assignedId, ...products(item.identifiers), ...lot],
    ['SN1', null, item.quantity, item.unit, null, item.orderedQuantity, item.orderedUnit],
    ...descriptionSegments(item.description),
    ...givenBack(item.references),
    ...dateSegment('036', item.expiryDate),
  ];
}

function orderDate(order: ShippedOrder): string | null {
  return order.purchaseOrderDate === null ? null : x12Date(order.purchaseOrderDate);
}

function checked(sscc: string): string {
  if (/^\d{18}$/.test(sscc)) return sscc;
  throw new UnwritableDocument('MAN02', 'it is not an SSCC of 18 digits');
}
