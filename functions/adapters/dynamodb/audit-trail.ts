import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { AuditEntry } from '../../../contract/audit.ts';
import type { AuditedAct, AuditFilter, AuditTrail, VerifiedAudit } from '../../audit/audit.ts';
import type { AuditChain } from '../../events/checkpoints.ts';
import type { Origin } from '../../events/envelope.ts';
import { Busy, WriteFailed } from '../../write-failures.ts';
import type { Table } from './client.ts';
import { getItem, parseItem, type StoredItem } from './items.ts';
import { AUDIT, AUDIT_HEAD, auditKey } from './keys.ts';
import { type Write, writeAll } from './transaction.ts';

/** How often an act is decided anew when another comes first; entries form one chain, so acts that meet wait. */
const ATTEMPTS = 12;
/** Entries that one request reads for a page of a narrow filter, or verifies. */
const MAX_READ = 2000;
const PAGE = 200;

/** Before the first entry. */
const BEGINNING = { sequence: 0, digest: '0'.repeat(64) };
const Head = z.object({ sequence: z.int(), digest: z.string() });
/** The content is kept as the text that its digest covers. */
const StoredEntry = z.object({
  sk: z.string(),
  content: z.string(),
  previousDigest: z.string(),
  digest: z.string(),
});
const Content = AuditEntry.omit({ previousDigest: true, digest: true });

/** What is to be written of an act, decided from how things are now. */
export interface Decided<Result> {
  readonly writes: readonly Write[];
  readonly result: Result;
  /** Absent where nothing changes. */
  readonly act?: Omit<AuditedAct, 'origin'>;
}

/**
 * Makes a change and records it in the audit trail, in one transaction; decides anew when another came first.
 *
 * @param origin who makes it; undefined for what the loop does by itself, which its own logs show
 * @throws Busy when others kept coming first; nothing was written
 */
export async function writeAudited<Result>(
  table: Table,
  origin: Origin | undefined,
  decide: () => Promise<Decided<Result>>,
): Promise<Result> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(Math.random() * Math.min(500, 10 * 2 ** attempt));
    const { writes, result, act } = await decide();
    const entry =
      origin === undefined || act === undefined ? [] : await entryWrites(table, { ...act, origin });
    if (writes.length + entry.length === 0) return result;
    try {
      await writeAll(table, [...writes, ...entry]);
      return result;
    } catch (error) {
      if (!(error instanceof WriteFailed) || !MAY_PASS.has(error.conflict)) throw error;
    }
  }
  throw new Busy('many changes are made at once; send it again');
}

const MAY_PASS: ReadonlySet<WriteFailed['conflict']> = new Set([
  'audit-advanced',
  'changed-meanwhile',
  'contention',
]);

/** Keeps the trail: one chain, in which each entry has the digest of the one before. */
export function auditTrail(table: Table): AuditTrail {
  return {
    record: (act) => writeAudited(table, act.origin, async () => ({ act, writes: [], result: undefined })),
    async list(filter, limit, position) {
      const items: AuditEntry[] = [];
      let before = position;
      for (let read = 0; read < MAX_READ; read += PAGE) {
        const page = await pageOf(table, { after: before, newestFirst: true });
        for (const item of page) {
          const entry = entryOf(item);
          if (filter.from !== undefined && entry.at < filter.from) return { items, next: null };
          if (meets(entry, filter)) items.push(entry);
          before = sortOf(item);
          if (items.length === limit) return { items, next: entry.sequence > 1 ? before : null };
        }
        if (page.length < PAGE) return { items, next: null };
      }
      return { items, next: before };
    },
    verify: (position) => verify(table, position),
  };
}

/** The chain of the trail, for a checkpoint to list. */
export function auditChain(table: Table): AuditChain {
  return {
    last: () => headOf(table),
    async at(sequence) {
      const item = await getItem(table, auditKey(sequence));
      return item === null ? null : { sequence, digest: parseItem(StoredEntry, item).digest };
    },
  };
}

async function verify(table: Table, position: string | null): Promise<VerifiedAudit> {
  const [sequence = '0', digest = BEGINNING.digest] = position?.split(' ') ?? [];
  let last = { sequence: Number(sequence), digest };
  let entries = 0;
  while (entries < MAX_READ) {
    const page = await pageOf(table, { after: auditKey(last.sequence).sk, newestFirst: false });
    for (const item of page) {
      const found = intact(item, last);
      if (found === null) return { entries, firstBroken: last.sequence + 1, next: null };
      last = found;
      entries += 1;
    }
    if (page.length === PAGE) continue;
    // What was cut off at the end is missed by the head alone. Read last: entries are added meanwhile.
    const head = await headOf(table);
    const isWhole =
      head.sequence === last.sequence ? head.digest === last.digest : await isThere(table, last);
    return { entries, firstBroken: isWhole ? null : last.sequence + 1, next: null };
  }
  return { entries, firstBroken: null, next: `${last.sequence} ${last.digest}` };
}

/** @returns the entry's place in the chain; null unless it is the successor of the one before, as it was written */
function intact(item: StoredItem, before: { sequence: number; digest: string }) {
  const stored = StoredEntry.safeParse(item);
  if (!stored.success) return null;
  const { sk, content, previousDigest, digest } = stored.data;
  const sequence = before.sequence + 1;
  const isSuccessor = sk === auditKey(sequence).sk && previousDigest === before.digest;
  return isSuccessor && digest === digestOf(previousDigest, content) ? { sequence, digest } : null;
}

/** @returns whether the trail went on behind an entry while it was verified */
async function isThere(table: Table, { sequence }: { readonly sequence: number }): Promise<boolean> {
  return (await getItem(table, auditKey(sequence + 1))) !== null;
}

async function entryWrites(table: Table, { origin, ...act }: AuditedAct): Promise<readonly Write[]> {
  const head = await headOf(table);
  const sequence = head.sequence + 1;
  const { actor, correlationId } = origin;
  const at = new Date().toISOString();
  const content = JSON.stringify({
    sequence,
    at,
    actor: { type: actor.type, id: actor.id },
    ...act,
    correlationId,
  });
  const previousDigest = head.digest;
  const digest = digestOf(previousDigest, content);
  const entry = { ...auditKey(sequence), kind: 'AUDIT', content, previousDigest, digest };
  // Protects the chain: of two that continue the same entry one is written.
  const isLast =
    head.sequence === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#sequence = :sequence AND digest = :digest',
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: { ':sequence': head.sequence, ':digest': head.digest },
        };
  const next = { ...AUDIT_HEAD, kind: 'AUDIT_HEAD', sequence, digest };
  return [
    { item: { Put: { TableName: table.name, Item: next, ...isLast } }, conflict: 'audit-advanced' },
    {
      // Protects what was written: no entry is ever written over.
      item: {
        Put: { TableName: table.name, Item: entry, ConditionExpression: 'attribute_not_exists(pk)' },
      },
      conflict: 'audit-advanced',
    },
  ];
}

async function headOf(table: Table): Promise<{ readonly sequence: number; readonly digest: string }> {
  const item = await getItem(table, AUDIT_HEAD);
  return item === null ? BEGINNING : parseItem(Head, item);
}

async function pageOf(
  table: Table,
  { after, newestFirst }: { readonly after: string | null; readonly newestFirst: boolean },
): Promise<readonly StoredItem[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :audit',
      ExpressionAttributeValues: { ':audit': AUDIT },
      ScanIndexForward: !newestFirst,
      Limit: PAGE,
      ...(after !== null && { ExclusiveStartKey: { pk: AUDIT, sk: after } }),
    }),
  );
  return Items;
}

function entryOf(item: StoredItem): AuditEntry {
  const { content, previousDigest, digest } = parseItem(StoredEntry, item);
  return { ...Content.parse(JSON.parse(content)), previousDigest, digest };
}

function sortOf(item: StoredItem): string {
  return parseItem(StoredEntry, item).sk;
}

function meets(entry: AuditEntry, { action, actor, subject, to }: AuditFilter): boolean {
  return (
    (action === undefined || entry.action === action) &&
    (actor === undefined || entry.actor.id === actor) &&
    (subject === undefined || entry.subject === subject) &&
    (to === undefined || entry.at <= to)
  );
}

function digestOf(previousDigest: string, content: string): string {
  return createHash('sha256').update(`${previousDigest}\n${content}`).digest('hex');
}
