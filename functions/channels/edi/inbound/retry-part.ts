import type { InboundMessage } from '../../channel.ts';
import { readInterchanges, type SetReport, validateInterchange } from '../x12/index.ts';
import type { SetOutcome } from './edi-context.ts';
import {
  type EdiDependencies,
  isAddressedTo,
  processAccepted,
  refusalsOf,
  setMessagesOf,
} from './process-interchange.ts';

/**
 * Processes what was quarantined of a body, as if it came now: an accepted set, or a whole interchange that was refused. It
 * was answered when it came, and is not answered again.
 *
 * @throws Busy when contention outlasted every attempt or the time is over; it may be retried
 */
export async function retryPart(
  dependencies: EdiDependencies,
  message: InboundMessage,
  [index = 0, position, wasRefused]: readonly number[],
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
  const alone = async (wanted: SetReport): Promise<SetOutcome> => {
    const groups = report.groups.map((group) => ({
      ...group,
      sets: group.sets.filter((set) => set === wanted),
    }));
    const only = { ...report, groups };
    const [outcome] = await processAccepted(dependencies, only, message, partner, () => message.ref);
    return outcome ?? quarantined('nothing came of it');
  };
  const refused = refusalsOf(report);
  if (position === undefined) {
    const messages = setMessagesOf(message, partner, interchange, index);
    const outcomes = await processAccepted(dependencies, report, message, partner, messages.set);
    const [first] = refused;
    if (first !== undefined) return quarantined(refused.map(({ reason }) => reason).join('; '));
    return {
      kind: 'nothing-to-do',
      orderIds: outcomes.flatMap((each) => ('orderIds' in each ? each.orderIds : [])),
    };
  }
  const sets = report.groups.flatMap((group) => group.sets);
  if (wasRefused !== undefined) {
    const set = sets[position];
    const still = refused.find(({ place }) => place[0] === position);
    if (set === undefined || still !== undefined) return quarantined(still?.reason ?? 'there is no such set');
    return alone(set);
  }
  const wanted = sets.filter(({ verdict }) => verdict !== 'R')[position];
  return wanted === undefined ? quarantined('the set is no longer accepted for its form') : alone(wanted);
}
