import { describe, expect, test, vi } from 'vitest';
import { logFailure } from '../../functions/middleware/log-failure.ts';
import { Busy } from '../../functions/write-failures.ts';

// A function reads its environment while it is loaded.
const MAX_RECEIVES = vi.hoisted(() => {
  process.env.MAX_RECEIVES = '3';
  return 3;
});

/** The level and the message of what is logged of a failure. */
function logged(error: Error, receives: number) {
  const lines: { level: string; message: string; about: object }[] = [];
  const at = (level: string) => (message: string, about: object) => lines.push({ level, message, about });
  logFailure({ debug: at('debug'), error: at('error') }, error, 'message-1', receives);
  expect(lines).toHaveLength(1);
  return lines[0];
}

describe('a message that was not consumed', () => {
  test('concerns nobody while what hinders it passes by itself', () => {
    const line = logged(new Busy('the partner was not reached'), 1);
    expect(line).toMatchObject({ level: 'debug', about: { reason: 'Busy: the partner was not reached' } });
  });

  test('is an error with its stack where nobody expects the failure', () => {
    const error = new TypeError('not a function');
    expect(logged(error, 1)).toMatchObject({ level: 'error', about: { error } });
  });

  test('says what to do when the queue delivers it no more', () => {
    const line = logged(new Busy('the partner was not reached'), MAX_RECEIVES);
    expect(line).toMatchObject({ level: 'error', message: expect.stringMatching(/redrive it/) });
    expect(line?.about).not.toHaveProperty('error');
  });
});
