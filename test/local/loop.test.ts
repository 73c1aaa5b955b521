import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { smallStackClient } from '../../testing/small-stack/client.ts';
import { FIXTURE_FOLDER, FIXTURE_STACKS } from '../../testing/small-stack/template.ts';
import { until } from '../../testing/until.ts';

let stack: LocalStack;
let client: ReturnType<typeof smallStackClient>;
beforeAll(async () => {
  stack = await startLocalStack({ stacks: FIXTURE_STACKS, folder: FIXTURE_FOLDER });
  client = smallStackClient(stack.url);
});
afterAll(() => stack.stop());

const states = (shown: { readonly states: readonly { readonly state: string }[] } | undefined) =>
  shown?.states.map(({ state }) => state);

describe('from the table over the bus to a consumer', () => {
  test('an event is carried once, and only an event', async () => {
    await client.store('plain-1');
    await client.seen('plain-1', 1);
    // The consumer's own item is a change of the table too, and no event: the filter keeps it from the bus.
    await client.store('plain-2');
    await client.seen('plain-2', 1);
    expect(await client.bus('plain-1')).toEqual(['plain-2']);
    expect(await client.queue('Queue')).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('what the bus carried since an event that it never carried is not known', async () => {
    expect(await client.bus('never')).toBeUndefined();
  });

  test('a message that keeps failing ends in the dead-letter queue', async () => {
    await client.store('poison-1');
    await client.seen('poison-1', 2);
    const letters = await until(
      () => client.queue('DeadLetters'),
      (queue) => queue?.waiting === 1,
    );
    expect(letters).toMatchObject({ waiting: 1, inFlight: 0 });
    expect(await client.item('SEEN#poison-1')).toMatchObject({ count: 2 });
  });
});

describe('a workflow', () => {
  test('waits for its token and continues when it is answered', async () => {
    await client.store('flow-1');
    await client.waiting('flow-1');
    expect(await client.execution('flow-1')).toMatchObject({ status: 'RUNNING' });
    expect(await client.answer('flow-1')).toBeNull();
    const ended = await client.ended('flow-1');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '{"id":"flow-1","seconds":60}' });
    expect(states(ended)).toEqual(['First', 'Await', 'Last']);
  });

  test('takes an answer that comes before the function that passed the token on is back', async () => {
    await client.store('flow-early-1');
    expect(await client.ended('flow-early-1')).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('refuses a second answer', async () => {
    await client.store('flow-twice');
    await client.waiting('flow-twice');
    await client.answer('flow-twice');
    expect(await client.answer('flow-twice')).toBe('TaskTimedOut');
  });

  test('refuses an answer to a token that it never gave', async () => {
    expect(await client.answer('flow-unknown')).toBe('InvalidToken');
  });

  test('ends a wait in time, and takes no answer after that', async () => {
    await client.store('flow-short-1');
    const ended = await client.ended('flow-short-1');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'TooLate' });
    expect(states(ended)).toEqual(['First', 'Await', 'Late']);
    expect(await client.answer('flow-short-1')).toBe('TaskTimedOut');
  });

  test('is steered by the error that its token is answered with', async () => {
    await client.store('flow-cancelled');
    await client.waiting('flow-cancelled');
    await client.answer('flow-cancelled', 'Cancelled');
    const ended = await client.ended('flow-cancelled');
    expect(states(ended)).toEqual(['First', 'Await', 'Ended']);
    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('retries a step with a new token when its function failed', async () => {
    await client.store('flow-busy-1');
    await client.waiting('flow-busy-1');
    expect(await client.item('CALLS#flow-busy-1')).toMatchObject({ count: 2 });
    expect(await client.answer('flow-busy-1')).toBeNull();
    expect(await client.ended('flow-busy-1')).toMatchObject({ status: 'SUCCEEDED' });
  });
});
