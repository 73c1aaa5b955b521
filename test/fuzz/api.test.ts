// @module-tag long

import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATION_GROUPS } from '../../contract/openapi/groups.ts';
import { useOwnApi } from '../../testing/api.ts';
import fc from '../../testing/fast-check.ts';
import { type Channel, signature } from '../../testing/messages.ts';
import { until } from '../../testing/until.ts';
import { type Described, readDescription } from './support/described.ts';
import { fill, type Pool } from './support/pool.ts';
import { type FuzzedRequest, requestsTo } from './support/requests.ts';

/**
 * Requests made up from the OpenAPI document that the running loop serves: none may fail here, and each must be
 * answered as the document says. FUZZ_RUNS=500 tries more of each operation, PROPERTY_SEED others.
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? 10);

const api = useOwnApi();
let description: ReturnType<typeof readDescription>;
let pool: Pool;
const statuses = new Map<number, number>();

beforeAll(async () => {
  description = readDescription(await api().done('GET', '/openapi.json'));
  pool = await fill(api());
});

const KEYS = OPERATION_GROUPS.flatMap(({ operations }) => Object.keys(operations));

test('the served document describes every route', () => {
  expect(description.operations.map(({ key }) => key).sort()).toEqual([...KEYS].sort());
});

test.each(KEYS)('%s', { timeout: 60_000 + RUNS * 500 }, async (key) => {
  const operation = description.operations.find((each) => each.key === key);
  if (operation === undefined) throw new Error(`${key} is not described`);
  const requests = requestsTo(operation, description.resolve, pool);
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const answer = await send(operation, request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const fault = operation.fault(answer);
      if (fault !== null) throw new Error(`${operation.method} ${request.path}: ${answer.status}, ${fault}`);
    }),
    // What a request meets depends on those before it, so that a smaller one need not fail in the same way.
    { numRuns: RUNS, endOnFailure: true },
  );
});

async function send({ method, signatureHeader }: Described, { path, headers, body }: FuzzedRequest) {
  const channel = /^\/webhooks\/(\w+)/.exec(path)?.[1] as Channel | undefined;
  const message = {
    channel: channel ?? 'edi',
    path,
    body: body ?? Buffer.alloc(0),
    headers,
    signatureHeader: '',
  };
  const signed = signatureHeader === null ? {} : { [signatureHeader]: signature(message, api().stack.url) };
  return api().send<unknown>(method, path, {
    ...(body !== undefined && { body }),
    headers: { ...headers, ...signed },
  });
}

test('after all that, reservations and orders agree, and every history is whole', async () => {
  await until(
    () => api().drift(),
    (drift) => drift.length === 0,
    30_000,
  );
  for (const { orderId } of await api().list('limit=100')) {
    const history = await api().history(orderId);
    expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1));
  }
});

afterAll(() => {
  const sent = [...statuses]
    .sort(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`);
  console.log(`FUZZ_RUNS=${RUNS}; answers by status: ${sent.join(', ')}`);
});
