import { createHash } from 'node:crypto';
import { Busy } from '../../../write-failures.ts';
import type { Collected, TakeFile } from '../../channel.ts';
import type { MailboxFile, MailboxFiles } from '../../core/mailbox.ts';
import type { EDI } from '../descriptor.ts';
import { readInterchanges } from '../x12/index.ts';

/** Settings of a partner's mailbox. */
export type MailboxSettings = NonNullable<ReturnType<(typeof EDI)['settings']['parse']>['sftp']>;

/** Files of one run. */
const MAX_FILES = 50;
/** What a webhook takes, too. */
const MAX_BYTES = 5 * 1024 * 1024;
/** Milliseconds for which a file has not changed before it is taken: its sender may still be writing. */
const SETTLED_AFTER = 30_000;
/** The same for a file that ends before its interchange does: no more of it is coming. */
const GIVEN_UP_AFTER = 10 * 60_000;

/** A file that a run claimed, with the moment of the claim. */
const CLAIMED = /^\.order-loop-(\d{1,20})-(.+)$/;
/** Names that programs give to files while they write them. */
const UNFINISHED = /^\.|\.(?:tmp|part|filepart)$/i;

/**
 * Leaves a document for the partner, whole or not at all: it is written under another name, and renamed when all of it is
 * there. One that is there already was left by an attempt before.
 *
 * @throws Error when the server did not take it
 */
export async function leaveDocument(
  files: MailboxFiles,
  { outboundDirectory }: Pick<MailboxSettings, 'outboundDirectory'>,
  name: string,
  content: string,
): Promise<void> {
  const path = `${outboundDirectory}/${name}.x12`;
  if (await files.exists(path)) return;
  const unfinished = `${outboundDirectory}/.${name}.part`;
  await files.write(unfinished, Buffer.from(content, 'utf8'));
  await files.move(unfinished, path);
}

/**
 * Takes the files that a partner left, those first that have lain the longest. A file is claimed by a new name, received,
 * answered by a file, and only then put away: what ends in between is taken up again by the next run, and received as the
 * repeat of a message that is known.
 *
 * @param until epoch milliseconds after which no further file is begun
 */
export async function collectFiles(
  files: MailboxFiles,
  settings: MailboxSettings,
  take: TakeFile,
  until: number,
): Promise<Collected> {
  const { inboundDirectory } = settings;
  const present = (await files.list(inboundDirectory)).filter(isDue).toSorted(byAge);
  const counts = { looked: 0, received: 0, quarantined: 0, failed: 0 };
  let failure: string | undefined;
  for (const file of present.slice(0, MAX_FILES)) {
    if (Date.now() >= until) break;
    counts.looked += 1;
    try {
      const kind = await takeFile(files, settings, file, take);
      if (kind !== 'incomplete') counts[kind] += 1;
    } catch (error) {
      // One that cannot be taken must not keep back those behind it.
      counts.failed += 1;
      failure ??= `${file.name}: ${(error as Error).message}`;
    }
  }
  const isComplete = counts.looked === present.length;
  return { ...counts, isComplete, ...(failure !== undefined && { failure }) };
}

async function takeFile(
  files: MailboxFiles,
  { inboundDirectory, outboundDirectory, archiveDirectory }: MailboxSettings,
  file: MailboxFile,
  take: TakeFile,
): Promise<'received' | 'quarantined' | 'incomplete'> {
  if (file.bytes > MAX_BYTES)
    throw new Busy(`it has ${file.bytes} bytes, more than the ${MAX_BYTES} of a file`);
  const claim = CLAIMED.test(file.name) ? file.name : `.order-loop-${Date.now()}-${file.name}`;
  const path = `${inboundDirectory}/${claim}`;
  if (claim !== file.name) await files.move(`${inboundDirectory}/${file.name}`, path);
  const body = await files.read(path);
  if (!isWhole(body) && Date.now() - file.modifiedAt < GIVEN_UP_AFTER) return 'incomplete';
  const { kind, reply } = await take(body);
  if (reply !== undefined && reply !== '') {
    const digest = createHash('sha256').update(reply).digest('hex').slice(0, 20);
    await leaveDocument(files, { outboundDirectory }, `997-${digest}`, reply);
  }
  if (archiveDirectory === undefined) await files.remove(path);
  else await files.move(path, `${archiveDirectory}/${claim.replace(CLAIMED, '$1-$2')}`);
  return kind;
}

function isDue({ name, modifiedAt }: MailboxFile): boolean {
  if (CLAIMED.test(name)) return true;
  return !UNFINISHED.test(name) && Date.now() - modifiedAt >= SETTLED_AFTER;
}

function byAge(one: MailboxFile, other: MailboxFile): number {
  return one.modifiedAt - other.modifiedAt || (one.name < other.name ? -1 : 1);
}

/** Whether the last interchange of a file came to its end. */
function isWhole(body: Buffer): boolean {
  const last = readInterchanges(body).at(-1);
  return last?.kind === 'interchange' && last.trailer !== null;
}
