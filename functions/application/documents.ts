/** A document that was sent to a customer or a channel about an order. */
export interface SentDocument {
  readonly documentId: string;
  /** What it is: 855, 856, 810, 997, or a channel's update. */
  readonly kind: string;
  readonly createdAt: string;
  readonly mediaType: string;
  readonly content: string;
}

export interface DocumentStore {
  /** @returns the documents of an order, oldest first. */
  list(orderId: string): Promise<readonly SentDocument[]>;
}
