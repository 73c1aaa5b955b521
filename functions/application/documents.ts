/** Whether a document has reached whom it is for, or is still to be sent. */
export type DocumentStatus = 'WAITING' | 'SENT';

/** What the list of an order's documents shows of each. */
export interface DocumentSummary {
  readonly documentId: string;
  /** What it is: 855, 856, 810, 997, or a channel's update. */
  readonly kind: string;
  readonly createdAt: string;
  readonly mediaType: string;
  readonly status: DocumentStatus;
  /** When whom it is for took it; absent while it waits. */
  readonly sentAt?: string | undefined;
}

/** A document that was sent to a customer or a channel about an order. */
export interface SentDocument extends DocumentSummary {
  /** To the character as it was, or will be, sent. */
  readonly content: string;
}

/** Keeps, beside an order, what was sent about it. */
export interface DocumentStore {
  /** @returns the documents of an order, oldest first. */
  list(orderId: string): Promise<readonly DocumentSummary[]>;
  get(orderId: string, documentId: string): Promise<SentDocument | null>;
  /**
   * Keeps a document, once: what stands under its id already stays as it is.
   *
   * @throws RangeError for an id other than 1 to 100 letters, digits, dots, underscores and hyphens
   */
  save(orderId: string, document: SentDocument): Promise<void>;
  /** Notes that a document that was kept has been sent; the first time counts. */
  noteSent(orderId: string, documentId: string, sentAt: string): Promise<void>;
}

/** @returns whether a document can have this id. */
export function isDocumentId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text);
}
