import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { type ApprovalSubject, readApproval, signApproval } from '../../functions/agents/approval-token.ts';

const SECRET = { current: 'the secret of today, long enough', previous: undefined };
const NOW = new Date('2026-03-10T14:00:00.000Z');
const minutesLater = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

const SUBJECT: ApprovalSubject = {
  action: { tool: 'hold_order', arguments: { orderId: 'LMB-1', reason: 'OTHER' } },
  version: 7,
  caller: 'desk/agent-7',
};

const signed = async () => (await signApproval(SUBJECT, SECRET, 'token-1', NOW)).token;

test('an approval counts for ten minutes and no longer', async () => {
  const token = await signed();
  expect(await readApproval(token, SUBJECT, SECRET, minutesLater(9))).toEqual({
    kind: 'valid',
    tokenId: 'token-1',
    version: 7,
  });
  expect(await readApproval(token, SUBJECT, SECRET, minutesLater(11))).toEqual({ kind: 'expired' });
  expect((await signApproval(SUBJECT, SECRET, 'token-1', NOW)).expiresAt).toBe('2026-03-10T14:10:00.000Z');
});

test('an approval outlives the exchange of the secret, while the one before counts', async () => {
  const token = await signed();
  const exchanged = { current: 'the secret of tomorrow, as long', previous: SECRET.current };
  expect(await readApproval(token, SUBJECT, exchanged, NOW)).toMatchObject({ kind: 'valid' });
  const forgotten = { current: exchanged.current, previous: undefined };
  expect(await readApproval(token, SUBJECT, forgotten, NOW)).toMatchObject({ kind: 'mismatch' });
});

describe('an approval counts for nothing but what was shown', () => {
  const { action } = SUBJECT;
  test.each<[string, Partial<ApprovalSubject>]>([
    ['another caller', { caller: 'desk/agent-8' }],
    ['the caller without its client', { caller: 'agent-7' }],
    ['another order', { action: { ...action, arguments: { orderId: 'LMB-2', reason: 'OTHER' } } as never }],
    ['one argument more', { action: { ...action, arguments: { ...action.arguments, note: 'x' } } as never }],
    ['another tool', { action: { tool: 'release_hold', arguments: { orderId: 'LMB-1', holdId: 'H' } } }],
  ])('%s', async (_, other) => {
    expect(await readApproval(await signed(), { ...SUBJECT, ...other }, SECRET, NOW)).toMatchObject({
      kind: 'mismatch',
    });
  });

  test('a token of ours for something else, or signed in another way', async () => {
    const key = new TextEncoder().encode(SECRET.current);
    const claims = { tool: 'hold_order', digest: 'x', version: 7 };
    const make = (alg: string, audience: string) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg })
        .setAudience(audience)
        .setSubject(SUBJECT.caller)
        .setJti('token-1')
        .setExpirationTime(Math.floor(NOW.getTime() / 1000) + 60)
        .sign(key);
    for (const token of [await make('HS256', 'portal'), await make('HS512', 'agent-approval')]) {
      expect(await readApproval(token, SUBJECT, SECRET, NOW)).toMatchObject({ kind: 'mismatch' });
    }
  });
});
