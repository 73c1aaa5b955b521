import type { InboundMessage } from '../../channel.ts';
import { readInterchanges, validateInterchange } from '../x12/index.ts';
import type { SetOutcome } from './edi-context.ts';
import { type EdiDependencies, isAddressedTo, partsOf, processAccepted } from './process-interchange.ts';

/**
 * Processes what was quarantined of a body, as if it came now: an accepted set, or a whole interchange that was refused. It
 * was answered when it came, and is not answered again.
 *
 * @throws Busy when contention outlasted every attempt or the time is over; it may be retried
 */
export async function retryPart(
  dependencies: EdiDependencies,
  message: InboundMessage,
  [index = 0, position]: readonly number[],
): Promise<SetOutcome> {
  const quarantined = (reason: string): SetOutcome => ({ kind: 'quarantined', topic: message.topic, reason });
  const interchange = readInterchanges(message.body)[index];
  if (interchange === undefined || interchange.kind === 'unreadable') {
    return quarantined(interchange?.reason ?? 'there is no interchange in it');
  }
  const { header } = interchange;
  const partner = await dependencies.findPartner(header);
  if (partner === null) {
    const named = `${header.senderQualifier} ${header.senderId.trimEnd()}`;
    return quarantined(`no connection that the sender may speak for names the partner ${named}`);
  }
  const report = validateInterchange(interchange, {
    acceptErrors: partner.settings.acceptErrors ?? false,
    senderKnown: true,
    addressedToUs: isAddressedTo(partner, header),
    duplicate: false,
  });
  if (report.verdict === 'R') return quarantined(`refused with note ${report.noteCode}`);
  if (position === undefined) {
    const parts = partsOf(message, partner, interchange, index);
    const outcomes = await processAccepted(dependencies, report, message, partner, parts.set);
    return {
      kind: 'nothing-to-do',
      orderIds: outcomes.flatMap((each) => ('orderIds' in each ? each.orderIds : [])),
    };
  }
  const accepted = report.groups.flatMap(({ sets }) => sets).filter(({ verdict }) => verdict !== 'R');
  const wanted = accepted[position];
  if (wanted === undefined) return quarantined('the set is no longer accepted for its form');
  const alone = {
    ...report,
    groups: report.groups.map((group) => ({ ...group, sets: group.sets.filter((set) => set === wanted) })),
  };
  const [outcome] = await processAccepted(dependencies, alone, message, partner, () => message.ref);
  return outcome ?? quarantined('nothing came of it');
}
