import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, test } from 'vitest';
import { synthesize } from '../../testing/templates.ts';

const { service } = await synthesize({ queueAfterSeconds: '5' });
const machine = service.only('AWS::StepFunctions::StateMachine').Properties;
const definition = JSON.parse(machine.DefinitionString);

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly TimeoutSecondsPath?: string;
  readonly Parameters?: { readonly FunctionName: string };
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
}
const states = Object.entries(definition.States as Record<string, State>);
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const waits = tasks.filter(([, { Resource }]) => Resource?.endsWith('.waitForTaskToken'));

function failure(name: string): Error {
  return Object.assign(new Error(`${name} in a test`), { name });
}

type Answers = Readonly<Record<string, () => unknown>>;

const output = { orderId: 'LMB-ORD-2026-0041', windowTimeoutSeconds: 60 };
/** What the functions answer for an order to which nothing unforeseen happens. */
const SMOOTH: Answers = {
  AwaitAllocation: () => output,
  AwaitShipment: () => output,
  AwaitDelivery: () => output,
  CloseOrder: () => ({ Payload: output }),
};

/**
 * The definition as the library can run it. It looks for the path of a timeout behind the parameters, where Step
 * Functions looks at the state's input, so timeouts are raised by the answers instead.
 */
const runnable = {
  ...definition,
  States: Object.fromEntries(
    states.map(([name, state]) => {
      const { TimeoutSecondsPath: _, ...rest } = state;
      return [name, rest];
    }),
  ),
};

/** Runs the definition with the given answers, without its pauses. */
async function run(answers: Answers) {
  const entered: string[] = [];
  const called: { readonly state: string; readonly input: unknown }[] = [];
  const handlers = Object.fromEntries(
    tasks.map(([state]) => [
      state,
      async (input: unknown) => {
        called.push({ state, input });
        const answer = answers[state];
        if (answer === undefined) throw new Error(`${state} was not foreseen`);
        return answer() as never;
      },
    ]),
  );
  const { result, eventLogs } = new StateMachine(runnable, {
    validationOptions: { checkArn: false },
  }).run(output, {
    context: { Task: { Token: 'token' }, Execution: { Id: 'execution' } },
    overrides: {
      taskResourceLocalHandlers: handlers,
      waitTimeOverrides: { GracePeriod: 0 },
      retryIntervalOverrides: Object.fromEntries(tasks.map(([state]) => [state, 0])),
    },
  });
  const settled = result.then(
    () => 'succeeded',
    (error: Error) => `failed: ${(error.cause as Error).name}`,
  );
  for await (const event of eventLogs) {
    if (event.type === 'StateEntered') entered.push(event.state.name);
  }
  return { entered, called, ended: await settled };
}

/** Answers one after another, the last one again and again. */
function inTurn(...answers: readonly (() => unknown)[]): () => unknown {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)]?.();
}

const raise = (name: string) => () => {
  throw failure(name);
};

/** What they answer for an order that has nothing reserved at first. */
const withoutStock = (): Answers => ({
  ...SMOOTH,
  AwaitShipment: inTurn(raise('NotReady'), () => output),
});

describe('the definition', () => {
  test('is the file with the deployment’s grace period, and names only functions of the template', () => {
    expect(definition.States.GracePeriod.Seconds).toBe(5);
    const placeholders = new Set(machine.DefinitionString.match(/(?<=\$\{)\w+(?=\})/g) ?? []);
    expect([...placeholders].sort()).toEqual(Object.keys(machine.DefinitionSubstitutions).sort());
    for (const arn of Object.values(machine.DefinitionSubstitutions))
      expect(service.behind(arn as never).Type).toBe('AWS::Lambda::Function');
  });

  test('reaches every state', () => {
    const reached = new Set<string>();
    const visit = (name: string | undefined) => {
      if (name === undefined || reached.has(name)) return;
      reached.add(name);
      const state = definition.States[name] as State;
      const next = [
        state.Next,
        state.Default,
        ...[...(state.Catch ?? []), ...(state.Choices ?? [])].map((to) => to.Next),
      ];
      for (const to of next) visit(to);
    };
    visit(definition.StartAt);
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  test('ends every wait at the delivery window', () => {
    for (const [, state] of waits)
      expect(state).toHaveProperty('TimeoutSecondsPath', '$.windowTimeoutSeconds');
    expect(waits.map(([name]) => name)).toEqual(['AwaitAllocation', 'AwaitShipment', 'AwaitDelivery']);
  });

  test.each(tasks)('%s is retried with jitter, but not for what it catches by name', (_, state) => {
    const [last, ...named] = [...(state.Retry ?? [])].reverse();
    expect(last).toMatchObject({
      ErrorEquals: ['States.TaskFailed'],
      JitterStrategy: 'FULL',
      MaxDelaySeconds: 60,
    });
    const caught = (state.Catch ?? [])
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((name) => name !== 'States.ALL');
    expect(named.flatMap(({ ErrorEquals }) => ErrorEquals).sort()).toEqual(caught.sort());
    for (const retrier of named) expect(retrier.MaxAttempts).toBe(0);
  });

  test('the state machine may call its own functions and no others', () => {
    const role = machine.RoleArn['Fn::GetAtt'][0];
    const invoked = service
      .policies()
      .filter((policy) => policy.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
      .flatMap((policy) => policy.PolicyDocument.Statement)
      .find(({ Action }: { Action: unknown }) => Action === 'lambda:InvokeFunction').Resource;
    const bySubstitution = Object.values(machine.DefinitionSubstitutions).map((arn) => JSON.stringify(arn));
    expect(invoked.map((arn: unknown) => JSON.stringify(arn)).sort()).toEqual(bySubstitution.sort());
  });
});

test('an alarm goes off when an execution fails', () => {
  const alarm = service
    .all('AWS::CloudWatch::Alarm')
    .find(({ Properties }) => Properties.MetricName === 'ExecutionsFailed')?.Properties;
  expect(service.behind(alarm.Dimensions[0].Value).Type).toBe('AWS::StepFunctions::StateMachine');
  expect(alarm).toMatchObject({ Namespace: 'AWS/States', Threshold: 1, Statistic: 'Sum' });
});

describe('an order on its way', () => {
  test('takes at most eight billed transitions', async () => {
    const { entered, ended } = await run(SMOOTH);
    expect(entered).toEqual(['GracePeriod', 'AwaitShipment', 'AwaitDelivery', 'CloseOrder']);
    expect(ended).toBe('succeeded');
    // With the start of the execution, should it be counted too.
    expect(entered.length + 1).toBeLessThanOrEqual(8);
  });

  test('a wait is handed the order and its token', async () => {
    const { called } = await run(SMOOTH);
    expect(called.find(({ state }) => state === 'AwaitShipment')?.input).toMatchObject({
      FunctionName: definition.States.AwaitShipment.Parameters.FunctionName,
      Payload: { orderId: output.orderId, taskToken: 'token' },
    });
  });

  test('waits for its reservation, or the end of a hold, when it cannot be queued', async () => {
    const { entered, ended } = await run(withoutStock());
    expect(entered.slice(1, 4)).toEqual(['AwaitShipment', 'AwaitAllocation', 'AwaitShipment']);
    expect(ended).toBe('succeeded');
  });

  test.each(['AwaitAllocation', 'AwaitShipment', 'AwaitDelivery', 'CloseOrder'])(
    'ends in %s when it was cancelled or voided',
    async (state) => {
      const { entered, ended, called } = await run({
        ...(state === 'AwaitAllocation' ? withoutStock() : SMOOTH),
        [state]: raise('OrderCancelled'),
      });
      expect(entered.slice(-2)).toEqual([state, 'OrderEnded']);
      expect(ended).toBe('succeeded');
      expect(called.filter((call) => call.state === state)).toHaveLength(1);
    },
  );

  test.each([
    ['AwaitAllocation', 'allocation', 'States.Timeout'],
    ['AwaitShipment', 'shipment', 'States.Timeout'],
    ['AwaitDelivery', 'delivery', 'States.Timeout'],
    ['AwaitShipment', 'shipment', 'DeliveryWindowChanged'],
  ])('%s looks at the delivery window and waits on for the %s (%s)', async (state, waitFor, error) => {
    const { entered, called, ended } = await run({
      ...(state === 'AwaitAllocation' ? withoutStock() : SMOOTH),
      [state]: inTurn(raise(error), () => output),
      WatchDeliveryWindow: () => ({ Payload: { ...output, waitFor } }),
    });
    const at = entered.indexOf(state);
    expect(entered.slice(at, at + 4)).toEqual([state, 'WatchDeliveryWindow', 'ResumeWait', state]);
    expect(called.filter((call) => call.state === state)).toHaveLength(2);
    expect(ended).toBe('succeeded');
  });

  test('gets through a step that fails for a while', async () => {
    const { ended, called } = await run({
      ...SMOOTH,
      CloseOrder: inTurn(raise('Busy'), raise('Lambda.TooManyRequestsException'), () => ({
        Payload: output,
      })),
    });
    expect(ended).toBe('succeeded');
    expect(called.filter(({ state }) => state === 'CloseOrder')).toHaveLength(3);
  });

  test('is reported as stuck when a step keeps failing', async () => {
    const { entered, ended, called } = await run({
      ...SMOOTH,
      AwaitShipment: raise('SomethingBroke'),
      ReportStuck: () => ({ Payload: null }),
    });
    expect(entered.slice(-3)).toEqual(['AwaitShipment', 'ReportStuck', 'WorkflowStuck']);
    expect(ended).toBe('failed: WorkflowStuck');
    expect(called.at(-1)?.input).toMatchObject({
      Payload: {
        orderId: output.orderId,
        executionArn: 'execution',
        failure: { failure: { Error: 'SomethingBroke' } },
      },
    });
  });

  test('is reported as stuck when the watch names a wait that there is not', async () => {
    const { entered, ended } = await run({
      ...SMOOTH,
      AwaitShipment: raise('States.Timeout'),
      WatchDeliveryWindow: () => ({ Payload: { ...output, waitFor: 'nothing' } }),
      ReportStuck: () => ({ Payload: null }),
    });
    expect(entered.slice(-3)).toEqual(['ResumeWait', 'ReportStuck', 'WorkflowStuck']);
    expect(ended).toBe('failed: WorkflowStuck');
  });
});
