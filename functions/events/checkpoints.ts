import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { BrokenCheckpoint, BrokenHistory, VerifiedHistories } from './history-seals.ts';

/** Milliseconds after the end of a day in which events of that day may still be written. */
const SETTLES_AFTER = 15 * 60_000;
const DAY = 24 * 60 * 60_000;
/** Chains that one part of a checkpoint lists, some five megabytes. */
const MAX_CHAINS = 40_000;
/** Before every instant. */
const BEGINNING = '0000';
/** Chains that are verified together. */
const SLICE = 20;

/** An event as a checkpoint lists it. */
export interface ListedEvent {
  /** Where the event lies, as the store names it; events of one chain sort by their sequence. */
  readonly place: string;
  readonly digest: string;
}

/** Events of the store with their digests. */
export interface SealedEvents {
  /**
   * @param from included, an instant
   * @param to not included
   * @returns events of a page by their chain, the last of each
   */
  between(
    from: string,
    to: string,
    position: string | null,
  ): Promise<{ readonly last: ReadonlyMap<string, ListedEvent>; readonly next: string | null }>;
  /** Verifies the chains of listed events, and that the events are those that were listed. */
  verify(events: readonly ListedEvent[]): Promise<VerifiedHistories>;
}

/** Where checkpoints are kept; nothing in it is ever replaced. */
export interface CheckpointArchive {
  /**
   * @returns false when there is something under the name already, which stays
   * @throws Error where it is open whether there is
   */
  put(name: string, text: string): Promise<boolean>;
  get(name: string): Promise<string | null>;
}

/** Signs with a key that never leaves its keeper. */
export interface Signer {
  sign(text: string): Promise<string>;
  isSigned(text: string, signature: string): Promise<boolean>;
}

/** The last entry of the audit trail, or the one of a sequence. */
export interface AuditChain {
  last(): Promise<Head>;
  at(sequence: number): Promise<Head | null>;
}

interface Head {
  readonly sequence: number;
  readonly digest: string;
}

const Part = z.object({ name: z.string(), digest: z.string(), chains: z.int() });
const Previous = z.object({ day: z.string(), digest: z.string() });
const Content = z.object({
  version: z.literal(1),
  from: z.string(),
  to: z.string(),
  writtenAt: z.string(),
  previous: Previous.nullable(),
  audit: z.object({ sequence: z.int(), digest: z.string() }),
  parts: z.array(Part),
});
/** The content is kept as the text that the signature covers. */
const SignedContent = z.object({ content: z.string(), signature: z.string() });

/** How far the checkpoint of a span has come; after its end, what the next one continues from. */
export const CheckpointProgress = z.object({
  revision: z.int(),
  from: z.string(),
  to: z.string(),
  position: z.string().nullable(),
  parts: z.array(Part),
  /** The checkpoint before this one; this one itself when it is written. */
  previous: Previous.nullable(),
  isWritten: z.boolean(),
});
export type CheckpointProgress = z.infer<typeof CheckpointProgress>;

export interface ProgressStore {
  read(): Promise<CheckpointProgress | null>;
  /** @returns false when another run was first */
  save(progress: CheckpointProgress): Promise<boolean>;
}

export interface Checkpoints {
  readonly events: SealedEvents;
  readonly audit: AuditChain;
  readonly archive: CheckpointArchive;
  readonly signer: Signer;
}

export interface WritesCheckpoints extends Checkpoints {
  readonly progress: ProgressStore;
  readonly now: () => string;
}

/**
 * Writes a signed checkpoint over all that was written up to the end of yesterday (UTC) and is in none before: for each
 * chain the last event with its digest. Works until a deadline; the next call continues.
 *
 * @param until epoch milliseconds after which no further page is read; one always is
 * @returns the day of the checkpoint that was finished by this call
 */
export async function writeCheckpoint(
  dependencies: WritesCheckpoints,
  until: number,
): Promise<string | null> {
  const { events, audit, archive, signer, progress: store, now } = dependencies;
  const earlier = await store.read();
  const begun = earlier?.isWritten === false ? earlier : nextSpan(earlier, now());
  if (begun === null) return null;
  const { from, to, revision, previous } = begun;
  const last = new Map<string, ListedEvent>();
  let { position } = begun;
  do {
    const page = await events.between(from, to, position);
    for (const [chain, event] of page.last) last.set(chain, event);
    position = page.next;
  } while (position !== null && last.size < MAX_CHAINS && Date.now() < until);
  const day = dayOf(to);
  const parts = [...begun.parts];
  if (last.size > 0) {
    const text = listing([...last.values()]);
    const digest = digestOf(text);
    const name = `${day}/${digest}.txt`;
    // The name says what is in it: what is there already is this.
    await archive.put(name, text);
    parts.push({ name, digest, chains: last.size });
  }
  const next = { from, to, revision: revision + 1 };
  if (position !== null) {
    await store.save({ ...next, position, parts, previous, isWritten: false });
    return null;
  }
  const content = JSON.stringify({
    ...{ version: 1, from, to, writtenAt: now(), previous, audit: await audit.last(), parts },
  } satisfies z.infer<typeof Content>);
  const text = JSON.stringify({ content, signature: await signer.sign(content) });
  const isNew = await archive.put(manifestOf(day), text);
  // A run that ended between the two writes left it there.
  const written = isNew ? text : await archive.get(manifestOf(day));
  if (written === null) throw new Error(`the checkpoint of ${day} was neither written nor found`);
  const itself = { day, digest: digestOf(written) };
  await store.save({ ...next, position: null, parts: [], previous: itself, isWritten: true });
  return day;
}

/**
 * Verifies the histories that a checkpoint lists against the store: they are those of that day, continued or not.
 *
 * @param position where an earlier call ended
 * @param until epoch milliseconds after which no further slice is begun
 * @returns null when there is no checkpoint of the day
 */
export async function verifyCheckpoint(
  { events, audit, archive, signer }: Checkpoints,
  day: string,
  position: string | null,
  until: number,
): Promise<VerifiedCheckpoint | null> {
  const text = await archive.get(manifestOf(day));
  if (text === null) return null;
  const total = { orders: 0, lots: 0, events: 0, unsealed: 0 };
  const broken: (BrokenHistory | BrokenCheckpoint)[] = [];
  const fault = (reason: string) => broken.push({ checkpoint: day, reason });
  const content = await signedContent(signer, text);
  if (typeof content === 'string' || dayOf(content.to) !== day) {
    fault(typeof content === 'string' ? content : 'it is the checkpoint of another day');
    return { ...total, broken, next: null };
  }
  if (position === null) {
    if (!(await isContinued(archive, content))) {
      fault(
        `the checkpoint before it (${content.previous?.day ?? 'none'}) is missing, altered or another one`,
      );
    }
    const entry = content.audit.sequence === 0 ? content.audit : await audit.at(content.audit.sequence);
    if (entry?.digest !== content.audit.digest) {
      fault(`entry ${content.audit.sequence} of the audit trail is missing or altered`);
    }
  }
  let [part, line] = (position ?? '0 0').split(' ').map(Number) as [number, number];
  for (; part < content.parts.length; part++, line = 0) {
    const { name, digest } = content.parts[part] as z.infer<typeof Part>;
    const listed = await archive.get(name);
    if (listed === null || digestOf(listed) !== digest) {
      fault(`its list ${name} is missing or altered`);
      continue;
    }
    const all = listedIn(listed);
    for (; line < all.length; line += SLICE) {
      if (Date.now() >= until) return { ...total, broken, next: `${part} ${line}` };
      const found = await events.verify(all.slice(line, line + SLICE));
      for (const count of ['orders', 'lots', 'events', 'unsealed'] as const) total[count] += found[count];
      broken.push(...found.broken);
    }
  }
  return { ...total, broken, next: null };
}

export type VerifiedCheckpoint = Omit<VerifiedHistories, 'broken'> & {
  readonly broken: readonly (BrokenHistory | BrokenCheckpoint)[];
  /** Where the next call continues; null at the end. */
  readonly next: string | null;
};

/** From the end of the checkpoint before, or from the beginning, to the last midnight. */
function nextSpan(earlier: CheckpointProgress | null, now: string): CheckpointProgress | null {
  const settled = Date.parse(now) - SETTLES_AFTER;
  const to = new Date(settled - (settled % DAY)).toISOString();
  const from = earlier?.to ?? BEGINNING;
  if (from >= to) return null;
  const { revision = 0, previous = null } = earlier ?? {};
  return { revision, from, to, position: null, parts: [], previous, isWritten: false };
}

/** @returns whether a checkpoint begins where the one before it ended, or at the beginning */
async function isContinued(
  archive: CheckpointArchive,
  { from, previous }: z.infer<typeof Content>,
): Promise<boolean> {
  if (previous === null) return from === BEGINNING;
  const text = await archive.get(manifestOf(previous.day));
  if (text === null || digestOf(text) !== previous.digest) return false;
  const before = Content.safeParse(parsed(SignedContent.safeParse(parsed(text)).data?.content ?? ''));
  return before.success && before.data.to === from;
}

/** @returns the content, or why nothing can be concluded from it */
async function signedContent(signer: Signer, text: string): Promise<z.infer<typeof Content> | string> {
  const signed = SignedContent.safeParse(parsed(text));
  if (!signed.success) return 'the checkpoint cannot be read';
  const { content, signature } = signed.data;
  if (!(await signer.isSigned(content, signature))) return 'the checkpoint was not signed by the loop';
  const read = Content.safeParse(parsed(content));
  return read.success ? read.data : 'the checkpoint is of a form that this release does not know';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listing(events: readonly ListedEvent[]): string {
  return [...events]
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ digest, place }) => `${digest} ${place}\n`)
    .join('');
}

function listedIn(text: string): readonly ListedEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const end = line.indexOf(' ');
      return { digest: line.slice(0, end), place: line.slice(end + 1) };
    });
}

function manifestOf(day: string): string {
  return `${day}.json`;
}

/** The last day before the end of a span, for example `2026-11-27`. */
function dayOf(to: string): string {
  return new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
