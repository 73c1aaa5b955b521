import { type AccountEntry, SetAccount } from './account/set-account.ts';
import type { TransactionSet } from './types.ts';

/** What a partner says of one document of ours in an 824. */
export interface AdvisedDocument {
  /** Element 110: `TR` rejected, `TA` accepted, `TE` accepted with errors, and their like for groups, batches and items. */
  readonly verdict: string;
  /** Element 128, for example `IV` invoice number, `PO` purchase order, `SI` shipment; and the number. */
  readonly qualifier: string;
  readonly reference: string;
  /** GS06 of our group; null where it is not given. */
  readonly groupControlNumber: string | null;
  /** Codes and texts of what it finds wrong. */
  readonly objections: readonly string[];
}

/** An 824. */
export interface ApplicationAdvice {
  readonly documents: readonly AdvisedDocument[];
  readonly account: readonly AccountEntry[];
}

type Draft = Omit<AdvisedDocument, 'objections'> & { readonly objections: string[] };

/** Reads a partner's 824. Expects a set that passed validation. */
export function readApplicationAdvice(set: TransactionSet): ApplicationAdvice {
  const account = new SetAccount(set);
  const documents: Draft[] = [];
  for (const segment of set.segments) {
    const take = (position: number) => account.take(segment, position, 'the answer to our document');
    const texts = (...positions: readonly number[]) =>
      positions.flatMap((position) => take(position) ?? []).join(' ');
    if (segment.id === 'OTI') {
      documents.push({
        verdict: take(1) ?? '',
        qualifier: take(2) ?? '',
        reference: take(3) ?? '',
        groupControlNumber: take(8),
        objections: [],
      });
    } else if (segment.id === 'TED') documents.at(-1)?.objections.push(`TED ${texts(1, 2, 3, 4, 5)}`);
    else if (segment.id === 'NTE') documents.at(-1)?.objections.push(texts(2));
    account.ignore(segment, 'read by whoever sees the message');
  }
  return { documents, account: account.entries() };
}
