import type { Actions } from './aws/endpoint.ts';
import type { FunctionDescription } from './template/description.ts';

/** A call of a function that has ended. */
export interface FunctionCall {
  readonly functionName: string;
  readonly memoryMegabytes: number;
  readonly event: unknown;
  readonly milliseconds: number;
}

/** Sees what the functions do, for whoever counts what it would cost. */
export interface Observer {
  called(call: FunctionCall): void;
  /** @param action for example `AWSEvents.PutEvents` */
  asked(action: string, input: Readonly<Record<string, unknown>>): void;
}

type Invoke = (functionArn: string, event: unknown) => Promise<unknown>;

/** @returns the same calls, each reported when it has ended, well or not. */
export function observedCalls(
  invoke: Invoke,
  functions: readonly FunctionDescription[],
  observer: Observer,
): Invoke {
  const described = new Map(functions.map((each) => [each.arn, each]));
  return async (functionArn, event) => {
    const begun = performance.now();
    try {
      return await invoke(functionArn, event);
    } finally {
      const { name = functionArn, memoryMegabytes = 0 } = described.get(functionArn) ?? {};
      const milliseconds = performance.now() - begun;
      observer.called({ functionName: name, memoryMegabytes, event, milliseconds });
    }
  };
}

/** @returns the same actions, each reported when it is called. */
export function observedActions(actions: Actions, observer: Observer): Actions {
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [
      name,
      (input) => {
        observer.asked(name, input);
        return action(input);
      },
    ]),
  );
}
