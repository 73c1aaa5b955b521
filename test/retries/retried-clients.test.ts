import { beforeAll, describe, expect, test } from 'vitest';
import { ROUTES, routeKey } from '../../contract/routes.ts';
import { useOwnApi } from '../../testing/api.ts';
import { type CutOff, sendAndCut } from './support/cut-off.ts';
import { ELSEWHERE, type Prepared, SCENARIOS } from './support/scenarios.ts';

/** How often a client loses the connection before it hears an answer. */
const LOST = ['the request is out', 'the answer comes', 'the request is out'] as const;

const api = useOwnApi();
/** What one request did, beside what the same request did that was sent again and again. */
const looks = new Map<
  string,
  { readonly once: unknown; readonly retried: unknown; readonly status: number }
>();

beforeAll(async () => {
  const tried: { key: string; once: Prepared; retried: Prepared; status: number }[] = [];
  for (const [key, scenario] of Object.entries(SCENARIOS)) {
    const [once, retried] = [await scenario(api()), await scenario(api())];
    const first = await untilAnswered(once);
    for (const moment of LOST) await sendAndCut(api().stack.url, withToken(retried), moment);
    const last = await untilAnswered(retried);
    if (first >= 300) throw new Error(`${key} was answered ${first}`);
    tried.push({ key, once, retried, status: last });
  }
  // Consumers write what follows from the effects.
  await api().quietStore();
  for (const { key, once, retried, status } of tried) {
    looks.set(key, { once: await once.look(), retried: await retried.look(), status });
  }
}, 300_000);

function withToken({ headers, ...cutOff }: CutOff): CutOff {
  return { ...cutOff, headers: { authorization: `Bearer ${api().token}`, ...headers } };
}

/** Sends as long as an earlier one is still worked on. */
async function untilAnswered({ method, path, body, headers = {} }: CutOff): Promise<number> {
  for (;;) {
    const answer = await api().send(method, path, { body, headers });
    const isUnderway = answer.status === 503 || answer.body?.code === 'idempotency_in_flight';
    if (!isUnderway) return answer.status;
  }
}

test('every route that writes is tried, here or elsewhere', () => {
  const writing = ROUTES.filter(({ method }) => method !== 'GET').map(routeKey);
  const tried = [...Object.keys(SCENARIOS), ...Object.keys(ELSEWHERE)];
  expect(tried.sort()).toEqual(writing.sort());
});

describe.each(Object.keys(SCENARIOS))('%s', (key) => {
  test('has its effect once, however often the answer is lost', () => {
    const { once, retried, status } = looks.get(key) ?? {};
    expect(retried).toEqual(once);
    expect(status).toBeLessThan(500);
  });
});

test('after all that, reservations and orders agree', async () => {
  expect(await api().drift()).toEqual([]);
});
