import type { KeptDetail } from '../account/kept-detail.ts';
import type { SetAccount } from '../account/set-account.ts';

/**
 * What a purchase order and a change to one say, freed of X12's segments. Dates are `YYYY-MM-DD`, numbers are decimal
 * strings in plain notation, and nothing is filled in that the partner did not send: where the message leaves
 * something open, a problem names it, for a person to decide.
 */

/** Why a document needs a person's look before it is booked as it stands. */
export type OrderProblemCode =
  /** BEG03 or BCH03 is empty. */
  | 'purchase_order_number_missing'
  /** A date is no day of the calendar. */
  | 'date_invalid'
  /** The window ends before it starts. */
  | 'window_inverted'
  /** CTT01 is not the number of lines. */
  | 'line_count_mismatch'
  /** CTT02 is not the sum of the quantities. */
  | 'hash_total_mismatch'
  /** The stated total is not the sum of the lines; reported only where an order was split and so lost its total. */
  | 'total_mismatch'
  | 'no_lines'
  /** No product number on the line. */
  | 'item_identifier_missing'
  | 'quantity_missing'
  | 'quantity_not_positive'
  /** The quantity is not whole, also after conversion. */
  | 'quantity_not_whole'
  /** More than 1,000,000. */
  | 'quantity_too_large'
  | 'unit_missing'
  /** Ordered in a unit for which no conversion into single units is known. */
  | 'unit_not_convertible'
  /** Ordered by the case, and the message does not say how many are in one. */
  | 'pack_missing'
  | 'price_missing'
  | 'price_invalid'
  /** The price is meant by something other than the unit ordered or the single unit. */
  | 'price_basis_unsupported'
  /** No unit price of six decimals gives the line's amount. */
  | 'price_not_divisible'
  /** More than six decimals. */
  | 'price_too_precise'
  /** 10,000,000 or more. */
  | 'price_too_large'
  /** Quantities by destination do not add up to the line's quantity. */
  | 'distribution_mismatch'
  /** An allowance or charge of the whole order, which was split by destination. */
  | 'allowance_of_whole_order'
  /** Scheduled quantities do not add up to the line's quantity. */
  | 'schedule_mismatch'
  /** Lines ask for other days than the header or one another, and the order ships on one. */
  | 'dates_differ'
  /** A change leaves open which of the places it means that the order goes to. */
  | 'share_unclear'
  /** Elements that no rule covers. */
  | 'unresolved';

export interface OrderProblem {
  readonly code: OrderProblemCode;
  /** Ordinal of the line, from 1; absent for the document as a whole. */
  readonly lineNumber?: number;
  /** For an operator to read. */
  readonly message: string;
}

/** Which term of an order a date is. */
export type DateRole =
  | 'DELIVERY'
  | 'DELIVERY_START'
  | 'DELIVERY_END'
  | 'SHIP_START'
  | 'SHIP_END'
  | 'CANCEL_AFTER';

/** The dates that are terms, `YYYY-MM-DD`. */
export type DateTerms = { readonly [Role in DateRole]?: string };

export interface PaymentTerms {
  readonly kind: 'NET' | 'ON_RECEIPT' | 'PREPAID' | 'FREE' | 'OPEN';
  readonly discountPercent: string | null;
  readonly discountDays: number | null;
  readonly netDays: number | null;
  /** For example `NET30` or `2% 10 NET30`; null when no days are given. */
  readonly label: string | null;
}

/** A SAC that is on the invoice. Amounts are without sign; `kind` says which way they go. */
export interface AllowanceOrCharge {
  /** Which SAC of its level it is, from 0. */
  readonly ordinal: number;
  readonly kind: 'ALLOWANCE' | 'CHARGE';
  /** Null where a percentage or a rate says it. */
  readonly amount: string | null;
  readonly percent?: string;
  /** Of what the lines cost, or of that less what was allowed before. */
  readonly percentOf?: 'GROSS' | 'NET';
  readonly rate?: string | null;
  /** Of what the rate is for, and how many; null where that is left to the line. */
  readonly unit?: string | null;
  readonly quantity?: string | null;
}

/** TXI. */
export interface Tax {
  readonly typeCode: string;
  readonly amount: string;
}

/** An N1 loop. */
export interface Party {
  /** Element 98: `ST` ship to, `BY` buyer, `BT` bill to. */
  readonly role: string;
  readonly name: string | null;
  readonly additionalNames: readonly string[];
  readonly idQualifier: string | null;
  readonly id: string | null;
  readonly addressLines: readonly string[];
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  /** As sent, two or three letters; null when not sent. */
  readonly country: string | null;
}

/** A product number: `UP` U.P.C., `VN` ours, `BP` and `IN` the buyer's, `SK` stock-keeping unit. */
export interface ItemIdentifier {
  readonly qualifier: string;
  readonly value: string;
}

/** PO4: what one ordered container holds. */
export interface Pack {
  /** PO401: inner containers for each outer one, or single units where there are no inner ones. */
  readonly pack: number;
  /** PO414: single units for each inner container. */
  readonly innerPack: number | null;
}

/** A quantity in single, stock-keeping units. */
export interface Eaches {
  readonly quantity: number;
  /** Price of one, at most six decimals; null when no usable price was sent. */
  readonly unitPrice: string | null;
  /** False when `unitPrice` was rounded to its sixth decimal, half up, and `amount` on the line is the exact one. */
  readonly unitPriceExact: boolean;
}

/** What was ordered, in the partner's own unit. */
export interface OrderedQuantity {
  readonly quantity: string | null;
  readonly unit: string | null;
  readonly unitPrice: string | null;
  /** Element 639; null when the price is by the unit ordered. */
  readonly priceBasis: string | null;
}

/** What the lines of an order and of a change have in common. */
export interface DocumentLine {
  /** Ordinal from 1 in the document as sent. */
  readonly lineNumber: number;
  /** The partner's own number of the line (PO101, POC01). */
  readonly assignedId: string | null;
  readonly identifiers: readonly ItemIdentifier[];
  /** The identifier to find the product by: ours if sent, else the most general one. Null when none was sent. */
  readonly item: ItemIdentifier | null;
  readonly description: string | null;
  readonly ordered: OrderedQuantity;
  /** Null when the quantity cannot be expressed in single units; problems say why. */
  readonly eaches: Eaches | null;
  readonly pack: Pack | null;
  /** Quantity times price, exact, before allowances; null when either is missing. */
  readonly amount: string | null;
  readonly allowances: readonly AllowanceOrCharge[];
  readonly taxes: readonly Tax[];
  readonly dates: DateTerms;
  /** Where this line goes, if not where the order goes. */
  readonly shipTo: Party | null;
  readonly details: readonly KeptDetail[];
}

export type PurchaseOrderLine = DocumentLine;

/** What a purchase order and a change have in common. */
export interface DocumentHeader {
  readonly purchaseOrderNumber: string;
  readonly purpose: {
    /** Element 353. */
    readonly code: string;
    readonly kind:
      | 'ORIGINAL'
      | 'CANCELLATION'
      | 'CHANGE'
      | 'REPLACEMENT'
      | 'CONFIRMATION'
      | 'DUPLICATE'
      | 'OTHER';
  };
  readonly orderType: {
    /** Element 92: `SA` stand-alone, `NE` new, `DS` drop ship. */
    readonly code: string;
    /** Whether goods are ordered for certain. */
    readonly commitment: 'FIRM' | 'HELD' | 'NONE';
  };
  readonly releaseNumber: string | null;
  readonly orderDate: string | null;
  /** ISO 4217 of CUR02; null when the partner leaves it to the agreement. */
  readonly currency: string | null;
  readonly terms: PaymentTerms | null;
  readonly dates: DateTerms;
  /** CSH: what is done with what stock does not cover. */
  readonly requirements: { readonly complete: boolean; readonly noBackorders: boolean };
  readonly allowances: readonly AllowanceOrCharge[];
  readonly taxes: readonly Tax[];
  readonly notes: readonly string[];
  readonly parties: readonly Party[];
  readonly shipTo: Party | null;
  readonly details: readonly KeptDetail[];
  readonly problems: readonly OrderProblem[];
  /** What became of every element of the set. */
  readonly account: SetAccount;
}

/** An 850, or the share of one that goes to one destination. */
export interface PurchaseOrderDocument extends DocumentHeader {
  readonly kind: 'PURCHASE_ORDER';
  readonly lines: readonly PurchaseOrderLine[];
  /** Sum of the lines' exact amounts, before allowances; null when one of them is not known. */
  readonly linesAmount: string | null;
  /** AMT*TT, as sent; null when not sent, and on the parts of an order that was split. */
  readonly statedTotal: string | null;
  /** Set when SDQ divides the order among destinations: which part of how many this is. */
  readonly split: { readonly part: number; readonly of: number; readonly location: string | null } | null;
}

/** What an 860 does to one line (element 670). */
export type LineChangeKind =
  | 'ADD'
  | 'DELETE'
  | 'CHANGE'
  | 'DATES'
  | 'CHANGE_AND_DATES'
  | 'REPLACE'
  | 'NONE'
  | 'OTHER';

/** What of a line goes to a place that is known by its number (SDQ). */
export interface Distributed {
  readonly idQualifier: string | null;
  readonly id: string;
  readonly unit: string | null;
  readonly quantity: string;
}

export interface PurchaseOrderChangeLine extends DocumentLine {
  readonly change: { readonly code: string; readonly kind: LineChangeKind };
  /** POC04 as sent: how much of the line is still to come. `ordered.quantity` is the line's new total. */
  readonly leftToReceive: string | null;
  /** How the new total is divided among places; empty where SDQ says nothing. */
  readonly distribution: readonly Distributed[];
}

/** An 860. */
export interface PurchaseOrderChangeDocument extends DocumentHeader {
  readonly kind: 'PURCHASE_ORDER_CHANGE';
  /** BCH05: distinguishes the changes of one order; partners number them from 1. */
  readonly changeSequence: string | null;
  readonly changeDate: string | null;
  readonly lines: readonly PurchaseOrderChangeLine[];
}
