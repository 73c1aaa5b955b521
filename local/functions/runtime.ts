import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionDescription } from '../template/description.ts';
import { LOCAL_REGION } from '../template/intrinsics.ts';

/** What a function's file exports. */
type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** The part of Lambda's context that functions here rely on. */
export interface LambdaContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
  done(): void;
  fail(): void;
  succeed(): void;
}

/** Calls functions by their ARN. */
export interface FunctionRuntime {
  /**
   * @throws the function's own error, or one named `Lambda.Timeout` when it takes longer than it may
   */
  invoke(arn: string, event: unknown): Promise<unknown>;
  /** Settles when no call is running any more. */
  idle(): Promise<void>;
}

interface Loaded {
  readonly description: FunctionDescription;
  readonly handler: Handler;
}

/** Files that were loaded in this process; a second import would give the same module with its first environment. */
const loadedEntries = new Set<string>();

/**
 * Loads the functions' files into this process. Each reads its environment while it is loaded, so they are loaded
 * one after another with the environment that the template gives them.
 *
 * @param folder the repository's folder, where entries start
 * @param shared variables that every function gets, beneath its own
 * @param overriding variables that win over the template, for example LOG_LEVEL
 * @throws Error that names a missing file or a missing handler, and for a second stack in one process
 */
export async function loadFunctions(
  descriptions: readonly FunctionDescription[],
  folder: string,
  shared: Readonly<Record<string, string>>,
  overriding: Readonly<Record<string, string>> = {},
): Promise<FunctionRuntime> {
  const missing = descriptions.filter(({ entry }) => !existsSync(join(folder, entry)));
  if (missing.length > 0) {
    throw new Error(
      `the template names files that do not exist: ${missing.map(({ entry }) => entry).join(', ')}`,
    );
  }
  for (const { entry } of descriptions) {
    const path = join(folder, entry);
    if (loadedEntries.has(path)) {
      throw new Error(
        'a process runs one stack: functions keep the environment that they were first loaded with',
      );
    }
    loadedEntries.add(path);
  }
  // A profile or an endpoint of the person at this machine must not lead a function to a real account.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  // These stay: the AWS SDK looks up region, credentials and endpoints at the first request, not while it is loaded.
  Object.assign(process.env, shared);
  const loaded = new Map<string, Loaded>();
  for (const description of descriptions) {
    loaded.set(description.arn, { description, handler: await load(description, folder, overriding) });
  }
  const running = new Set<Promise<unknown>>();
  return {
    invoke(arn, event) {
      const called = loaded.get(arn);
      if (called === undefined) return Promise.reject(new Error(`there is no function ${arn}`));
      const call = invokeWithin(called, event);
      running.add(call);
      const done = () => running.delete(call);
      call.then(done, done);
      return call;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

/** Variables that every function has on AWS and on this machine alike. */
export function sharedEnvironment(
  storeEndpoint: string,
  awsUrl: string,
  ownUrl: string,
): Record<string, string> {
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: storeEndpoint,
    TOKEN_KEYS_URL: `${ownUrl}/dev/keys`,
    // Partners and subscribers of a developer are on the developer's own machine.
    ALLOW_PRIVATE_ADDRESSES: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

async function load(
  description: FunctionDescription,
  folder: string,
  overriding: Readonly<Record<string, string>>,
): Promise<Handler> {
  const own: Record<string, string> = {
    ...description.environment,
    AWS_LAMBDA_FUNCTION_NAME: description.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(description.memoryMegabytes),
    ...overriding,
  };
  return withEnvironment(own, async () => {
    try {
      const module = (await import(pathToFileURL(join(folder, description.entry)).href)) as {
        handler?: unknown;
      };
      if (typeof module.handler !== 'function') throw new Error('it exports no handler');
      return module.handler as Handler;
    } catch (error) {
      throw new Error(`${description.entry} cannot be loaded: ${(error as Error).message}`, { cause: error });
    }
  });
}

/** Does work with the environment of a function, and puts back what was there. */
export async function withEnvironment<Result>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = new Map(Object.keys(variables).map((key) => [key, process.env[key]]));
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [key, value] of before) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  }
}

async function invokeWithin({ description, handler }: Loaded, event: unknown): Promise<unknown> {
  const milliseconds = description.timeoutSeconds * 1000;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`${description.name} took longer than ${description.timeoutSeconds} s`);
    error.name = 'Lambda.Timeout';
    reject(error);
  }, milliseconds);
  try {
    // A copy on the way in and out, as the wire between services makes it: no function sees another's objects.
    const answer = await Promise.race([
      handler(copy(event), contextOf(description, Date.now() + milliseconds)),
      late,
    ]);
    return copy(answer);
  } finally {
    clearTimeout(timer);
  }
}

function copy(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

function contextOf(description: FunctionDescription, deadline: number): LambdaContext {
  const notSupported = () => {
    throw new Error('handlers here answer with a promise');
  };
  return {
    functionName: description.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: description.arn,
    memoryLimitInMB: String(description.memoryMegabytes),
    awsRequestId: randomUUID(),
    logGroupName: description.name,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: notSupported,
    fail: notSupported,
    succeed: notSupported,
  };
}
