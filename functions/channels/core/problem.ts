/** Why a signed message cannot be turned into commands. It is quarantined for an operator under this name. */
export type ProblemCode =
  /** The body is not UTF-8, not JSON, or nested too deeply to be read. */
  | 'unreadable_json'
  /** A field that is read has a type or form that the channel does not document. */
  | 'malformed_payload'
  | 'unknown_topic'
  /** The message names an order in no way that the channel could say more of. */
  | 'unknown_order'
  /** The channel asks for something that only a person can do. */
  | 'operator_needed'
  /** The order has no line with a quantity. */
  | 'no_lines'
  /** More lines than one order of ours takes. */
  | 'too_many_lines'
  | 'currency_unknown'
  /** A line of more units than one line of ours takes. */
  | 'quantity_too_large'
  /** A quantity that is no whole number of units, as of goods that are sold by weight. */
  | 'quantity_not_whole'
  /** A unit price of 10,000,000 or more, or with more than six decimals. */
  | 'price_unsupported'
  /** What comes out of the mapping breaks a limit of our own that is not named above. */
  | 'not_mappable'
  /** The message speaks of a line that the order does not have here. */
  | 'unknown_line'
  /** The channel changed what can no longer be changed here. */
  | 'too_late_to_amend'
  /** Units that the channel cancelled have left already. */
  | 'cancelled_after_shipping'
  /** The channel shipped what is not reserved, is on hold, has shipped or was cancelled here. */
  | 'shipment_unexpected'
  /** The fulfillment is not, or not successfully, carried out. */
  | 'fulfillment_unfinished'
  /** Goods came back of which no delivery is known. */
  | 'return_unexpected'
  /** Money went back to a customer who was invoiced, and no goods did. */
  | 'credit_needed'
  /** An order of which goods have left was deleted. */
  | 'deleted_after_shipping'
  /** The channel took back a fulfillment that is recorded as a shipment. */
  | 'fulfillment_taken_back'
  /** The channel's total is not ours. */
  | 'total_differs'
  /** The rest stands for people on an order that is held: see `findings.ts`. */
  | 'held_by_channel'
  | 'payment_awaited'
  | 'refunded'
  | 'nothing_to_ship'
  | 'address_incomplete';

export interface Problem {
  readonly code: ProblemCode;
  /** For an operator to read. */
  readonly detail: string;
}

/** @returns the problem in the shape in which every reader here answers with one. */
export function problem(code: ProblemCode, detail: string): { readonly problem: Problem } {
  return { problem: { code, detail } };
}
