/**
 * Reads and changes how much a channel may sell of our products. What it shows and what we have are two numbers: orders of
 * the channel lower its number before we receive them. So no number is overwritten: a change applies to the number that it
 * was computed from, or adds to whatever the number is by then. Either way a sale in between stays counted.
 *
 * Both methods throw
 * - Busy when the channel was not reached, or did not say what became of a change: then each change of the call may have
 *   been applied, or may be yet.
 * - ShopRefused, ShopUnreadable when it refuses the whole request, or answers in another form, as it would again: of a change
 *   nothing is known then, but that it can be read.
 */
export interface StockPublishing {
  /**
   * Reads what the channel shows as available, in the place that the connection names.
   *
   * @param source what the channel calls the sender
   * @param skus at most `MAX_STOCK_AT_ONCE`, each once
   * @returns each SKU in one of the two lists
   */
  read(source: string, skus: readonly string[]): Promise<PublishedStock>;
  /**
   * Changes what the channel shows as available; each change by itself.
   *
   * @param source what the channel calls the sender
   * @param changes at most `MAX_STOCK_AT_ONCE`, each SKU once. A call that ended in Busy is repeated with the same changes and
   *   keys before another change of these SKUs is decided: what was applied is recognized by the changes of a call together
   * @returns what became of each, in the same order
   */
  change(source: string, changes: readonly StockChange[]): Promise<readonly StockChangeResult[]>;
}

export interface PublishedStock {
  /** Units that can still be sold; below zero where the channel sold more than it had. */
  readonly levels: readonly { readonly sku: string; readonly quantity: number }[];
  /** SKUs that the channel does not have, has twice, does not count or keeps elsewhere; why, for people to read. */
  readonly unknown: readonly { readonly sku: string; readonly reason: string }[];
}

export interface StockChange {
  readonly sku: string;
  /** What `read` gave. */
  readonly from: number;
  readonly to: number;
  /** Names the change: a repeat under the same key is applied once where the channel knows repeats. */
  readonly key: string;
}

export interface StockChangeResult {
  readonly sku: string;
  /**
   * - `applied`: the number was changed, or was so by an earlier call with the same key.
   * - `changed`: the channel showed another number than `from`, and nothing was applied; or an earlier call with the same key
   *   was, of which it says no more. The number has to be read again.
   * - `refused`: the channel does not take it, or does not have the SKU; nothing was applied.
   */
  readonly outcome: 'applied' | 'changed' | 'refused';
  /** Why it was not applied, for people to read. */
  readonly reason?: string | undefined;
}

/** The most SKUs that one call names: a page of WooCommerce's, which the others take as well. */
export const MAX_STOCK_AT_ONCE = 50;
