import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lambdaContext } from '../../testing/context.ts';
import { invoke } from '../../testing/invoke.ts';
import { testLoop } from '../../testing/loop.ts';
import { busMessage, deliver } from '../../testing/queue.ts';
import { useStore } from '../../testing/store.ts';
import { synthesize } from '../../testing/templates.ts';

// Logging is turned on before anything is loaded that could log.
vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_DEV: 'true', LOG_LEVEL: 'DEBUG', LOOP_NAME: 'order-loop-test' });
});

type Line = Readonly<Record<string, unknown>>;

/** Lines of functions, as they wrote them in the situations that the runbook speaks of. */
const lines: Line[] = [];
const ORDER = 'LMB-ORD-2026-0041';
const store = useStore();
let eventId = '';

beforeAll(async () => {
  vi.resetModules();
  const write = (line: unknown) => void lines.push(JSON.parse(String(line)) as Line);
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(write);
  }
  const { createLogger } = await import('../../functions/wiring.ts');
  const { httpFunction } = await import('../../functions/middleware/http-function.ts');
  const { Problem } = await import('../../functions/middleware/http.ts');
  const { Busy } = await import('../../functions/write-failures.ts');
  const { forEachEvent } = await import('../../functions/consumers/messages.ts');
  const { observed } = await import('../../functions/middleware/observed.ts');
  const loop = testLoop(await store.newTable());
  await loop.receive({ orderId: ORDER, lines: [{ sku: 'GOODS', quantity: 1 }] });
  const [event] = await loop.history(ORDER);
  if (event === undefined) throw new Error('an order begins with an event');
  ({ eventId } = event);
  const logger = createLogger();
  const answers = (error: Error) => async () => {
    throw error;
  };
  const api = httpFunction({
    logger,
    parsesJson: false,
    routes: {
      'POST /v1/orders': answers(new Busy('the lot was wanted by many')),
      'POST /webhooks/shopify': answers(new Problem('unauthorized', 'the signature is wrong')),
      'GET /v1/orders': answers(new Error('the table cannot be read')),
    },
  });
  for (const route of ['POST /v1/orders', 'POST /webhooks/shopify', 'GET /v1/orders']) {
    await invoke(api, route, { headers: { 'x-correlation-id': 'request-7' } });
  }
  await deliver(forEachEvent(logger, answers(new Error('the shop refuses us'))), [busMessage(event)]);
  // The reconciler and the sweep report in the same way what they could not do.
  const sweep = observed(logger, async () => {
    logger.error('a message was not processed; the next run retries it', {
      messageId: 'M-1',
      error: new Error('broken'),
    });
  });
  await sweep({}, lambdaContext());
});
afterAll(() => {
  vi.restoreAllMocks();
});

/** What Lambda itself writes of an invocation that began cold ("Lambda platform.report", Telemetry API schema). */
const REPORT: Line = {
  time: '2026-03-10T14:00:00.000Z',
  type: 'platform.report',
  record: {
    requestId: 'invocation-1',
    status: 'success',
    metrics: {
      durationMs: 71.4,
      billedDurationMs: 412,
      memorySizeMB: 512,
      maxMemoryUsedMB: 119,
      initDurationMs: 340.1,
    },
  },
};

/** A line of the access log with the fields of the template: API Gateway writes every value as text. */
async function accessLine(): Promise<Line> {
  const { service } = await synthesize();
  const { AccessLogSettings } = service.only('AWS::ApiGatewayV2::Stage').Properties;
  const values: Readonly<Record<string, string>> = {
    status: '503',
    responseLatency: '29',
    routeKey: 'POST /v1/orders',
  };
  const fields = JSON.parse(AccessLogSettings.Format as string) as Record<string, string>;
  return Object.fromEntries(Object.keys(fields).map((name) => [name, values[name] ?? '-']));
}

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const fenced = [...runbook.matchAll(/```\n([\s\S]*?)```/g)].map(([, code = '']) => code);
const inline = [...runbook.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
const queries = [...fenced, ...inline]
  .map((query) => query.replaceAll(/\s+/g, ' ').trim())
  .filter((query) => /^(fields|filter|stats) /.test(query));

test('the runbook has queries', () => {
  expect(queries.length).toBeGreaterThan(8);
});

test.each([...new Set(queries)])('%s', async (query) => {
  const recorded = [...lines, REPORT, await accessLine()];
  const { rows, fields } = run(query, recorded);
  expect(rows.length, 'lines found').toBeGreaterThan(0);
  for (const field of fields) {
    expect(
      rows.some((row) => fieldOf(row, field) !== undefined),
      `a line with ${field}`,
    ).toBe(true);
  }
});

/** Reads a field as CloudWatch Logs Insights finds it in a line of JSON. */
function fieldOf(line: Line, field: string): unknown {
  if (field === '@timestamp' || field === '@message') return line;
  return field.split('.').reduce<unknown>((value, name) => (value as Line | undefined)?.[name], line);
}

/** What stands for any id in the runbook, and what it is in the recorded lines. */
const exampleOf = (field: string): string | undefined =>
  ({ correlationId: 'test', orderId: ORDER, eventId })[field];

/**
 * Runs the part of the query language that the runbook uses.
 *
 * @returns the lines that a query keeps, and every field that it names
 * @throws Error for what it does not know, so that no query is passed over
 */
function run(query: string, recorded: readonly Line[]): { rows: readonly Line[]; fields: readonly string[] } {
  const fields: string[] = [];
  let rows = recorded;
  for (const step of query.split(' | ')) {
    const [verb = '', rest = ''] = /^(\w+) (.*)$/.exec(step)?.slice(1) ?? [];
    if (verb === 'fields' || verb === 'sort') fields.push(...rest.split(/, ?/));
    else if (verb === 'filter') {
      for (const condition of rest.split(' and ')) {
        const [, field = '', operator = '', text = ''] = /^([\w.]+) (=|>=) (.+)$/.exec(condition) ?? [];
        if (field === '') throw new Error(`unknown condition: ${condition}`);
        fields.push(field);
        const wanted = text.includes('…') ? exampleOf(field) : JSON.parse(text);
        rows = rows.filter((row) => {
          const value = fieldOf(row, field);
          return operator === '=' ? value === wanted : value !== undefined && Number(value) >= Number(wanted);
        });
      }
    } else if (verb === 'stats') {
      const [computed = '', by = ''] = rest.split(' by ');
      for (const each of computed.split(/, (?=\w+\()/)) {
        const [, name = '', field] = /^(count|avg|pct)\(([\w.]*)(?:, \d+)?\)$/.exec(each) ?? [];
        if (name === '') throw new Error(`unknown sum: ${each}`);
        if (field) fields.push(field);
      }
      fields.push(...by.split(/, ?/).filter((each) => !/^(bin\(\w+\))?$/.test(each)));
    } else throw new Error(`unknown step: ${step}`);
  }
  return { rows, fields };
}
