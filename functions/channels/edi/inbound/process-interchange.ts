import { createHash } from 'node:crypto';
import type { Connection } from '../../../../contract/connections.ts';
import type { Origin } from '../../../events/envelope.ts';
import type { Ports, Receipt } from '../../../orders/ports.ts';
import type { ControlNumbers } from '../../core/control-numbers.ts';
import type { DocumentStore } from '../../core/documents.ts';
import { ediIdentity } from '../descriptor.ts';
import {
  type AnswerStamp,
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
import type { SetOutcome } from './edi-context.ts';
import { processInterchangeAcknowledgments } from './process-acknowledgment.ts';
import { takeIn } from './process-set.ts';
import type { Sender } from './translate-order.ts';

export type Partner = Extract<Connection, { kind: 'EDI' }>;

/** What taking in needs from outside. */
export interface EdiDependencies {
  readonly ports: Ports;
  readonly numbers: ControlNumbers;
  readonly documents: DocumentStore;
  findPartner(header: InterchangeHeader): Promise<Partner | null>;
}

/** What became of the body of one request. */
export interface ProcessedBody {
  /** The answers, one interchange after another. */
  readonly answers: readonly string[];
  readonly orderIds: readonly string[];
  readonly quarantined: number;
  /** Why nothing could be read of the body, or of a part of it. */
  readonly unreadable: string | null;
}

/**
 * Takes in every interchange of a body, and answers each. An interchange that comes again, byte for byte, gets its
 * first answer again; another one under a number that was used is refused as a duplicate (TA1 025).
 *
 * @throws Busy when the time is over or contention lasted; what was booked stays, and the same body may be sent again
 */
export async function processInterchanges(
  parts: EdiDependencies,
  body: Buffer,
  origin: Origin,
  deadline: number,
): Promise<ProcessedBody> {
  const answers: string[] = [];
  const orderIds: string[] = [];
  let quarantined = 0;
  let unreadable: string | null = null;
  for (const [index, read] of readInterchanges(body).entries()) {
    if (read.kind === 'unreadable') {
      unreadable = read.reason;
      const answer = await answerUnreadable(parts, read, body, origin);
      if (answer !== null) answers.push(answer);
      continue;
    }
    const taken = await processInterchange(parts, read, { body, index, origin, deadline });
    if (taken.answer !== '') answers.push(taken.answer);
    orderIds.push(...taken.outcomes.flatMap((each) => ('orderIds' in each ? each.orderIds : [])));
    quarantined += taken.outcomes.filter(({ kind }) => kind === 'quarantined').length;
  }
  return { answers, orderIds, quarantined, unreadable };
}

interface Circumstances {
  readonly body: Buffer;
  /** Which interchange of the body it is. */
  readonly index: number;
  readonly origin: Origin;
  readonly deadline: number;
}

async function processInterchange(
  parts: EdiDependencies,
  interchange: Interchange,
  { body, index, origin, deadline }: Circumstances,
): Promise<{ readonly answer: string; readonly outcomes: readonly SetOutcome[] }> {
  const { header } = interchange;
  const partner = await parts.findPartner(header);
  const identity = ediIdentity(header.senderQualifier, header.senderId);
  const fingerprint = digest(interchange);
  const name = `answer ${header.receiverId} ${header.controlNumber}`;
  // What was answered to a partner is answered again to nobody else.
  const earlier = partner === null ? null : await parts.numbers.find(identity, name);
  if (earlier !== null && earlier.fingerprint === fingerprint) {
    const ofInterchange = await parts.numbers.find(identity, `${name} TA1`);
    return { answer: `${ofInterchange?.content ?? ''}${earlier.content}`, outcomes: [] };
  }

  const report = validateInterchange(interchange, {
    acceptErrors: partner?.settings.acceptErrors ?? false,
    senderKnown: partner !== null,
    addressedToUs: partner === null || isAddressedTo(partner, header),
    duplicate: earlier !== null,
  });
  const { ports } = parts;
  const receiptOf = (position: number) => ({
    channel: 'EDI',
    id: `${identity} ${header.controlNumber} ${fingerprint} ${index} ${position}`,
  });
  const answers = { numbers: parts.numbers, documents: parts.documents, now: ports.now };
  if (partner !== null && report.verdict !== 'R')
    await processInterchangeAcknowledgments(answers, identity, interchange);
  const outcomes =
    partner === null || report.verdict === 'R'
      ? []
      : await takeIn(ports, report, {
          sender: senderOf(partner),
          origin: { ...origin, actor: { type: 'channel', id: partner.connectionId } },
          deadline,
          answers,
          begin: (position, topic, reason) =>
            ports.receipts.quarantine(receiptOf(position), {
              ...{ source: identity, topic, reason, body },
              place: [index, position],
            }),
          finish: (position) => ports.receipts.note([receiptOf(position)]),
        });
  await quarantine(parts, { identity, report, outcomes, receiptOf, body, index });
  // What is refused as a duplicate, or comes from nobody we know, has a name of its own for each content.
  const ownName = earlier === null && partner !== null ? name : `${name} ${fingerprint}`;
  const answer = await issueAnswers(
    parts,
    report,
    identity,
    { name: ownName, fingerprint },
    partner?.settings.acknowledgment ?? '997',
  );
  await keepWithOrders(parts, report, outcomes, answer);
  return { answer, outcomes };
}

/** The TA1 that the partner is owed, if it is, and the 997: each an interchange with a number of its own. */
async function issueAnswers(
  { ports, numbers }: EdiDependencies,
  report: InterchangeReport,
  identity: string,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
  form: '997' | '999',
): Promise<string> {
  const now = new Date(ports.now());
  const { verdict, noteCode, interchange } = report;
  const ofInterchange = (controlNumber: number) =>
    writeInterchangeAcknowledgment(interchange.header, verdict, noteCode, stampOf(controlNumber, now));
  const ofGroups = (controlNumber: number) =>
    writeAcknowledgment(report, stampOf(controlNumber, now), form) ?? '';
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
  { header, reason }: UnreadableInterchange,
  body: Buffer,
  origin: Origin,
): Promise<string | null> {
  const fingerprint = createHash('sha256').update(body).digest('base64url');
  await ports.receipts.quarantine(
    { channel: 'EDI', id: `unreadable ${fingerprint}` },
    { topic: 'unreadable', reason: `${reason} (${origin.correlationId})`, body },
  );
  if (header === null || (await findPartner(header)) === null) return null;
  const identity = ediIdentity(header.senderQualifier, header.senderId);
  const name = `answer unreadable ${fingerprint} ${header.controlNumber}`;
  const issued = await numbers.issue(identity, { name, fingerprint }, (controlNumber) =>
    writeInterchangeAcknowledgment(header, 'R', '022', stampOf(controlNumber, new Date(ports.now()))),
  );
  return issued.content;
}

async function quarantine(
  { ports }: EdiDependencies,
  kept: {
    readonly identity: string;
    readonly report: InterchangeReport;
    readonly outcomes: readonly SetOutcome[];
    readonly receiptOf: (position: number) => Receipt;
    readonly body: Buffer;
    readonly index: number;
  },
): Promise<void> {
  const { identity, report, outcomes, receiptOf, body, index } = kept;
  const reasons = outcomes.flatMap((each, position) =>
    each.kind === 'quarantined' ? [{ topic: each.topic, reason: each.reason, position }] : [],
  );
  if (report.verdict === 'R') {
    reasons.push({ topic: 'TA1', reason: `refused with note ${report.noteCode}`, position: 0 });
  }
  for (const { topic, reason, position } of reasons) {
    await ports.receipts.quarantine(receiptOf(position), {
      source: identity,
      topic,
      reason,
      body,
      place: [index, position],
    });
  }
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
export function senderOf({ name, settings }: Partner): Sender {
  const { isaQualifier, isaId } = settings;
  return { name, isaId: isaId.trimEnd(), identity: ediIdentity(isaQualifier, isaId) };
}

function stampOf(controlNumber: number, now: Date): AnswerStamp {
  const digits = now.toISOString().replace(/\D/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(8, 12), controlNumber };
}

/** Of what an interchange says, whatever blanks lie around it. */
function digest(interchange: Interchange): string {
  const { header, groups, acknowledgments, strays, trailer } = interchange;
  return createHash('sha256')
    .update(JSON.stringify([header, groups, acknowledgments, strays, trailer]))
    .digest('base64url');
}
