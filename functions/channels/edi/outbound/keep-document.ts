import type { Ports } from '../../../orders/ports.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import type { DocumentStore } from '../../core/documents.ts';
import { breachesOf } from '../check-rules.ts';
import { ediIdentity } from '../descriptor.ts';
import { X12_MEDIA_TYPE } from '../webhook.ts';
import { readInterchanges, UnwritableDocument } from '../x12/index.ts';
import { inSeparatorsOf, type Partner, type Stamp } from './common.ts';

/** A document to be made for a partner. */
export interface NewDocument {
  readonly kind: string;
  /** Names the document for good: one is made under it, with one control number. */
  readonly documentId: string;
  /** The orders that it is about, or the connection; the partner's answer is noted with the first. */
  readonly owners: readonly [string, ...string[]];
  /** Says of which moment of its owners the document speaks. */
  readonly fingerprint: string;
  readonly isTest: boolean;
  /** Gets ready what the document needs besides its number. */
  prepare(): Promise<(stamp: Stamp) => string>;
}

export interface KeepDependencies {
  readonly ports: Pick<Ports, 'now'>;
  readonly numbers: ControlNumbers;
  readonly documents: Pick<DocumentStore, 'save'>;
}

/** A document as it is sent, or why it does not leave. */
export type KeptDocument = { readonly content: string } | { readonly blockedFor: readonly string[] };

/**
 * Gives a document its number and keeps it with every owner, once; a repeat gets what was kept. One that X12 has no form
 * for, or that breaks the partner's rules, gets no number: it is kept as blocked with the reasons, and made anew by the
 * next attempt.
 *
 * @throws Busy when others kept taking numbers
 */
export async function keepDocument(
  { ports, numbers, documents }: KeepDependencies,
  partner: Partner,
  { kind, documentId, owners, fingerprint, isTest, prepare }: NewDocument,
): Promise<KeptDocument> {
  const { isaQualifier, isaId } = partner.settings;
  const identity = ediIdentity(isaQualifier, isaId);
  const now = ports.now();
  const keep = async (what: {
    readonly status: 'WAITING' | 'BLOCKED';
    readonly content: string;
    readonly objections?: readonly string[];
  }) => {
    const document = { documentId, kind, createdAt: now, mediaType: X12_MEDIA_TYPE, ...what };
    for (const owner of owners) await documents.save(owner, document);
  };
  const earlier = await numbers.find(identity, documentId);
  try {
    const { content } = earlier ?? (await numbered());
    await keep({ status: 'WAITING', content });
    return { content };
  } catch (error) {
    if (!(error instanceof BlockedDocument)) throw error;
    const { objections, content } = error;
    await keep({ status: 'BLOCKED', content, objections });
    return { blockedFor: objections };
  }

  async function numbered() {
    const write = await prepare();
    const [orderId] = owners;
    return numbers.issue(identity, { name: documentId, fingerprint, orderId }, (controlNumber) =>
      unlessBlocked(partner, () =>
        inSeparatorsOf(partner, (separators) => write({ now, controlNumber, separators, isTest })),
      ),
    );
  }
}

/** Thrown before a number is taken. */
export class BlockedDocument extends Error {
  readonly objections: readonly string[];
  /** As it would have been sent; empty where it cannot be written. */
  readonly content: string;

  constructor(objections: readonly string[], content: string) {
    super('the document does not leave');
    this.name = 'BlockedDocument';
    this.objections = objections;
    this.content = content;
  }
}

/**
 * Writes a document for a partner.
 *
 * @throws BlockedDocument when X12 has no form for it, or it breaks the partner's rules
 */
export function unlessBlocked({ settings: { rules = [] } }: Partner, write: () => string): string {
  let content: string;
  try {
    content = write();
  } catch (error) {
    if (error instanceof UnwritableDocument) throw new BlockedDocument([error.message], '');
    throw error;
  }
  if (rules.length === 0) return content;
  const broken = readInterchanges(Buffer.from(content))
    .flatMap((each) => (each.kind === 'interchange' ? each.groups : []))
    .flatMap(({ sets }) => sets)
    .flatMap(({ id, segments }) => breachesOf(rules, id, segments));
  if (broken.length > 0) throw new BlockedDocument(broken, content);
  return content;
}
