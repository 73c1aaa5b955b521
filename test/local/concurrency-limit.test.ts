import { describe, expect, test } from 'vitest';
import { concurrencyLimit } from '../../local/functions/concurrency-limit.ts';
import { Interrupted } from '../../local/interrupted.ts';
import { until } from '../../testing/until.ts';

/** A call that ends when a test ends it. */
function heldCall() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = { begun: false, end: resolve, start: () => promise };
  call.start = () => {
    call.begun = true;
    return promise;
  };
  return call;
}

describe('calls in turns', () => {
  test('no more begin than may be under way, and the next begins when one ends', async () => {
    const { run: turn } = concurrencyLimit(2);
    const calls = [heldCall(), heldCall(), heldCall()] as const;
    const answers = calls.map(({ start }) => turn(start));
    expect(calls.map(({ begun }) => begun)).toEqual([true, true, false]);
    calls[1].end('second');
    expect(await answers[1]).toBe('second');
    await until(
      async () => calls[2].begun,
      (begun) => begun,
    );
    calls[0].end('first');
    calls[2].end('third');
    expect(await Promise.all(answers)).toEqual(['first', 'second', 'third']);
  });

  test('one that fails rejects the promise of its caller and makes room', async () => {
    const { run: turn } = concurrencyLimit(1);
    await expect(turn(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await turn(() => Promise.resolve('next'))).toBe('next');
  });

  test('one that hangs holds up nobody', async () => {
    const { run: turn } = concurrencyLimit(1);
    const hanging = heldCall();
    const hangs = turn(hanging.start);
    expect(await turn(() => Promise.resolve('went past'))).toBe('went past');
    hanging.end('late');
    expect(await hangs).toBe('late');
    // The room of the slow one was given away once, not twice.
    const [one, two] = [heldCall(), heldCall()];
    const answers = [turn(one.start), turn(two.start)];
    expect([one.begun, two.begun]).toEqual([true, false]);
    one.end('one');
    two.end('two');
    expect(await Promise.all(answers)).toEqual(['one', 'two']);
  });

  test('a stop interrupts those that wait, and lets those that run end', async () => {
    const limit = concurrencyLimit(1);
    const held = heldCall();
    const waiting = heldCall();
    const runs = limit.run(held.start);
    const waits = expect(limit.run(waiting.start)).rejects.toThrow(Interrupted);
    limit.stop();
    await waits;
    await expect(limit.run(waiting.start)).rejects.toThrow(Interrupted);
    held.end('done');
    expect(await runs).toBe('done');
    expect(waiting.begun).toBe(false);
  });
});
