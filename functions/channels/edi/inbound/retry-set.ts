import type { Origin } from '../../../events/envelope.ts';
import { readInterchanges, validateInterchange } from '../x12/index.ts';
import type { SetOutcome } from './edi-context.ts';
import { type EdiDependencies, isAddressedTo, senderOf } from './process-interchange.ts';
import { takeIn } from './process-set.ts';

export interface StoredSet {
  readonly body: Uint8Array;
  /** Which interchange of the body, and which of its accepted sets. */
  readonly place: readonly number[];
  readonly origin: Origin;
  /** Epoch milliseconds after which nothing further is begun. */
  readonly deadline: number;
}

/**
 * Takes in one transaction set that was kept aside, as if it came now; it was answered when it came, and is not
 * answered again.
 *
 * @throws Busy when contention outlasted every attempt or the time is over; it may be tried again
 */
export async function retrySet(
  { ports, numbers, documents, findPartner }: EdiDependencies,
  { body, place, origin, deadline }: StoredSet,
): Promise<SetOutcome> {
  const [index = 0, position = 0] = place;
  const aside = (reason: string): SetOutcome => ({ kind: 'quarantined', topic: 'X12', reason });
  const interchange = readInterchanges(Buffer.from(body))[index];
  if (interchange === undefined || interchange.kind === 'unreadable') {
    return aside(interchange?.reason ?? 'there is no interchange in it');
  }
  const { header } = interchange;
  const partner = await findPartner(header);
  if (partner === null) {
    return aside(`no connection names the partner ${header.senderQualifier} ${header.senderId.trimEnd()}`);
  }
  const report = validateInterchange(interchange, {
    acceptErrors: partner.settings.acceptErrors ?? false,
    senderKnown: true,
    addressedToUs: isAddressedTo(partner, header),
    duplicate: false,
  });
  if (report.verdict === 'R') return aside(`refused with note ${report.noteCode}`);
  const accepted = report.groups.flatMap(({ sets }) => sets).filter(({ verdict }) => verdict !== 'R');
  const wanted = accepted[position];
  if (wanted === undefined) return aside('the set is no longer accepted for its form');
  const alone = {
    ...report,
    groups: report.groups.map((group) => ({ ...group, sets: group.sets.filter((set) => set === wanted) })),
  };
  const [outcome] = await takeIn(ports, alone, {
    sender: senderOf(partner),
    origin: { ...origin, actor: { type: 'channel', id: partner.connectionId } },
    deadline,
    answers: { numbers, documents, now: ports.now },
    // It is kept already, and settled by whoever tries it again.
    begin: async () => {},
    finish: async () => {},
  });
  return outcome ?? aside('nothing came of it');
}
