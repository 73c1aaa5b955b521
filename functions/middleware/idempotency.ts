import { createHash } from 'node:crypto';
import type { IdempotencyRecord, IdempotencyStore, KeptAnswer } from '../application/ports.ts';
import { type HttpAnswer, type HttpRequest, Problem } from './http.ts';

/** A request that has neither an answer nor an end after this long was cut off; its repeat is told how things are. */
const ABANDONED_AFTER = 60_000;

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Builds the record that goes into the transaction of the effect; without an answer while steps are still to come. */
export type Remember = (answer: HttpAnswer | null, orderId?: string) => IdempotencyRecord;

/** What a request does, given how its answer is to be remembered. Null means that the key was used meanwhile. */
export type Work = (remember: Remember | undefined) => Promise<HttpAnswer | null>;

/**
 * Does the work of a request once for each `Idempotency-Key`, and gives a repeat the first answer again.
 *
 * @param current how things are now, for the repeat of a request that was cut off between its steps
 * @throws Problem `idempotency_conflict` or `idempotency_in_flight`
 */
export async function idempotently(
  store: IdempotencyStore,
  request: HttpRequest,
  work: Work,
  current: (orderId: string) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return (await work(undefined)) ?? unexpected();
  if (!KEY.test(key)) {
    const errors = [{ path: 'Idempotency-Key', message: '1 to 255 printable ASCII characters' }];
    throw new Problem('validation_failed', 'Idempotency-Key: 1 to 255 printable ASCII characters', {
      errors,
    });
  }
  const scope = `${request.routeKey.split(' ')[0]} ${request.path}`;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(request.body ?? null))
    .digest('base64url');
  const begunAt = Date.now();

  const earlier = await store.find(scope, key);
  if (earlier !== null) return repeated(earlier, fingerprint, current);

  let begun: IdempotencyRecord | null = null;
  const answer = await work((given, orderId) => {
    begun = {
      scope,
      key,
      fingerprint,
      begunAt,
      orderId,
      ...(given !== null && { answer: kept(given) }),
    };
    return begun;
  });
  if (answer === null) {
    const winner = await store.find(scope, key);
    return winner === null ? unexpected() : repeated(winner, fingerprint, current);
  }
  const record = begun as IdempotencyRecord | null;
  if (record !== null && record.answer === undefined)
    await store.complete({ ...record, answer: kept(answer) });
  return answer;
}

async function repeated(
  record: IdempotencyRecord,
  fingerprint: string,
  current: (orderId: string) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  if (record.fingerprint !== fingerprint) {
    throw new Problem(
      'idempotency_conflict',
      'the key was used with another body; use a new key for a new request',
    );
  }
  const replayed = { 'idempotent-replayed': 'true' };
  if (record.answer !== undefined) {
    const { status, headers, body } = record.answer;
    return { status, headers: { ...headers, ...replayed }, body };
  }
  if (record.orderId === undefined || Date.now() - record.begunAt < ABANDONED_AFTER) {
    throw new Problem(
      'idempotency_in_flight',
      'the first request with this key is still being worked on',
      {},
      {
        'retry-after': '1',
      },
    );
  }
  const answer = await current(record.orderId);
  return { ...answer, headers: { ...answer.headers, ...replayed } };
}

function kept(answer: HttpAnswer): KeptAnswer {
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...answer.headers },
    body: typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
  };
}

function unexpected(): never {
  throw new Error('a key was reported as used, and no record of it was found');
}
