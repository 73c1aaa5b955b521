import type { AdvisedDocument, ApplicationAdvice } from '../x12/index.ts';
import type { AcknowledgmentDependencies, SetOutcome } from './edi-context.ts';

/** Kinds of our documents by the qualifier (element 128) of the number that an 824 names. */
const KINDS: Readonly<Record<string, string>> = { IV: '810', SI: '856', PO: '855', VN: '855' };

/** Accepted, for a set, group, batch or item. With errors is not: somebody has to look at them. */
const ACCEPTED: ReadonlySet<string> = new Set(['TA', 'GA', 'BA', 'IA']);

/**
 * Notes on our documents what a partner's 824 says of them. What it does not take waits for a person besides, known
 * document or not.
 *
 * @param identity of the partner
 */
export async function processAdvice(
  { numbers, documents, now }: AcknowledgmentDependencies,
  identity: string,
  { documents: advised }: ApplicationAdvice,
): Promise<SetOutcome> {
  const refused: string[] = [];
  const orderIds: string[] = [];
  for (const each of advised) {
    const known = await ourDocument(numbers, identity, each);
    const isAccepted = ACCEPTED.has(each.verdict);
    if (known?.orderId !== undefined) {
      await documents.noteAnswer(known.orderId, known.name, {
        status: isAccepted ? 'ACCEPTED' : 'REJECTED',
        answeredAt: now(),
        objections: each.objections.slice(0, MAX_OBJECTIONS),
      });
      orderIds.push(known.orderId);
    }
    const { verdict, qualifier, reference, objections } = each;
    const which = known === null ? 'no document that we sent' : known.name;
    if (!isAccepted)
      refused.push(`${verdict} ${qualifier} ${reference} (${which}): ${objections.join(', ')}`);
  }
  if (refused.length === 0) return { kind: 'nothing-to-do', orderIds };
  const reason = `the partner does not take our document: ${refused.join('; ')}`.slice(0, 2000);
  return { kind: 'quarantined', topic: '824', reason, about: orderIds };
}

const MAX_OBJECTIONS = 50;

/** The document by the number of our group, else by its own number. */
async function ourDocument(
  numbers: AcknowledgmentDependencies['numbers'],
  identity: string,
  { groupControlNumber, qualifier, reference }: AdvisedDocument,
) {
  const number = Number(groupControlNumber);
  const byGroup =
    Number.isInteger(number) && number > 0 ? await numbers.findByNumber(identity, number) : null;
  const kind = KINDS[qualifier];
  return byGroup ?? (kind === undefined ? null : numbers.find(identity, `${kind}-${reference}`));
}
