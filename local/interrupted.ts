/**
 * Ends work that a later start resumes: the stack stops, or an execution waits for its token. Nobody reports it: what
 * was begun is in the journal.
 */
export class Interrupted extends Error {
  // Read by the library that runs state machines: without them it would retry and catch this.
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor() {
    super('the work is resumed later');
    this.name = 'Interrupted';
  }
}
