/** A message that could not be handled, as operators see it: ids, and nothing of what it says about people. */
export interface DeadLetter {
  readonly deadLetterId: string;
  /** Who could not handle it, for example `channel-sync`. */
  readonly consumer: string;
  readonly sentAt: string;
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly orderId?: string | undefined;
  /** Whether it can be handed to its consumer again; a place in the stream cannot. */
  readonly canBeRedriven: boolean;
}

/** Reads the queues in which messages end that could not be handled. */
export interface DeadLetters {
  /** @returns at most a hundred of each queue */
  list(): Promise<readonly DeadLetter[]>;
  /** Hands a message to its consumer again, and takes it out of the dead letters. */
  redrive(deadLetterId: string): Promise<'redriven' | 'unknown' | 'not-possible'>;
}
