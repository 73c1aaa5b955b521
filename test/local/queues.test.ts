import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openQueues } from '../../local/events/queues.ts';
import { openSqliteStore } from '../../local/sqlite-store.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:updates';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-queues-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A queue as each start of the stack opens it. */
function open() {
  const journal = openSqliteStore(join(folder, 'journal.db'));
  const queue = {
    name: 'updates',
    arn: ARN,
    url: 'http://queue',
    visibilitySeconds: 360,
    retentionSeconds: 1000,
  };
  const queues = openQueues(journal, [{ ...queue, deadLetter: null }]);
  return { queues, close: () => journal.close() };
}

// Else a few restarts in a row use up all attempts of a message that has to wait for something.
test('a start brings what was being worked on, and not what waits for its next try', () => {
  const first = open();
  first.queues.send(ARN, 'in work');
  first.queues.send(ARN, 'waiting');
  const [, waiting] = first.queues.receive(ARN, 2);
  first.queues.putBack(ARN, waiting?.receipt ?? '', 300);
  expect(first.queues.receive(ARN, 2)).toEqual([]);
  first.close();

  const second = open();
  expect(second.queues.receive(ARN, 2).map(({ body }) => body)).toEqual(['in work']);
  second.close();
});

test('a message that is handed back can be received at once, and the receipt does not count', () => {
  const { queues, close } = open();
  queues.send(ARN, 'interrupted');
  const [first] = queues.receive(ARN, 1);
  queues.handBack(ARN, first?.receipt ?? '');
  expect(queues.receive(ARN, 1)).toMatchObject([{ body: 'interrupted', receives: 1 }]);
  close();
});
