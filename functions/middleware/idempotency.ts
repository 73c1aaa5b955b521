import { createHash } from 'node:crypto';
import type { IdempotencyRecord, IdempotencyStore, StoredAnswer } from '../idempotency.ts';
import { type HttpAnswer, type HttpRequest, Problem } from './http.ts';

/** A request that has neither an answer nor an end after this long was cut off; its repeat is answered how things are. */
const ABANDONED_AFTER = 60_000;

/** The one refusal of a command that is not remembered: nothing was looked at. */
const PRECONDITION_FAILED = 412;

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Builds the record that goes into the transaction of the effect; without an answer while steps are still to come. */
export type Remember = (answer: HttpAnswer | null, orderId?: string) => IdempotencyRecord;

/** Continues a request that was cut off, given what it had noted. */
export type Current = (record: IdempotencyRecord) => Promise<HttpAnswer>;

/** What a request does, given how its answer is to be remembered. Null means that the key was used meanwhile. */
export type Work = (remember: Remember | undefined) => Promise<HttpAnswer | null>;

/**
 * Does the work of a request once for each `Idempotency-Key` of a caller, and gives a repeat the first answer again.
 *
 * @param current continues a request that was cut off between its steps, and answers how things are then
 * @throws Problem `idempotency_conflict` or `idempotency_in_flight`
 */
export async function idempotently(
  store: IdempotencyStore,
  request: HttpRequest,
  work: Work,
  current: Current,
): Promise<HttpAnswer> {
  const key = idempotencyKey(request);
  if (key === undefined) return (await work(undefined)) ?? unexpected();
  const scope = `${request.routeKey.split(' ')[0]} ${request.path} ${request.caller}`;
  const fingerprint = fingerprintOf(request);
  const begunAt = Date.now();

  const earlier = await store.find(scope, key);
  if (earlier !== null) return repeated(earlier, fingerprint, current);

  let begun: IdempotencyRecord | null = null;
  const remember: Remember = (given, orderId) => {
    begun = {
      scope,
      key,
      fingerprint,
      begunAt,
      orderId,
      ...(given !== null && { answer: kept(given) }),
    };
    return begun;
  };
  // Of two that met, the second may have been refused for the very thing that the first one did: what both were
  // after is gone, or the version is a newer one. It gets the answer of the first one.
  const winner = async () => {
    const record = await store.find(scope, key);
    return record === null ? null : repeated(record, fingerprint, current);
  };
  let answer: HttpAnswer | null;
  try {
    answer = await work(remember);
  } catch (error) {
    const first = error instanceof Problem ? await winner() : null;
    if (first === null) throw error;
    return first;
  }
  if (answer === null) return (await winner()) ?? unexpected();
  if (answer.status === PRECONDITION_FAILED) return (await winner()) ?? answer;
  const record = begun as IdempotencyRecord | null;
  if (record !== null && record.answer === undefined)
    await store.complete({ ...record, answer: kept(answer) });
  return answer;
}

/** @throws Problem `validation_failed` for a key that is none */
export function idempotencyKey({ headers }: HttpRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || KEY.test(key)) return key;
  const errors = [{ path: 'Idempotency-Key', message: '1 to 255 printable ASCII characters' }];
  throw new Problem('validation_failed', 'Idempotency-Key: 1 to 255 printable ASCII characters', { errors });
}

/** By this a repeat is distinguished from another request under the same key. */
export function fingerprintOf({ body }: HttpRequest): string {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('base64url');
}

/** Says that an answer is not the first one to this request. */
export const REPLAYED = { 'idempotent-replayed': 'true' };

/** @returns the refusal of another request under a key that was used. */
export function keyConflict(): Problem {
  return new Problem(
    'idempotency_conflict',
    'the key was used with another body; use a new key for a new request',
  );
}

async function repeated(
  record: IdempotencyRecord,
  fingerprint: string,
  current: Current,
): Promise<HttpAnswer> {
  if (record.fingerprint !== fingerprint) throw keyConflict();
  if (record.answer !== undefined) {
    const { status, headers, body } = record.answer;
    return { status, headers: { ...headers, ...REPLAYED }, body };
  }
  if (Date.now() - record.begunAt < ABANDONED_AFTER) {
    throw new Problem(
      'idempotency_in_flight',
      'the first request with this key is still being worked on',
      {},
      {
        'retry-after': '1',
      },
    );
  }
  const answer = await current(record);
  return { ...answer, headers: { ...answer.headers, ...REPLAYED } };
}

function kept(answer: HttpAnswer): StoredAnswer {
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...answer.headers },
    body: typeof answer.body === 'string' ? answer.body : (JSON.stringify(answer.body) ?? ''),
  };
}

function unexpected(): never {
  throw new Error('a key was reported as used, and no record of it was found');
}
