import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_RETENTION, RETAINED_STORES, STORE_NAMES, writeRetention } from '../../contract/retention.ts';
import { synthesize } from '../../testing/templates.ts';

const DAY = 86_400;
const periods = async (context: Readonly<Record<string, unknown>>) => {
  const { data, service } = await synthesize(context);
  const queues = service.all('AWS::SQS::Queue').map(({ Properties }) => Properties);
  const daysOf = (isSource: boolean) => [
    ...new Set(
      queues
        .filter(({ RedrivePolicy }) => (RedrivePolicy !== undefined) === isSource)
        .map(({ MessageRetentionPeriod }) => MessageRetentionPeriod / DAY),
    ),
  ];
  const { PointInTimeRecoverySpecification } = data.only('AWS::DynamoDB::Table').Properties;
  return {
    queues: daysOf(true),
    deadLetters: daysOf(false),
    busArchive: data.only('AWS::Events::Archive').Properties.RetentionDays,
    backups: PointInTimeRecoverySpecification.RecoveryPeriodInDays,
  };
};

test('queues, archive and backups keep as long as they did before it was a setting', async () => {
  expect(await periods({})).toEqual({ queues: [4], deadLetters: [14], busArchive: 30, backups: 35 });
});

test('queues, archive and backups keep as long as is set', async () => {
  const retention = { queues: 2, deadLetters: 7, busArchive: 90, backups: 20 };
  expect(await periods({ retention })).toEqual({
    ...{ queues: [2], deadLetters: [7], busArchive: 90, backups: 20 },
  });
});

test('every function with the table has what is set for its items', async () => {
  const { service } = await synthesize({ retention: 'approvals=180 quarantinedMessages=365' });
  const functions = [...service.functions()].filter(
    ([, { Properties }]) => Properties.Environment?.Variables?.TABLE_NAME !== undefined,
  );
  expect(functions.length).toBeGreaterThan(20);
  const expected = writeRetention({ ...DEFAULT_RETENTION, approvals: 180, quarantinedMessages: 365 });
  for (const [entry, { Properties }] of functions)
    expect(Properties.Environment.Variables.RETENTION_DAYS, entry).toBe(expected);
});

describe('what cannot be is refused by name', () => {
  const outside = STORE_NAMES.flatMap((name): [string, number, string][] => {
    const { min, max } = RETAINED_STORES[name];
    return [
      [name, min - 1, `retention.${name} must be ${min} to`],
      [name, max + 1, `retention.${name} must be ${min} to`],
      [name, min + 0.5, `retention.${name} must be ${min} to`],
    ];
  });
  test.each(outside)('%s of %d days', async (name, days, message) => {
    await expect(synthesize({ retention: { [name]: days } })).rejects.toThrow(message);
  });

  test.each([
    ['approvals=soon', 'retention.approvals must be 7 to 3,650 whole days'],
    ['approvals=forever', 'retention.approvals must be 7 to 3,650 whole days'],
    ['letters=3', 'letters'],
    ['deadLetters=4', 'retention.deadLetters must be more than queues'],
    ['processedMessages=500', 'retention.largeBodies must be as long as the messages are kept'],
  ])('%s', async (retention, message) => {
    await expect(synthesize({ retention })).rejects.toThrow(message);
  });
});

test('documents name each store with its setting, its days and its bounds', () => {
  const text = readFileSync('docs/personal-data.md', 'utf8');
  const rows = STORE_NAMES.map((name) => {
    const { holds, days, min, max } = RETAINED_STORES[name];
    const kept = days === null ? 'without end' : String(days);
    return `| \`${name}\` | ${holds} | ${kept} | ${min} to ${max.toLocaleString('en')} |`;
  });
  expect(text).toContain(rows.join('\n'));
});
