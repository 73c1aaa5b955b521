import { afterEach, beforeEach, expect, test } from 'vitest';
import { stepFunctionsActions } from '../../local/aws/step-functions.ts';
import { type Journal, openSqliteStore } from '../../local/sqlite-store.ts';
import { openExecutionRecords } from '../../local/workflow/records.ts';
import { openTaskTokens } from '../../local/workflow/task-tokens.ts';

let journal: Journal;
beforeEach(() => {
  journal = openSqliteStore(':memory:');
});
afterEach(() => journal.close());

test('executions that run are listed in pages, the newest first, and those that ended are not', () => {
  const records = openExecutionRecords(journal);
  for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) {
    records.begin({ arn: name, stateMachineArn: 'machine', name, input: '{}' }, 'First');
  }
  records.end('C', { status: 'FAILED' });
  const executions = { start: expect.fail, stop: expect.fail, resume: expect.fail, shutdown: expect.fail };
  const actions = stepFunctionsActions(executions, records, openTaskTokens(journal));
  const list = (nextToken?: unknown) =>
    actions['AWSStepFunctions.ListExecutions']?.({ statusFilter: 'RUNNING', maxResults: 2, nextToken }) as {
      executions: { name: string }[];
      nextToken?: string;
    };
  const names: string[][] = [];
  let page = list();
  names.push(page.executions.map(({ name }) => name));
  while (page.nextToken !== undefined) {
    page = list(page.nextToken);
    names.push(page.executions.map(({ name }) => name));
  }
  expect(names).toEqual([['F', 'E'], ['D', 'B'], ['A']]);
});
