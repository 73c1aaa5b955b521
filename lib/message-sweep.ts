import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { CHANNEL_SECRETS } from '../contract/webhooks.ts';
import { COMMAND_ACTIONS } from './constructs/order-table.ts';
import { type FunctionContext, type FunctionRow, makeFunction } from './function-row.ts';
import { schedule } from './schedule.ts';

/** What processing the messages of every channel takes, by the loop itself or by an operator who retries one. */
export const PROCESSES_MESSAGES = {
  actions: COMMAND_ACTIONS,
  indexes: ['byReference'],
  settings: ['ORDER_NUMBER_PREFIX'],
  secrets: CHANNEL_SECRETS,
  readsConnectionSecrets: true,
} as const satisfies Partial<FunctionRow>;

const SWEEP: FunctionRow = {
  id: 'MessageSweep',
  description: 'Processes messages that never were, and asks shops for what no message said',
  ...PROCESSES_MESSAGES,
  // What is kept of a person, and what was written in a day, is found by reading the whole table.
  actions: [...COMMAND_ACTIONS, 'Scan'],
  // Orders explain the numbers that shops show.
  indexes: [...PROCESSES_MESSAGES.indexes, 'linesBySku'],
  checkpoints: 'writes',
  writesConnectionSecrets: true,
  // Shops are given the address of their webhook.
  settings: [...PROCESSES_MESSAGES.settings, 'API_BASE_URL'],
};

/** On a schedule: processes messages whose function ended before they were processed, and asks shops what changed. */
export function sweepMessages(scope: Construct, context: FunctionContext): void {
  const sweep = makeFunction(scope, 'tasks/sweep-messages', SWEEP, context, {
    timeout: Duration.minutes(4),
  });
  schedule(scope, sweep, {
    description: 'Looks for messages that were received and never processed',
    meaning: 'Message sweep failing: nobody processes messages whose first processing was interrupted',
    runbook: 'message-sweep-failing',
  });
}
