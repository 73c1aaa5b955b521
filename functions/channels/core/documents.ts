/**
 * Whether a document is still to be sent, has reached whom it is for, or was answered too: a trading partner says by a
 * 997 whether it could read it.
 */
export type DocumentStatus = 'WAITING' | 'SENT' | 'ACCEPTED' | 'REJECTED';

/** What a partner answered to a document. */
export interface DocumentAnswer {
  readonly status: 'ACCEPTED' | 'REJECTED';
  readonly answeredAt: string;
  /** What it finds wrong, by segment, element and code. */
  readonly objections: readonly string[];
}

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
  /** Until when the partner is expected to acknowledge it. */
  readonly acknowledgeBy?: string | undefined;
  /** When it was answered, and what was found wrong with it. */
  readonly answeredAt?: string | undefined;
  readonly objections?: readonly string[] | undefined;
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
  /**
   * Notes that a document that was kept has been sent; the first time counts.
   *
   * @param acknowledgeBy until when an answer is expected; until one comes it is among the unacknowledged. @default none is
   */
  noteSent(orderId: string, documentId: string, sentAt: string, acknowledgeBy?: string): Promise<void>;
  /** Notes what was answered to a document that was kept; the last answer counts. */
  noteAnswer(orderId: string, documentId: string, answer: DocumentAnswer): Promise<void>;
}

/** A document that was sent and not answered, though an answer is expected. */
export interface UnacknowledgedDocument extends DocumentSummary {
  readonly orderId: string;
  readonly acknowledgeBy: string;
}

/** Finds the documents that wait for an acknowledgment. */
export interface UnacknowledgedDocuments {
  /** @returns documents without an answer, the one longest overdue first, after a position: an instant or where a page ended */
  unacknowledged(
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly UnacknowledgedDocument[]; readonly next: string | null }>;
}

/** Overdue documents beyond so many are not counted. */
const MAX_COUNTED = 100;
const DAY = 86_400_000;

/**
 * @param now ISO instant
 * @returns how many documents became overdue within the last day; older ones are in the list and no longer an alarm
 */
export async function countOverdue(documents: UnacknowledgedDocuments, now: string): Promise<number> {
  const dayAgo = new Date(Date.parse(now) - DAY).toISOString();
  const { items } = await documents.unacknowledged(MAX_COUNTED, dayAgo);
  return items.filter(({ acknowledgeBy }) => acknowledgeBy <= now).length;
}

/** @returns whether a document can have this id. */
export function isDocumentId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text);
}
