import { expect, test } from 'vitest';
import { Interrupted } from '../../local/interrupted.ts';
import { stepsOf, validateDefinition } from '../../local/workflow/steps.ts';

const DEFINITION = {
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'function', 'Payload.$': '$' },
      Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1, MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Stuck' }],
      Next: 'Stuck',
    },
    Stuck: { Type: 'Succeed' },
  },
};

// A stop interrupts every waiting execution at once; each retry of each of them would hold it up.
test('an interrupted task is neither tried again nor caught', async () => {
  let calls = 0;
  const work = () => {
    calls += 1;
    throw new Interrupted();
  };
  const run = stepsOf(DEFINITION)
    .get('Work')
    ?.machine.run({}, { overrides: { taskResourceLocalHandlers: { Work: work } } });
  await expect(run?.result).rejects.toMatchObject({ cause: { name: 'Interrupted' } });
  expect(calls).toBe(1);
});

test('a definition that leads nowhere is refused, by the name of the state', () => {
  expect(() => validateDefinition(DEFINITION)).not.toThrow();
  const { Stuck: _, ...States } = DEFINITION.States;
  expect(() => validateDefinition({ ...DEFINITION, States })).toThrow('Stuck');
});
