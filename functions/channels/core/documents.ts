/**
 * Whether a document breaks its partner's rules and does not leave, is still to be sent, has reached whom it is for, or
 * was answered too: a trading partner says by a 997 whether it could read it.
 */
export type DocumentStatus = 'BLOCKED' | 'WAITING' | 'SENT' | 'ACCEPTED' | 'REJECTED';

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
  /** When it was answered. */
  readonly answeredAt?: string | undefined;
  /** Who decided that no acknowledgment is awaited any more, when, and why. */
  readonly dismissedBy?: string | undefined;
  readonly dismissedAt?: string | undefined;
  readonly dismissalReason?: string | undefined;
  /** What was found wrong with it: by the partner, or by us where it is blocked. */
  readonly objections?: readonly string[] | undefined;
}

/** A document that was sent to a customer or a channel about an order. */
export interface SentDocument extends DocumentSummary {
  /** To the character as it was, or will be, sent. */
  readonly content: string;
}

const CONNECTION = 'connection:';

/** @returns what stands for a connection in place of an order, for documents that are about none */
export function ownerOfConnection(connectionId: string): string {
  return `${CONNECTION}${connectionId}`;
}

/** @returns whose a document is: of an order, or of a connection */
export function shownOwner(owner: string): { readonly orderId: string } | { readonly connectionId: string } {
  return owner.startsWith(CONNECTION) ? { connectionId: owner.slice(CONNECTION.length) } : { orderId: owner };
}

/** Keeps, beside an order or a connection, what was sent about it. */
export interface DocumentStore {
  /** @returns the documents of an order, oldest first. */
  list(orderId: string): Promise<readonly DocumentSummary[]>;
  /** @returns documents of an order or a connection, the newest name first, after one */
  page(
    owner: string,
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly DocumentSummary[]; readonly next: string | null }>;
  get(orderId: string, documentId: string): Promise<SentDocument | null>;
  /**
   * Keeps a document, once: what stands under its id already stays as it is, unless it is blocked.
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
  /** Removes a document that is blocked and no longer wanted; one that is not blocked stays. */
  removeBlocked(orderId: string, documentId: string): Promise<void>;
}

/** That an operator awaits no acknowledgment of a document any more. */
export interface Dismissal {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/** A document that breaks its partner's rules, and was not sent. */
export interface BlockedDocument extends DocumentSummary {
  readonly orderId: string;
}

/** A document that was sent and not answered, though an answer is expected. */
export interface UnacknowledgedDocument extends DocumentSummary {
  readonly orderId: string;
  readonly acknowledgeBy: string;
}

/** Finds the documents that were not sent, since they break their partner's rules. */
export interface BlockedDocuments {
  /** @returns blocked documents, the oldest first, after a position */
  blocked(
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly BlockedDocument[]; readonly next: string | null }>;
}

/** Finds the documents that wait for an acknowledgment. */
export interface UnacknowledgedDocuments {
  /**
   * Notes that no acknowledgment is awaited; one that comes all the same is noted.
   *
   * @returns false when the document is not among those that wait
   */
  dismiss(orderId: string, documentId: string, dismissal: Dismissal): Promise<boolean>;
  /** @returns documents without an answer, the one longest overdue first, after a position: an instant or where a page ended */
  unacknowledged(
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly UnacknowledgedDocument[]; readonly next: string | null }>;
}

/** Overdue or blocked documents beyond so many are not counted. */
const MAX_COUNTED = 100;
const DAY = 86_400_000;

/**
 * @param now ISO instant
 * @returns how many documents became overdue within the last day; older ones are in the list and no longer an alarm
 */
export async function countOverdue(documents: UnacknowledgedDocuments, now: string): Promise<number> {
  const { items } = await documents.unacknowledged(MAX_COUNTED, dayBefore(now));
  return items.filter(({ acknowledgeBy }) => acknowledgeBy <= now).length;
}

function dayBefore(now: string): string {
  return new Date(Date.parse(now) - DAY).toISOString();
}

/**
 * @param now ISO instant
 * @returns how many documents were blocked within the last day; older ones are in the list and no longer an alarm
 */
export async function countBlocked(documents: BlockedDocuments, now: string): Promise<number> {
  return (await documents.blocked(MAX_COUNTED, dayBefore(now))).items.length;
}

/** @returns whether a document can have this id. */
export function isDocumentId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text);
}
