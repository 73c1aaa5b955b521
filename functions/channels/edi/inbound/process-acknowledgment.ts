import {
  type AcknowledgedSet,
  type Interchange,
  type PartnerAcknowledgment,
  readAcknowledgment,
  readInterchangeAcknowledgment,
  type SetReport,
} from '../x12/index.ts';
import type { AcknowledgmentDependencies, SetOutcome } from './edi-context.ts';

/** Which documents of ours a functional identifier (GS01) stands for. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ PR: '855-', CA: '865-', SH: '856-', IN: '810-', IB: '846-', OW: '940-' },
};

/** Verdicts that take a document, with or without remarks. */
const ACCEPTING: ReadonlySet<string> = new Set(['A', 'E']);

/**
 * Notes on a document of ours what the partner's 997 or 999 says of it. A refusal asks for someone's attention besides.
 *
 * @param identity of the partner
 */
export async function processAcknowledgment(
  { numbers, documents, now }: AcknowledgmentDependencies,
  identity: string,
  set: SetReport['set'],
): Promise<SetOutcome> {
  const answer = readAcknowledgment(set);
  const { functionalId, groupControlNumber, sets } = answer;
  // A group of ours holds one set; an answer that does not go into it speaks for the group.
  const verdict = sets[0]?.verdict || answer.verdict;
  const known = await numbers.findByNumber(identity, Number(groupControlNumber));
  const { orderId } = known ?? {};
  if (known !== null && orderId !== undefined && known.name.startsWith(KINDS[functionalId] ?? ' ')) {
    await documents.noteAnswer(orderId, known.name, {
      status: ACCEPTING.has(verdict) ? 'ACCEPTED' : 'REJECTED',
      answeredAt: now(),
      objections: objectionsOf(answer),
    });
  }
  if (ACCEPTING.has(verdict)) return { kind: 'nothing-to-do', orderIds: [] };
  const refused = sets.filter((each) => !ACCEPTING.has(each.verdict)).map(nameOf);
  return {
    kind: 'quarantined',
    topic: set.id,
    reason: `the partner answers ${verdict} to our group ${functionalId} ${groupControlNumber}: ${refused.join(', ')}`,
  };
}

/** Notes the documents whose whole interchange the partner could not take (TA1); one that it took, a 997 answers. */
export async function processInterchangeAcknowledgments(
  { numbers, documents, now }: AcknowledgmentDependencies,
  identity: string,
  { acknowledgments }: Interchange,
): Promise<void> {
  for (const segment of acknowledgments) {
    const { controlNumber, verdict, noteCode } = readInterchangeAcknowledgment(segment);
    if (verdict !== 'R') continue;
    const known = await numbers.findByNumber(identity, Number(controlNumber));
    if (known?.orderId === undefined) continue;
    await documents.noteAnswer(known.orderId, known.name, {
      ...{ status: 'REJECTED', answeredAt: now() },
      objections: [`TA1 ${noteCode}`],
    });
  }
}

/** What the partner finds wrong, by segment, element and code; never the values that it quotes. */
function objectionsOf({ sets, errorCodes }: PartnerAcknowledgment): readonly string[] {
  const codes = (where: string, given: readonly string[]) =>
    given.filter((code) => code !== '').map((code) => `${where} ${code}`);
  return [
    ...codes('AK9', errorCodes),
    ...sets.flatMap(({ errorCodes: ofSet, segmentErrors }) => [
      ...codes('AK5', ofSet),
      ...segmentErrors.flatMap(({ segmentId, position, code, elements }) => [
        `${segmentId} at ${position}: ${code}`,
        ...elements.map((each) => `${segmentId}-${each.position} at ${position}: ${each.code}`),
      ]),
    ]),
  ].slice(0, 50);
}

function nameOf({ id, controlNumber }: AcknowledgedSet): string {
  return `${id} ${controlNumber}`;
}
