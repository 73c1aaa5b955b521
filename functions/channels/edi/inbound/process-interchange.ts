import { createHash } from 'node:crypto';
import type { Connection } from '../../../../contract/connections.ts';
import type { MessageRef } from '../../../messages/message.ts';
import { type MessageLog, messageIdOf } from '../../../messages/message-log.ts';
import type { Ports } from '../../../orders/ports.ts';
import type { InboundMessage } from '../../channel.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { PartnerMasterStore } from '../../core/partner-master-store.ts';
import { ediIdentity } from '../descriptor.ts';
import { separatorsOf } from '../outbound/common.ts';
import { sharesOf } from '../outbound/whole-order.ts';
import {
  type AnswerStamp,
  element,
  GROUP_ERROR,
  type Interchange,
  type InterchangeHeader,
  type InterchangeReport,
  owesInterchangeAcknowledgment,
  readInterchanges,
  type UnreadableInterchange,
  validateInterchange,
  writeAcknowledgment,
  writeInterchangeAcknowledgment,
} from '../x12/index.ts';
import type { InterchangeContext, SetOutcome } from './edi-context.ts';
import { processInterchangeAcknowledgments } from './process-acknowledgment.ts';
import { processSets } from './process-set.ts';
import type { Sender } from './translate-order.ts';

export type Partner = Extract<Connection, { kind: 'EDI' }>;

/** What processing needs from outside. */
export interface EdiDependencies {
  readonly ports: Ports;
  readonly log: MessageLog;
  readonly numbers: ControlNumbers;
  readonly documents: DocumentStore;
  readonly masters: Pick<PartnerMasterStore, 'find'>;
  readonly invoices: InterchangeContext['invoices'];
  /** @returns the partner that an envelope names, where the sender of the body may speak for it. */
  findPartner(header: InterchangeHeader): Promise<Partner | null>;
}

/** What became of one body. */
export interface ProcessedBody {
  /** The answers, one interchange after another. */
  readonly answers: readonly string[];
  readonly orderIds: readonly string[];
  readonly quarantined: number;
  /** Why nothing could be read of the body, or of a part of it. */
  readonly unreadable: string | null;
}

/**
 * Processes every interchange of a body, and answers each. An interchange that is sent again, byte for byte, gets its
 * first answer again; another one under a number that was used is refused as a duplicate (TA1 025).
 *
 * @throws Busy when the time is over or contention lasted; what was booked stays, and the same body may be sent again
 */
export async function processInterchanges(
  dependencies: EdiDependencies,
  message: InboundMessage,
): Promise<ProcessedBody> {
  const answers: string[] = [];
  const orderIds: string[] = [];
  let quarantined = 0;
  let unreadable: string | null = null;
  for (const [index, read] of readInterchanges(message.body).entries()) {
    if (read.kind === 'unreadable') {
      unreadable = read.reason;
      const answer = await answerUnreadable(dependencies, read, message.body);
      if (answer !== null) answers.push(answer);
      continue;
    }
    const processed = await processInterchange(dependencies, read, message, index);
    if (processed.answer !== '') answers.push(processed.answer);
    orderIds.push(...processed.outcomes.flatMap((each) => ('orderIds' in each ? each.orderIds : [])));
    quarantined += processed.outcomes.filter(({ kind }) => kind === 'quarantined').length;
  }
  return { answers, orderIds, quarantined, unreadable };
}

async function processInterchange(
  dependencies: EdiDependencies,
  interchange: Interchange,
  message: InboundMessage,
  index: number,
): Promise<{ readonly answer: string; readonly outcomes: readonly SetOutcome[] }> {
  const { header } = interchange;
  const partner = await dependencies.findPartner(header);
  const identity = ediIdentity(header.senderQualifier, header.senderId);
  const fingerprint = digest(interchange);
  // Tests are numbered by themselves.
  const usage = header.usage === 'T' ? 'T ' : '';
  const name = `answer ${usage}${header.receiverId} ${header.controlNumber}`;
  // What was answered to a partner is answered again to nobody else.
  const earlier = partner === null ? null : await dependencies.numbers.find(identity, name);
  if (earlier !== null && earlier.fingerprint === fingerprint) {
    const ofInterchange = await dependencies.numbers.find(identity, `${name} TA1`);
    return { answer: `${ofInterchange?.content ?? ''}${earlier.content}`, outcomes: [] };
  }

  const report = validateInterchange(interchange, {
    acceptErrors: partner?.settings.acceptErrors ?? false,
    senderKnown: partner !== null,
    addressedToUs: partner === null || isAddressedTo(partner, header),
    duplicate: earlier !== null,
  });
  const messages = setMessagesOf(message, partner, interchange, index);
  await logRefusals(dependencies, report, message.body, messages);
  const outcomes =
    partner === null || report.verdict === 'R'
      ? []
      : await processAccepted(dependencies, report, message, partner, messages.set);
  // What is refused as a duplicate, or comes from nobody we know, has a name of its own for each content.
  const ownName = earlier === null && partner !== null ? name : `${name} ${fingerprint}`;
  const answer = await issueAnswers(
    dependencies,
    report,
    // Whoever names a partner without speaking for it uses up none of that partner's numbers.
    partner === null ? `unproven ${message.sender.connectionId ?? message.sender.source}` : identity,
    { name: ownName, fingerprint },
    partner,
  );
  await keepWithOrders(dependencies, report, outcomes, answer);
  return { answer, outcomes };
}

/** Processes what was accepted of an interchange, its answers to documents of ours first. */
export async function processAccepted(
  { ports, log, numbers, documents, masters, invoices }: EdiDependencies,
  report: InterchangeReport,
  { body, origin, deadline }: Pick<InboundMessage, 'body' | 'origin' | 'deadline'>,
  partner: Partner,
  messageAt: InterchangeContext['messageAt'],
): Promise<readonly SetOutcome[]> {
  const sender = senderOf(partner, report.interchange.header);
  const answers = { numbers, now: ports.now, documents: { noteAnswer: noteWithShares(ports, documents) } };
  await processInterchangeAcknowledgments(answers, sender.identity, report.interchange);
  return processSets(ports, report, {
    ...{ sender, answers, invoices, deadline, log, body, messageAt, rules: partner.settings.rules },
    findMasters: (kind, codes) => masters.find(partner.connectionId, kind, codes),
    origin: { ...origin, actor: { type: 'channel', id: partner.connectionId } },
  });
}

/** What is answered to a document stands with every order that the document is about. */
function noteWithShares(ports: Ports, documents: DocumentStore): DocumentStore['noteAnswer'] {
  return async (orderId, documentId, answer) => {
    const order = await ports.orders.load(orderId);
    const shares = order === null ? null : await sharesOf(ports, order);
    const orderIds = shares === null ? [orderId] : shares.map((share) => share.orderId);
    for (const each of orderIds) await documents.noteAnswer(each, documentId, answer);
  };
}

/** How an interchange is logged beside its body: a message for each set, by the interchange's number and content. */
interface SetMessages {
  /** The interchange as a whole, where it is refused as one. */
  readonly whole: (topic: string) => MessageRef;
  /** An accepted set, by its place among them. */
  readonly set: (position: number, topic: string) => MessageRef;
  /** What is refused, by its place among that; `place` is of a set among all sets. */
  readonly refused: (position: number, topic: string, place: readonly number[]) => MessageRef;
}

/** @param index which interchange of the body it is */
export function setMessagesOf(
  { ref, sender, origin }: InboundMessage,
  partner: Partner | null,
  interchange: Interchange,
  index: number,
): SetMessages {
  const { senderQualifier, senderId, controlNumber } = interchange.header;
  const identity = ediIdentity(senderQualifier, senderId);
  const name = `${controlNumber} ${digest(interchange)}`;
  const connectionId = partner?.connectionId ?? null;
  const part = (key: string, topic: string, place: readonly number[]): MessageRef => {
    const messageId = messageIdOf('edi', connectionId ?? identity, key);
    const { receivedAt } = ref;
    const common = { messageId, receivedAt, channel: 'EDI', wasQuarantined: false } as const;
    return {
      ...common,
      part: {
        ...{ messageId, receivedAt, channel: 'EDI', endpoint: 'edi', connectionId, source: identity },
        ...{ proof: sender.proof, topic, place, partOf: ref.messageId },
        actor: { type: 'channel', id: connectionId ?? identity },
        correlationId: origin.correlationId,
      },
    };
  };
  return {
    whole: (topic) => part(name, topic, [index]),
    set: (position, topic) => part(`${name} ${position}`, topic, [index, position]),
    // A third number says that the set was refused.
    refused: (position, topic, place) =>
      part(`${name} refused ${position}`, topic, place.length === 0 ? [index] : [index, ...place, 0]),
  };
}

/**
 * What was refused waits for a person: the partner is answered, and may never correct it; it may also be right, and a
 * setting of ours wrong.
 */
async function logRefusals(
  { log }: EdiDependencies,
  report: InterchangeReport,
  body: Buffer,
  messages: SetMessages,
): Promise<void> {
  if (report.verdict === 'R') {
    const reason = `refused with note ${report.noteCode}`;
    await log.settle(messages.whole('TA1'), { state: 'QUARANTINED', reason }, body);
    return;
  }
  for (const [position, { topic, place, reason }] of refusalsOf(report).entries()) {
    await log.settle(messages.refused(position, topic, place), { state: 'QUARANTINED', reason }, body);
  }
}

/** A part of an interchange that was refused: a set, by its place among all sets, or a group. */
interface Refusal {
  readonly topic: string;
  readonly place: readonly number[];
  readonly reason: string;
}

/** @returns what was refused of an interchange that itself was accepted, sets first. */
export function refusalsOf({ groups }: InterchangeReport): readonly Refusal[] {
  const sets = groups.flatMap((group) => group.sets);
  const refusedSets = sets.flatMap(({ set, verdict, errorCodes, segmentErrors }, index): Refusal[] => {
    if (verdict !== 'R') return [];
    const where = segmentErrors.slice(0, 10).map(({ segmentId, position, elements }) => {
      const [first] = elements;
      return `${segmentId}${first === undefined ? '' : String(first.position).padStart(2, '0')} at ${position}`;
    });
    const reason = `refused with AK5 ${[...errorCodes, ...where].join(', ')}`;
    return [{ topic: set.id, place: [index], reason }];
  });
  // Of a group that is refused as a whole no set is looked at.
  const refusedGroups = groups.flatMap(
    ({ verdict, sets: read, functionalId, errorCodes, group }): Refusal[] => {
      if (verdict !== 'R' || read.length > 0) return [];
      const topic = [...new Set(group.sets.map(({ id }) => id))].join(', ') || functionalId;
      const reason = `group ${functionalId} of ${topic} is refused with AK9 ${errorCodes.join(', ')}`;
      const isUnknown = errorCodes.includes(GROUP_ERROR.NOT_SUPPORTED);
      const version = element(group.header, 8);
      const why = isUnknown
        ? ': there is no rule for it'
        : errorCodes.includes(GROUP_ERROR.VERSION_NOT_SUPPORTED)
          ? `: version ${version} is not read`
          : '';
      return [{ topic, place: [], reason: reason + why }];
    },
  );
  return [...refusedSets, ...refusedGroups];
}

/** The TA1 that the partner is owed, if it is, and the 997: each an interchange with a number of its own. */
async function issueAnswers(
  { ports, numbers }: EdiDependencies,
  report: InterchangeReport,
  identity: string,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
  partner: Partner | null,
): Promise<string> {
  const form = partner?.settings.acknowledgment ?? '997';
  const stamp = (controlNumber: number) => stampOf(controlNumber, new Date(now), partner);
  const now = ports.now();
  const { verdict, noteCode, interchange } = report;
  const ofInterchange = (controlNumber: number) =>
    writeInterchangeAcknowledgment(interchange.header, verdict, noteCode, stamp(controlNumber));
  const ofGroups = (controlNumber: number) => writeAcknowledgment(report, stamp(controlNumber), form) ?? '';
  const owesTa1 = owesInterchangeAcknowledgment(report);
  const owes997 = verdict !== 'R' && ofGroups(1) !== '';
  // The answer under the plain name is the one by which a repeat is known: the 997 where there is one.
  if (!owes997) {
    return owesTa1 ? (await numbers.issue(identity, { name, fingerprint }, ofInterchange)).content : '';
  }
  const ta1Name = { name: `${name} TA1`, fingerprint };
  const ta1 = owesTa1 ? (await numbers.issue(identity, ta1Name, ofInterchange)).content : '';
  return ta1 + (await numbers.issue(identity, { name, fingerprint }, ofGroups)).content;
}

/** Only who sent it could be read, and its number: enough to say that it arrived broken (TA1 022). */
async function answerUnreadable(
  { ports, numbers, findPartner }: EdiDependencies,
  { header }: UnreadableInterchange,
  body: Buffer,
): Promise<string | null> {
  const partner = header === null ? null : await findPartner(header);
  if (header === null || partner === null) return null;
  const fingerprint = createHash('sha256').update(body).digest('base64url');
  const identity = ediIdentity(header.senderQualifier, header.senderId);
  const name = `answer unreadable ${fingerprint} ${header.controlNumber}`;
  const issued = await numbers.issue(identity, { name, fingerprint }, (controlNumber) =>
    writeInterchangeAcknowledgment(
      header,
      'R',
      '022',
      stampOf(controlNumber, new Date(ports.now()), partner),
    ),
  );
  return issued.content;
}

/** The answer to an order's document is one of the order's documents. */
async function keepWithOrders(
  { documents, ports }: EdiDependencies,
  report: InterchangeReport,
  outcomes: readonly SetOutcome[],
  answer: string,
): Promise<void> {
  const orderIds = new Set(outcomes.flatMap((each) => ('orderIds' in each ? each.orderIds : [])));
  const { controlNumber } = report.interchange.header;
  const now = ports.now();
  for (const orderId of orderIds) {
    await documents.save(orderId, {
      documentId: `997-${controlNumber}`,
      kind: '997',
      createdAt: now,
      status: 'SENT',
      sentAt: now,
      mediaType: 'application/edi-x12',
      content: answer,
    });
  }
}

/** Whether an interchange names us as its receiver, as the partner knows us. */
export function isAddressedTo(
  { settings }: Partner,
  { receiverQualifier, receiverId }: InterchangeHeader,
): boolean {
  return (
    settings.ourIsaQualifier === receiverQualifier && settings.ourIsaId.trimEnd() === receiverId.trimEnd()
  );
}

/** The partner as the orders know it. */
export function senderOf({ name, settings }: Partner, { usage }: Pick<InterchangeHeader, 'usage'>): Sender {
  const { isaQualifier, isaId } = settings;
  const identity = ediIdentity(isaQualifier, isaId);
  return { name, isaId: isaId.trimEnd(), identity, isTest: usage === 'T' };
}

function stampOf(controlNumber: number, now: Date, partner: Partner | null): AnswerStamp {
  const digits = now.toISOString().replace(/\D/g, '');
  return {
    ...{ date: digits.slice(0, 8), time: digits.slice(8, 12), controlNumber },
    separators: partner === null ? undefined : separatorsOf(partner),
    level: partner?.settings.acknowledgmentLevel,
  };
}

/** Of what an interchange says, whatever blanks lie around it. */
function digest(interchange: Interchange): string {
  const { header, groups, acknowledgments, strays, trailer } = interchange;
  return createHash('sha256')
    .update(JSON.stringify([header, groups, acknowledgments, strays, trailer]))
    .digest('base64url');
}
