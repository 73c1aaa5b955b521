/** The answer to a request, kept so that a repeat gets it again to the letter. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client's promise that requests with one key are the same request. */
export interface IdempotencyKey {
  /** The route and path the key belongs to. */
  readonly scope: string;
  readonly key: string;
  /** A digest of the request's body. */
  readonly fingerprint: string;
}

export interface IdempotencyRecord extends IdempotencyKey {
  /** Missing while the request is still worked on. */
  readonly answer?: StoredAnswer | undefined;
  readonly orderId?: string | undefined;
  /** Epoch milliseconds at which work began. */
  readonly begunAt: number;
}

export interface IdempotencyStore {
  find(scope: string, key: string): Promise<IdempotencyRecord | null>;
  /** Adds the answer to a record that was begun; ends quietly when the record is gone. */
  complete(record: IdempotencyRecord): Promise<void>;
}
