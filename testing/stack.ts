import { join } from 'node:path';
import { beforeAll, inject } from 'vitest';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../local/stack.ts';
import { localStacks } from './templates.ts';

/**
 * Starts the whole loop, from the templates that the run has synthesized once for all.
 *
 * @param options as of `startLocalStack`
 */
export async function startStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  return startLocalStack({ stacks: await localStacks(options.context), ...options });
}

/** Sets a policy without rules, so that agents act on a preview alone: by default they ask a person for most. */
export async function letAgentsAct(stack: LocalStack): Promise<void> {
  const response = await fetch(new URL('/v1/agent-policy', stack.url), {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${await stack.token('operations/admin')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ rules: [] }),
  });
  if (!response.ok) throw new Error(`the policy of agents was answered ${response.status}`);
}

let kept: Promise<LocalStack> | undefined;

/**
 * The loop that the test files of a process share, since a start costs more than most of them. Each works with SKUs,
 * orders and customers of its own, and leaves connections and faults as it found them. Nobody stops it: its store ends
 * with the process, and what it kept with the run.
 *
 * The workflow leaves orders alone for an hour, so that a test decides alone when an order is queued.
 */
export function sharedStack(): Promise<LocalStack> {
  return sharedAfter(3600);
}

/** The same with a workflow that queues orders at once. */
export function sharedDrivenStack(): Promise<LocalStack> {
  return sharedAfter(0);
}

/** A shared loop for the tests of one file. */
export function useStack(start: () => Promise<LocalStack>): () => LocalStack {
  let stack: LocalStack | undefined;
  beforeAll(async () => {
    stack = await start();
  });
  return () => {
    if (stack === undefined) throw new Error('the loop has not started');
    return stack;
  };
}

function sharedAfter(queueAfterSeconds: number): Promise<LocalStack> {
  const dataFolder = join(inject('runFolder'), `loop-${process.pid}`);
  // Files of one process all want the same: `testing/run/projects.ts` sees to it.
  kept ??= startStack({ context: { queueAfterSeconds }, dataFolder }).then(async (stack) => {
    await letAgentsAct(stack);
    return stack;
  });
  return kept;
}
