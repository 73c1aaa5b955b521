import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../../lib/app.ts';
import { settingsOfAStage, stageSettings } from '../../lib/stages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stages-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const byDefault = Object.fromEntries(settingsOfAStage().map((name) => [name, null]));
const write = (stage: string, content: unknown) =>
  writeFileSync(
    join(folder, `${stage}.json`),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
const read = (given: Readonly<Record<string, unknown>>) => stageSettings(given, folder);

test('the settings of a stage are those of its file', () => {
  write('prod', { ...byDefault, alarmEmail: 'on-call@example.com', queueAfterSeconds: 60 });
  expect(read({ stage: 'prod' })).toEqual({
    stage: 'prod',
    alarmEmail: 'on-call@example.com',
    queueAfterSeconds: 60,
  });
  const app = buildApp({ bundle: false, context: { stage: 'prod' }, stagesFolder: folder });
  const [, service] = app.synth().stacks;
  expect(JSON.stringify(service?.template)).toContain('on-call@example.com');
});

test.each(settingsOfAStage())('a file that has lost %s is refused', (name) => {
  const { [name]: _, ...others } = byDefault;
  write('prod', others);
  expect(() => read({ stage: 'prod' })).toThrow(
    `stages/prod.json lacks ${name}; null leaves a setting as it is by default`,
  );
});

test('a file that has gone is missed where others are', () => {
  expect(read({ stage: 'prod', atRiskDays: '2' })).toEqual({ stage: 'prod', atRiskDays: '2' });
  write('test', byDefault);
  expect(() => read({ stage: 'prod' })).toThrow('stages/prod.json is missing; there are test.json');
  // A look at what would be deployed names no stage.
  expect(read({})).toEqual({});
});

test('a setting has one place', () => {
  write('prod', byDefault);
  expect(() => read({ stage: 'prod', alarmEmail: 'a@example.com' })).toThrow(
    'alarmEmail: stages/prod.json has the settings of this stage',
  );
});

test.each([
  ['{', 'is not a JSON object'],
  ['[]', 'is not a JSON object'],
  [{ ...byDefault, alarmMail: 'a@example.com' }, 'has alarmMail, which is no setting of a stage'],
  [{ ...byDefault, stage: 'prod' }, 'has stage, which is no setting of a stage'],
])('%j is refused', (content, message) => {
  write('prod', content);
  expect(() => read({ stage: 'prod' })).toThrow(`Settings refused: stages/prod.json ${message}`);
});

test('what a file says is checked like what a command says', () => {
  write('prod', { ...byDefault, atRiskDays: -1 });
  expect(() => buildApp({ bundle: false, context: { stage: 'prod' }, stagesFolder: folder })).toThrow(
    'atRiskDays must not be negative',
  );
});
