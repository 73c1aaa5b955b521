import * as z from 'zod';
import { AmountText } from '../money.ts';
import { CalendarDate, Reference, text } from '../text.ts';

/** What a detail of a channel is about. */
const CHANNEL_DETAIL_KINDS = [
  'REFERENCE',
  'DATE',
  'PARTY',
  'CONTACT',
  'NOTE',
  'ROUTING',
  'TERMS',
  'CHARGE',
  'ITEM',
  'OTHER',
] as const;
export type ChannelDetailKind = (typeof CHANNEL_DETAIL_KINDS)[number];

/** At most so many details stand on an order or a line; more would be a document of its own. */
const MAX_DETAILS = 500;

/**
 * Something that the channel said of an order or a line. It is shown to people and given back to the channel; where the
 * loop acts on it too, a term of the order says so.
 */
export const ChannelDetail = z
  .strictObject({
    kind: z.enum(CHANNEL_DETAIL_KINDS),
    /** What it is, for people: `Department number`. */
    label: text(100),
    value: z.string().max(5000),
    /** The channel's own code for what it is: `DP`. */
    code: z.string().max(30).optional(),
    /** What it adds to the order's amounts, or takes off them, where it is charged. */
    amount: AmountText.optional(),
    /** As the channel wrote it, for an answer in its own words: X12 segments, each with its id and elements. */
    raw: z
      .array(z.array(z.string().max(5000)).max(100))
      .max(200)
      .optional(),
  })
  .meta({ id: 'ChannelDetail' });
export type ChannelDetail = z.infer<typeof ChannelDetail>;

/** A detail as the history keeps it; a newer version may know more kinds. */
export const KeptChannelDetail = ChannelDetail.strip()
  .extend({ kind: z.string() })
  .meta({ id: 'KeptChannelDetail' });
export type KeptChannelDetail = z.infer<typeof KeptChannelDetail>;

export const ChannelData = z.array(ChannelDetail).max(MAX_DETAILS);

/**
 * The document of the channel that an order came in. A document that is divided makes several orders, which are its
 * parts; nothing else makes two orders of one document.
 */
export const ChannelDocument = z.strictObject({
  /** Unique among the documents of its source and issuer. */
  key: Reference,
  /** Whose document it is, where its source sends those of several. */
  issuer: Reference.optional(),
  /** A digest of what it says: a repeat says the same, and anything else under the key is not a repeat. */
  digest: z.string().max(100),
  /** Which of how many parts the order is, from 1. */
  part: z.int().min(1),
  parts: z.int().min(1),
});
export type ChannelDocument = z.infer<typeof ChannelDocument>;

/** What the customer may deduct when it pays within so many days of the invoice, in percent of its total. */
export const CashDiscount = z
  .object({
    percent: z.string().regex(/^\d{1,2}(\.\d{1,4})?$/, 'a percentage below 100, with up to four decimals'),
    days: z.int().min(0).max(999),
  })
  .meta({ id: 'CashDiscount', example: { percent: '2', days: 10 } });
export type CashDiscount = z.infer<typeof CashDiscount>;

/** Days between which an order ships, all included. */
export const shippingDates = {
  /** The order is not handed to the warehouse before this day. */
  shipNotBefore: CalendarDate.optional(),
  /** What has not shipped by this day is late. */
  shipNotAfter: CalendarDate.optional(),
  /** The customer takes nothing that ships after this day. */
  cancelAfter: CalendarDate.optional(),
};

/** Terms that a channel may set for an order, beside those that our own API takes. */
export const channelTerms = {
  /** The number by which the channel shows the order to people: `#1042`. */
  channelOrderName: Reference.optional(),
  channelData: ChannelData.optional(),
  channelDocument: ChannelDocument.optional(),
  /** A release against a blanket purchase order; with the purchase order's number it names one order. */
  releaseNumber: Reference.optional(),
  ...shippingDates,
  /** What stock does not cover is cancelled in place of being backordered. */
  cancelBackorders: z.boolean().optional(),
  cashDiscount: CashDiscount.optional(),
  /** A trading partner tries its documents out: the order takes no real stock, and nobody is charged for it. */
  isTest: z.literal(true).optional(),
};
