import { type Connection, connectionIdentity } from '../../contract/connections.ts';
import type { LeaseRule } from '../../domain/inventory/balance.ts';
import { leaseOwner } from '../../domain/inventory/lease.ts';
import { Channel } from '../../domain/order/terms.ts';
import type { StockSeller } from '../channels/core/publish-stock.ts';
import type { MessageLog, MessagePage } from '../messages/message-log.ts';
import type { OpenChannels } from './poll-connections.ts';
import type { PollStore } from './ports.ts';

/** Milliseconds after which a sender lists every order that it sold, once it was asked. */
const LISTED_AFTER = 2 * 60_000;
/** Messages that are looked through, in pages. */
const PAGE = 100;
const MAX_PAGES = 10;

/** @returns whose leases a connection sells from; undefined where it is shown no stock */
export function leasingOwner(connection: Connection): string | undefined {
  const identity = connectionIdentity(connection);
  if (identity === null || ruleOf(connection) === undefined) return undefined;
  return leaseOwner(identity.kind, identity.identity);
}

/**
 * @param connections whose sender may be asked
 * @returns those that are shown what they may sell, and up to when their sales are known
 */
export async function stockSellers(
  polls: Pick<PollStore, 'poll'>,
  log: Pick<MessageLog, 'list'>,
  channels: OpenChannels,
  connections: readonly Connection[],
): Promise<readonly StockSeller[]> {
  const sellers: StockSeller[] = [];
  if (!connections.some((each) => leasingOwner(each) !== undefined)) return sellers;
  const waiting = await waitingSenders(log);
  for (const connection of connections) {
    const owner = leasingOwner(connection);
    const rule = ruleOf(connection);
    const source = connectionIdentity(connection)?.identity;
    const stock = channels[connection.kind]?.().stock;
    if (owner === undefined || rule === undefined || source === undefined || stock === undefined) continue;
    const { connectionId } = connection;
    // An order that waits for an operator, or to be processed again, is a sale that is not known yet.
    const isWaiting = waiting === null || waiting.has(owner);
    const seenUntil = isWaiting ? '' : await knownUntil(polls, connectionId, source);
    const channel = Channel.safeParse(connection.kind).data;
    if (channel === undefined) continue;
    sellers.push({ connectionId, source, owner, channel, rule, stock, seenUntil });
  }
  return sellers;
}

/** @returns whose messages wait; null where there are too many to know */
async function waitingSenders(log: Pick<MessageLog, 'list'>): Promise<ReadonlySet<string> | null> {
  const owners = new Set<string>();
  for (const state of ['QUARANTINED', 'RECEIVED'] as const) {
    let before: string | null = null;
    let pages = 0;
    do {
      if (pages++ === MAX_PAGES) return null;
      const { items, next }: MessagePage = await log.list({ state }, PAGE, before);
      for (const { channel, source } of items) owners.add(leaseOwner(channel, source));
      before = next;
    } while (before !== null);
  }
  return owners;
}

/** Up to when all sales are known: a poll that went through everything that changed, and missed nothing. */
async function knownUntil(
  polls: Pick<PollStore, 'poll'>,
  connectionId: string,
  source: string,
): Promise<string> {
  const poll = await polls.poll(connectionId);
  if (poll === null || poll.source !== source) return '';
  const { at, isComplete, failed, quarantined, failure } = poll.lastPoll;
  if (!isComplete || failed > 0 || quarantined > 0 || failure !== undefined) return '';
  return new Date(Date.parse(at) - LISTED_AFTER).toISOString();
}

function ruleOf({ settings }: Connection): LeaseRule | undefined {
  return 'stock' in settings ? settings.stock : undefined;
}
