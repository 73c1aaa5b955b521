import { createHash, randomUUID } from 'node:crypto';
import type { Journal } from '../sqlite-store.ts';
import type { QueueDescription } from '../template/description.ts';

/** A message as its receiver gets it. */
export interface ReceivedMessage {
  readonly messageId: string;
  /** Names this receipt; deleting takes it. */
  readonly receipt: string;
  readonly body: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receives: number;
}

/** How full a queue is. */
export interface QueueState {
  readonly name: string;
  readonly arn: string;
  readonly waiting: number;
  readonly inFlight: number;
}

/** Durable queues with visibility timeout and dead-letter queue, as SQS has them (standard queues). */
export interface Queues {
  /**
   * @param delaySeconds for how long nobody receives it
   * @throws Error when there is no such queue
   */
  send(queueArn: string, body: string, delaySeconds?: number): string;
  /** Takes up to so many visible messages; those received too often go to the dead-letter queue instead. */
  receive(queueArn: string, most: number): readonly ReceivedMessage[];
  /** Removes a message, unless it has been received by another one since. */
  remove(queueArn: string, receipt: string): void;
  /** Makes a message visible again after so many seconds. */
  release(queueArn: string, receipt: string, afterSeconds: number): void;
  /** The same, by whoever has ended with it: a start of the stack in between does not bring it any sooner. */
  putBack(queueArn: string, receipt: string, afterSeconds: number): void;
  /** Returns a message that nobody worked on; this receipt does not count. */
  handBack(queueArn: string, receipt: string): void;
  /** How many messages can be received now, and since when (epoch milliseconds) the first of them. */
  receivable(queueArn: string): { readonly count: number; readonly since: number };
  /** Epoch milliseconds at which the next message can be received, or null when the queue is empty. */
  nextVisible(queueArn: string): number | null;
  /** Calls the listener with a queue's ARN when a message is sent to it or put back, so that one can be received sooner. */
  onReceivable(listener: (queueArn: string) => void): void;
  state(): readonly QueueState[];
  find(url: string): QueueDescription | null;
}

/** Opens the queues on the journal. */
export function openQueues(journal: Journal, descriptions: readonly QueueDescription[]): Queues {
  const byArn = new Map(descriptions.map((queue) => [queue.arn, queue]));
  const listeners: ((queueArn: string) => void)[] = [];
  const notify = (queueArn: string) => {
    for (const listener of listeners) listener(queueArn);
  };
  const described = (queueArn: string) => {
    const queue = byArn.get(queueArn);
    if (queue === undefined) throw new Error(`there is no queue ${queueArn}`);
    return queue;
  };
  const move = journal.statement(
    'UPDATE message SET queue = ?, visible_at = ?, receives = 0, first_received_at = NULL, receipt = NULL, origin = ? WHERE message_id = ?',
  );
  const take = journal.statement(
    'UPDATE message SET receives = receives + 1, first_received_at = COALESCE(first_received_at, ?), visible_at = ?, receipt = ? WHERE message_id = ? RETURNING *',
  );

  // Nobody works on a message when the stack starts: what was in flight when it ended is waiting again.
  journal
    .statement('UPDATE message SET visible_at = ?1 WHERE receipt IS NOT NULL AND visible_at > ?1')
    .run(Date.now());

  return {
    send(queueArn, body, delaySeconds = 0) {
      described(queueArn);
      const messageId = randomUUID();
      const now = Date.now();
      journal
        .statement(
          'INSERT INTO message (message_id, queue, body, sent_at, visible_at) VALUES (?, ?, ?, ?, ?)',
        )
        .run(messageId, queueArn, body, now, now + delaySeconds * 1000);
      notify(queueArn);
      return messageId;
    },
    receive(queueArn, most) {
      const queue = described(queueArn);
      const now = Date.now();
      return journal.transaction(() => {
        journal
          .statement('DELETE FROM message WHERE queue = ? AND sent_at < ?')
          .run(queueArn, now - queue.retentionSeconds * 1000);
        const visible = journal
          .statement(
            'SELECT message_id, receives FROM message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, rowid LIMIT ?',
          )
          .all(queueArn, now, most);
        return visible.flatMap((row) => {
          const messageId = String(row.message_id);
          if (queue.deadLetter !== null && Number(row.receives) >= queue.deadLetter.mostReceives) {
            move.run(queue.deadLetter.queueArn, now, queueArn, messageId);
            return [];
          }
          const taken = take.get(now, now + queue.visibilitySeconds * 1000, randomUUID(), messageId);
          return taken === undefined ? [] : [received(taken)];
        });
      });
    },
    remove(queueArn, receipt) {
      journal.statement('DELETE FROM message WHERE queue = ? AND receipt = ?').run(queueArn, receipt);
    },
    release(queueArn, receipt, afterSeconds) {
      journal
        .statement('UPDATE message SET visible_at = ? WHERE queue = ? AND receipt = ?')
        .run(Date.now() + afterSeconds * 1000, queueArn, receipt);
      notify(queueArn);
    },
    putBack(queueArn, receipt, afterSeconds) {
      journal
        .statement('UPDATE message SET visible_at = ?, receipt = NULL WHERE queue = ? AND receipt = ?')
        .run(Date.now() + afterSeconds * 1000, queueArn, receipt);
      notify(queueArn);
    },
    handBack(queueArn, receipt) {
      journal
        .statement(
          'UPDATE message SET visible_at = ?, receipt = NULL, receives = receives - 1 WHERE queue = ? AND receipt = ?',
        )
        .run(Date.now(), queueArn, receipt);
      notify(queueArn);
    },
    receivable(queueArn) {
      const row = journal
        .statement(
          'SELECT COUNT(*) AS count, MIN(visible_at) AS since FROM message WHERE queue = ? AND visible_at <= ?',
        )
        .get(queueArn, Date.now());
      return { count: Number(row?.count), since: Number(row?.since ?? 0) };
    },
    nextVisible(queueArn) {
      const row = journal
        .statement('SELECT MIN(visible_at) AS at FROM message WHERE queue = ?')
        .get(queueArn);
      return row?.at === null || row?.at === undefined ? null : Number(row.at);
    },
    onReceivable(listener) {
      listeners.push(listener);
    },
    state() {
      const count = journal.statement(
        'SELECT COUNT(*) FILTER (WHERE visible_at <= ?1) AS waiting, COUNT(*) FILTER (WHERE visible_at > ?1) AS in_flight FROM message WHERE queue = ?2',
      );
      return descriptions.map(({ name, arn }) => {
        const row = count.get(Date.now(), arn);
        return { name, arn, waiting: Number(row?.waiting), inFlight: Number(row?.in_flight) };
      });
    },
    find: (url) => descriptions.find((queue) => queue.url === url) ?? null,
  };
}

function received(row: Readonly<Record<string, unknown>>): ReceivedMessage {
  return {
    messageId: String(row.message_id),
    receipt: String(row.receipt),
    body: String(row.body),
    sentAt: Number(row.sent_at),
    firstReceivedAt: Number(row.first_received_at),
    receives: Number(row.receives),
  };
}

/** MD5 of a body in hexadecimal digits, which SQS answers and its clients check. */
export function bodyDigest(body: string): string {
  return createHash('md5').update(body).digest('hex');
}
