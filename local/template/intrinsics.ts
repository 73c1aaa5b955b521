import type { Resource, Stack } from './synthesize.ts';

/** The account and region that the local stack pretends to be in. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** A resource whose properties hold plain values. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What `Ref` and `Fn::GetAtt` answer for a resource, where the plain name and a made-up ARN will not do. */
export type Attributes = (resource: Resource, logicalId: string) => Readonly<Record<string, unknown>>;

/**
 * Works out the intrinsic functions of all stacks, imports between them included.
 *
 * @param attributes what resources are called locally: `Ref` for the reference, other names for `Fn::GetAtt`
 * @throws Error for a function or reference that it does not know, so that nothing is wired to a wrong name
 */
export function resolveStacks(stacks: readonly Stack[], attributes: Attributes): readonly ResolvedResource[] {
  const exported = new Map<string, () => unknown>();
  const resolvers = stacks.map((stack) => {
    const resolve = resolver(stack, attributes, exported);
    for (const output of Object.values(stack.template.Outputs ?? {})) {
      if (output.Export !== undefined) {
        exported.set(String(resolve(output.Export.Name)), () => resolve(output.Value));
      }
    }
    return { stack, resolve };
  });
  return resolvers.flatMap(({ stack, resolve }) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, { Condition }]) => Condition === undefined || resolve({ Condition }) === true)
      .map(([logicalId, resource]) => ({
        logicalId,
        type: resource.Type,
        // What only rights and tags say has no meaning here, and may name what the local stack has not.
        properties: isWired(resource.Type)
          ? (resolve(resource.Properties ?? {}) as Record<string, unknown>)
          : {},
        metadata: resource.Metadata ?? {},
      })),
  );
}

const NOT_WIRED = /^AWS::(IAM|Logs|CloudWatch|SNS|Cognito|SSM|KMS|CDK)::|::(Permission|QueuePolicy)$/;

function isWired(type: string): boolean {
  return !NOT_WIRED.test(type);
}

type Resolve = (value: unknown) => unknown;

function resolver(
  stack: Stack,
  attributes: Attributes,
  exported: ReadonlyMap<string, () => unknown>,
): Resolve {
  const { template } = stack;
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': LOCAL_ACCOUNT,
    'AWS::Region': LOCAL_REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'localhost',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${stack.name}/local`,
    'AWS::NoValue': undefined,
  };

  const reference = (name: string): unknown => {
    if (name in pseudo) return pseudo[name];
    const resource = template.Resources?.[name];
    if (resource !== undefined) return attributeOf(resource, name, 'Ref');
    const parameter = template.Parameters?.[name];
    if (parameter?.Default !== undefined) return parameter.Default;
    throw new Error(`${stack.name} refers to ${name}, which has no value locally`);
  };

  const attributeOf = (resource: Resource, logicalId: string, attribute: string): unknown => {
    const resolved = { ...resource, Properties: lazily(resource.Properties ?? {}, resolve) };
    const value = attributes(resolved, logicalId)[attribute];
    if (value === undefined) {
      throw new Error(`${attribute} of ${logicalId} (${resource.Type}) has no value locally`);
    }
    return value;
  };

  const attribute = (path: string): unknown => {
    const [logicalId = '', ...rest] = path.split('.');
    const resource = template.Resources?.[logicalId];
    if (resource === undefined) throw new Error(`${stack.name} has no resource ${logicalId}`);
    return attributeOf(resource, logicalId, rest.join('.'));
  };

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => reference(String(name)),
    Condition: (name) => resolve(template.Conditions?.[String(name)]),
    'Fn::GetAtt': (path) => attribute(Array.isArray(path) ? path.join('.') : String(path)),
    'Fn::Join': (argument) => {
      const [separator, parts] = argument as [string, unknown];
      return (resolve(parts) as readonly unknown[]).map(String).join(separator);
    },
    'Fn::Sub': (argument) => substitute(argument),
    'Fn::Select': (argument) => {
      const [index, list] = argument as [unknown, unknown];
      return (resolve(list) as readonly unknown[])[Number(resolve(index))];
    },
    'Fn::Split': (argument) => {
      const [separator, text] = argument as [string, unknown];
      return String(resolve(text)).split(separator);
    },
    'Fn::ImportValue': (argument) => {
      const name = String(resolve(argument));
      const value = exported.get(name);
      if (value === undefined) throw new Error(`${stack.name} imports ${name}, which no stack exports`);
      return value();
    },
    'Fn::If': (argument) => {
      const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown];
      return resolve(resolve({ Condition: condition }) === true ? whenTrue : whenFalse);
    },
    'Fn::Equals': (argument) => {
      const [left, right] = resolve(argument) as readonly unknown[];
      return left === right;
    },
    'Fn::Not': (argument) => (resolve(argument) as readonly unknown[])[0] !== true,
    'Fn::And': (argument) => (resolve(argument) as readonly unknown[]).every((each) => each === true),
    'Fn::Or': (argument) => (resolve(argument) as readonly unknown[]).some((each) => each === true),
  };

  const substitute = (argument: unknown): string => {
    const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (name in variables) return String(resolve(variables[name]));
      return String(name.includes('.') ? attribute(name) : reference(name));
    });
  };

  const resolve: Resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined && isIntrinsic(only[0])) {
      const [name, argument] = only;
      const apply = functions[name];
      if (apply === undefined)
        throw new Error(`${stack.name} uses ${name}, which the local stack does not know`);
      return apply(argument);
    }
    return Object.fromEntries(
      entries.map(([key, each]) => [key, resolve(each)]).filter(([, each]) => each !== undefined),
    );
  };
  return resolve;
}

/** `Condition` alone is a reference; beside other keys, in a policy statement, it is not, and never comes here. */
function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');
}

/** Properties that are worked out when they are read, since a resource may refer to one that refers back. */
function lazily(properties: Readonly<Record<string, unknown>>, resolve: Resolve): Record<string, unknown> {
  return Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        { enumerable: true, get: () => resolve(value) },
      ]),
    ),
  );
}

/** @returns the parts of a template that name a resource of the given type. */
export function resourcesOf(
  resources: readonly ResolvedResource[],
  ...types: readonly string[]
): readonly ResolvedResource[] {
  return resources.filter(({ type }) => types.includes(type));
}
