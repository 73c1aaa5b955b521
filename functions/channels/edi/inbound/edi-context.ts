import type { Origin } from '../../../events/envelope.ts';
import type { InvoiceStore } from '../../../finance/invoices.ts';
import type { MessageRef, MessageWrite } from '../../../messages/message.ts';
import type { MessageLog } from '../../../messages/message-log.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { MasterEntry, MasterKind } from '../../core/partner-master-store.ts';
import type { PartnerRule } from '../partner-rules.ts';
import type { AccountEntry } from '../x12/index.ts';
import type { PartnerMasters } from './partner-masters.ts';
import type { Sender } from './translate-order.ts';

/** What became of one transaction set that was accepted for its form. */
export type SetOutcome =
  | {
      readonly kind: 'booked';
      readonly orderIds: readonly string[];
      /** Whether the transaction that booked it settled it in the log. @default false */
      readonly isLogged?: boolean;
    }
  /** It says nothing that was not known, or nothing that changes anything. */
  | { readonly kind: 'nothing-to-do'; readonly orderIds: readonly string[] }
  /** A person has to see to it; nothing of it was booked. */
  | {
      readonly kind: 'quarantined';
      readonly topic: string;
      readonly reason: string;
      /** Orders that it is about, where they are known. */
      readonly about?: readonly string[];
    };

/** Where the documents that a partner answers are found. */
export interface AcknowledgmentDependencies {
  readonly numbers: Pick<ControlNumbers, 'find' | 'findByNumber'>;
  readonly documents: Pick<DocumentStore, 'noteAnswer'>;
  readonly now: () => string;
}

export interface EdiContext {
  readonly sender: Sender;
  /** What codes of the partner stand for, of those that are known. @default none is */
  readonly findMasters?:
    | ((kind: MasterKind, codes: readonly string[]) => Promise<readonly MasterEntry[]>)
    | undefined;
  /** What is known of the codes of the document at hand. */
  readonly masters?: PartnerMasters | undefined;
  /** The partner's rules. @default none */
  readonly rules?: readonly PartnerRule[] | undefined;
  /** How the document at hand breaks them. */
  readonly breaches?: readonly string[] | undefined;
  readonly answers: AcknowledgmentDependencies;
  /** Where payments are noted. */
  readonly invoices: Pick<InvoiceStore, 'find' | 'notePayment'>;
  readonly origin: Origin;
  /** Epoch milliseconds after which no further set is begun. */
  readonly deadline: number;
  /** The set in the log of messages. */
  readonly message: MessageRef;
  /** What became so far of every element of the set. @default no element is accounted for */
  readonly account?: (() => readonly AccountEntry[]) | undefined;
}

/** What all sets of an interchange have in common. */
export interface InterchangeContext extends Omit<EdiContext, 'message' | 'account'> {
  readonly log: Pick<MessageLog, 'find' | 'settle'>;
  readonly body: Buffer;
  /** @returns an accepted set in the log, by its place among them. */
  messageAt(position: number, topic: string): MessageRef;
}

/** @returns what the transaction that books a set writes of it in the log. */
export function booking({ message, account }: EdiContext, orderIds: readonly string[] = []): MessageWrite {
  return {
    message,
    settlement: { state: 'PROCESSED', detail: 'booked', orderIds, account: account?.() },
  };
}
