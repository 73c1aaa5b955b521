import type { Origin } from '../../../events/envelope.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { AccountEntry } from '../x12/index.ts';
import type { PartnerMasters } from './partner-masters.ts';
import type { Sender } from './translate-order.ts';

/** What became of one transaction set that was accepted for its form. */
export type SetOutcome = (
  | { readonly kind: 'booked'; readonly orderIds: readonly string[] }
  /** It says nothing that was not known, or nothing that changes anything. */
  | { readonly kind: 'nothing-to-do'; readonly orderIds: readonly string[] }
  /** A person has to see to it; nothing of it was booked. */
  | { readonly kind: 'quarantined'; readonly topic: string; readonly reason: string }
) & {
  /** What became of every element of the set, for those that are translated. */
  readonly account?: readonly AccountEntry[] | undefined;
};

/** Where the documents that a partner answers are found. */
export interface AcknowledgmentDependencies {
  readonly numbers: Pick<ControlNumbers, 'findByNumber'>;
  readonly documents: Pick<DocumentStore, 'noteAnswer'>;
  readonly now: () => string;
}

export interface EdiContext {
  readonly sender: Sender;
  /** What is known of the partner's own numbers. @default nothing */
  readonly masters?: PartnerMasters | undefined;
  readonly answers: AcknowledgmentDependencies;
  readonly origin: Origin;
  /** Epoch milliseconds after which no further set is begun. */
  readonly deadline: number;
  /**
   * Keeps an accepted set, by its place among them, until all of it is booked: a message that is more than one
   * transaction books must not be lost half way.
   */
  readonly begin: (position: number, topic: string, reason: string) => Promise<void>;
  /** A set that was begun is booked as a whole. */
  readonly finish: (position: number) => Promise<void>;
}
