/** How something ended. */
export interface Outcome {
  /** Of an HTTP answer. */
  readonly status?: number;
  /** What it failed with. */
  readonly error?: Error;
}

/** Something that was done, for a trace. */
export interface Recorded {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly beganAt: number;
  readonly endedAt: number;
  /** Ids by which the trace is found; X-Ray takes letters, digits and underscores for their names. */
  readonly annotations: Readonly<Record<string, string | boolean>>;
  readonly outcome: Outcome;
}

export interface RecordedInvocation extends Recorded {
  /** What it did one after another, where it was called for several things. */
  readonly parts: readonly Recorded[];
}

/** What the layer of the tracer exports. */
export interface TracerModule {
  record(invocation: RecordedInvocation): void;
}
