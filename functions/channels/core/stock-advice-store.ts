/** What a partner is sent about one product. */
export interface StockOfItem {
  /** The partner's own numbers and ours, by qualifier. */
  readonly identifiers: readonly { readonly qualifier: string; readonly value: string }[];
  readonly quantity: string;
  readonly unit: string;
}

/** How far a partner knows our stock. */
export interface StockAdviceState {
  /** Counts the writes; each follows the one that it was made from. */
  readonly version: number;
  /** What the channel calls the partner; a connection may stand for another one later. */
  readonly source: string;
  /** The instant of the last advice that the partner has whole; null where it has none. */
  readonly advisedAt: string | null;
  /** What the partner was sent last, by the numbers of the product. */
  readonly known: Readonly<Record<string, string>>;
  /** An advice that is not with the partner yet. */
  readonly pending: { readonly at: string; readonly items: readonly StockOfItem[] } | null;
}

/** Keeps how far each partner knows our stock. */
export interface StockAdviceStore {
  load(connectionId: string): Promise<StockAdviceState | null>;
  /** @returns false when another was written meanwhile; nothing is written then */
  save(connectionId: string, state: StockAdviceState): Promise<boolean>;
}
