import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambdaContext } from '../../testing/context.ts';

let written: Record<string, unknown>[];
let observed: typeof import('../../functions/middleware/observed.ts').observed;
let count: (name: string) => void;

beforeAll(async () => {
  Object.assign(process.env, {
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_DEV: 'true',
    LOOP_NAME: 'order-loop-test',
  });
  ({ observed } = await import('../../functions/middleware/observed.ts'));
  const { metrics } = await import('../../functions/wiring.ts');
  count = (name) => metrics.addMetric(name, 'Count', 1);
});
beforeEach(() => {
  written = [];
  const write = (line: unknown) => void written.push(JSON.parse(String(line)) as Record<string, unknown>);
  vi.spyOn(console, 'log').mockImplementation(write);
  vi.spyOn(console, 'info').mockImplementation(write);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const counted = () => written.filter((line) => '_aws' in line);

describe('what a function tells of itself', () => {
  it('the ids of what it is about, in every line and in no line of the next invocation', async () => {
    const logger = new Logger({ logLevel: 'INFO' });
    const handler = observed(
      logger,
      async () => logger.info('seen'),
      (event: { readonly correlationId?: string }) => ({ correlationId: event.correlationId }),
    );
    await handler({ correlationId: 'request-7' }, lambdaContext());
    await handler({}, lambdaContext());
    expect(written[0]).toMatchObject({ correlationId: 'request-7', function_request_id: 'invocation-1' });
    expect(written[1]).not.toHaveProperty('correlationId');
  });

  it.each([
    ['succeeds', async () => count('OrderReceived')],
    [
      'fails',
      async () => {
        count('OrderReceived');
        throw new Error('in a test');
      },
    ],
  ])('what it counted, also when it %s', async (_, work) => {
    const handler = observed(new Logger(), work);
    await Promise.allSettled([handler({}, lambdaContext())]);
    expect(counted()).toMatchObject([{ OrderReceived: 1, service: 'order-loop-test' }]);
  });

  it('at a level that comes through where less than INFO is logged', async () => {
    const told = async () => {
      vi.resetModules();
      const { observed: anew } = await import('../../functions/middleware/observed.ts');
      const { metrics } = await import('../../functions/wiring.ts');
      await anew(new Logger(), async () => metrics.addMetric('OrderReceived', 'Count', 1))(
        {},
        lambdaContext(),
      );
      return counted().at(-1);
    };
    expect(await told()).not.toHaveProperty('level');
    process.env.LOG_LEVEL = 'ERROR';
    try {
      const line = await told();
      expect(line).toMatchObject({ OrderReceived: 1, level: 'ERROR' });
      expect(new Date(String(line?.timestamp)).toISOString()).toBe(line?.timestamp);
    } finally {
      delete process.env.LOG_LEVEL;
    }
  });

  it('nothing where nothing was counted', async () => {
    await observed(new Logger(), async () => {})({}, lambdaContext());
    expect(counted()).toEqual([]);
  });
});
