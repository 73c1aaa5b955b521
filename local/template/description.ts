import { type ResolvedResource, resourcesOf } from './intrinsics.ts';

/** A function of the stack: where its code is, and what it is given. */
export interface FunctionDescription {
  readonly name: string;
  readonly arn: string;
  /** Path of the file that exports `handler`, from the repository's folder. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

export interface RouteDescription {
  /** For example `GET /v1/orders/{orderId}`. */
  readonly routeKey: string;
  readonly functionArn: string;
  /** The scopes of which a token must have one, or null where no token is asked for. */
  readonly scopes: readonly string[] | null;
}

/** An event source mapping; fields of streams have no meaning for queues and the other way round. */
export interface MappingDescription {
  readonly id: string;
  readonly sourceArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  /** How long messages are gathered for one call; 0 where the template sets nothing. */
  readonly windowSeconds: number;
  /** Where a stream is read from at first, for example `TRIM_HORIZON`. */
  readonly startingPosition: string;
  /** Event patterns of which a record must match one; none lets everything through. */
  readonly filters: readonly unknown[];
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** Infinity when the template sets no end. */
  readonly mostRetries: number;
  /** Infinity when the template sets no end. */
  readonly mostAgeSeconds: number;
  /** ARN of the queue that receives batches that were given up. */
  readonly failureQueueArn: string | null;
}

export interface QueueDescription {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly deadLetter: { readonly queueArn: string; readonly mostReceives: number } | null;
}

export interface RuleDescription {
  readonly name: string;
  readonly busName: string;
  readonly pattern: unknown;
  readonly queueArns: readonly string[];
}

export interface StateMachineDescription {
  readonly arn: string;
  readonly name: string;
  /** The definition with its substitutions in place. */
  readonly definition: StateMachineDefinition;
}

export interface StateMachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface SecretDescription {
  readonly arn: string;
  readonly logicalId: string;
}

export interface TableDescription {
  readonly name: string;
  readonly streamArn: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Everything that the local stack wires, as the template says it. */
/** Functions that are called again and again. */
export interface ScheduleDescription {
  readonly name: string;
  readonly everyMilliseconds: number;
  readonly functionArns: readonly string[];
}

export interface Description {
  readonly table: TableDescription;
  readonly functions: readonly FunctionDescription[];
  readonly routes: readonly RouteDescription[];
  /** Issuer and audiences of the tokens that the routes accept; null when no route asks for a token. */
  readonly tokens: { readonly issuer: string; readonly audience: readonly string[] } | null;
  readonly busNames: readonly string[];
  readonly rules: readonly RuleDescription[];
  readonly schedules: readonly ScheduleDescription[];
  readonly queues: readonly QueueDescription[];
  readonly mappings: readonly MappingDescription[];
  readonly stateMachines: readonly StateMachineDescription[];
  readonly secrets: readonly SecretDescription[];
}

type Properties = Readonly<Record<string, unknown>>;
type Names = (resource: ResolvedResource) => Readonly<Record<string, unknown>>;

/**
 * Makes out what is to be wired.
 *
 * @param names what `Ref` and `Fn::GetAtt` answered for the resources
 * @throws Error for what is declared and cannot be served locally, so that nothing is silently left out
 */
export function describe(resources: readonly ResolvedResource[], names: Names): Description {
  const each = (...types: readonly string[]) => resourcesOf(resources, ...types);
  const name = (resource: ResolvedResource, attribute: string) => String(names(resource)[attribute]);
  return {
    table: table(each('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'), name),
    functions: each('AWS::Lambda::Function').flatMap((resource) => lambda(resource, name)),
    routes: routes(each('AWS::ApiGatewayV2::Route'), each('AWS::ApiGatewayV2::Integration')),
    tokens: tokens(each('AWS::ApiGatewayV2::Authorizer')),
    busNames: each('AWS::Events::EventBus').map((resource) => name(resource, 'Name')),
    rules: each('AWS::Events::Rule')
      .filter(({ properties }) => properties.ScheduleExpression === undefined)
      .map((resource) => rule(resource, name)),
    schedules: each('AWS::Events::Rule')
      .filter(({ properties }) => properties.ScheduleExpression !== undefined)
      .map((resource) => schedule(resource, name)),
    queues: each('AWS::SQS::Queue').map((resource) => queue(resource, name)),
    mappings: each('AWS::Lambda::EventSourceMapping').map((resource) =>
      mapping(resource, each('AWS::Lambda::Function'), name),
    ),
    stateMachines: each('AWS::StepFunctions::StateMachine').map((resource) => stateMachine(resource, name)),
    secrets: each('AWS::SecretsManager::Secret').map((resource) => ({
      arn: name(resource, 'Ref'),
      logicalId: resource.logicalId,
    })),
  };
}

type Name = (resource: ResolvedResource, attribute: string) => string;

function table(resources: readonly ResolvedResource[], name: Name): TableDescription {
  const [only, ...more] = resources;
  if (only === undefined || more.length > 0) throw new Error('the template must hold exactly one table');
  return { name: name(only, 'Ref'), streamArn: name(only, 'StreamArn'), properties: only.properties };
}

function lambda(resource: ResolvedResource, name: Name): readonly FunctionDescription[] {
  const metadata = resource.metadata.OrderLoop as { entry?: string } | undefined;
  // Functions that the CDK adds for its own purposes name no entry and have nothing to do here.
  if (metadata?.entry === undefined) return [];
  const { Environment, Timeout, MemorySize } = resource.properties as {
    Environment?: { Variables?: Record<string, unknown> };
    Timeout?: number;
    MemorySize?: number;
  };
  const variables = Object.entries(Environment?.Variables ?? {});
  return [
    {
      name: name(resource, 'Ref'),
      arn: name(resource, 'Arn'),
      entry: metadata.entry,
      environment: Object.fromEntries(variables.map(([key, value]) => [key, String(value)])),
      timeoutSeconds: Timeout ?? 3,
      memoryMegabytes: MemorySize ?? 128,
    },
  ];
}

function routes(
  resources: readonly ResolvedResource[],
  integrations: readonly ResolvedResource[],
): readonly RouteDescription[] {
  return resources.map(({ logicalId, properties }) => {
    const target = String(properties.Target).replace('integrations/', '');
    const integration = integrations.find((each) => each.logicalId === target)?.properties;
    if (integration?.IntegrationType !== 'AWS_PROXY' || integration.PayloadFormatVersion !== '2.0') {
      throw new Error(`route ${logicalId} leads to something that is not a function with payload format 2.0`);
    }
    const type = properties.AuthorizationType ?? 'NONE';
    if (type !== 'NONE' && type !== 'JWT') throw new Error(`route ${logicalId} is guarded by ${type}`);
    return {
      routeKey: String(properties.RouteKey),
      functionArn: String(integration.IntegrationUri),
      scopes: type === 'JWT' ? ((properties.AuthorizationScopes ?? []) as string[]) : null,
    };
  });
}

function tokens(authorizers: readonly ResolvedResource[]): Description['tokens'] {
  const [only, ...more] = authorizers;
  if (only === undefined) return null;
  if (more.length > 0) throw new Error('the local gateway knows one authorizer, the template holds several');
  const { Issuer, Audience } = only.properties.JwtConfiguration as { Issuer: string; Audience: string[] };
  return { issuer: Issuer, audience: Audience };
}

function rule(resource: ResolvedResource, name: Name): RuleDescription {
  const { EventPattern, EventBusName, Targets, State } = resource.properties as {
    EventPattern?: unknown;
    EventBusName?: string;
    Targets?: readonly Properties[];
    State?: string;
  };
  const queueArns = (Targets ?? []).map(({ Arn, ...others }) => {
    const shaped = Object.keys(others).filter((key) => key.startsWith('Input'));
    if (!String(Arn).startsWith('arn:aws:sqs:') || shaped.length > 0) {
      throw new Error(`rule ${resource.logicalId} has a target that is not a plain queue: ${Arn}`);
    }
    return String(Arn);
  });
  return {
    name: name(resource, 'Ref'),
    busName: EventBusName ?? 'default',
    pattern: EventPattern,
    queueArns: State === 'DISABLED' ? [] : queueArns,
  };
}

/** Milliseconds of the units that a rate has. */
const RATE_UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function schedule(resource: ResolvedResource, name: Name): ScheduleDescription {
  const { ScheduleExpression, Targets, State } = resource.properties as {
    ScheduleExpression: string;
    Targets?: readonly Properties[];
    State?: string;
  };
  const [, count, unit = ''] = /^rate\((\d+) (\w+?)s?\)$/.exec(ScheduleExpression) ?? [];
  const milliseconds = RATE_UNITS[unit];
  if (count === undefined || milliseconds === undefined) {
    throw new Error(`rule ${resource.logicalId} runs at ${ScheduleExpression}, which is not known locally`);
  }
  const functionArns = (Targets ?? []).map(({ Arn }) => {
    if (!String(Arn).startsWith('arn:aws:lambda:')) {
      throw new Error(`rule ${resource.logicalId} has a target that is not a function: ${Arn}`);
    }
    return String(Arn);
  });
  return {
    name: name(resource, 'Ref'),
    everyMilliseconds: Number(count) * milliseconds,
    functionArns: State === 'DISABLED' ? [] : functionArns,
  };
}

function queue(resource: ResolvedResource, name: Name): QueueDescription {
  const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = resource.properties as {
    VisibilityTimeout?: number;
    MessageRetentionPeriod?: number;
    RedrivePolicy?: { deadLetterTargetArn: string; maxReceiveCount: number };
  };
  return {
    name: name(resource, 'QueueName'),
    arn: name(resource, 'Arn'),
    url: name(resource, 'Ref'),
    visibilitySeconds: VisibilityTimeout ?? 30,
    retentionSeconds: MessageRetentionPeriod ?? 345_600,
    deadLetter:
      RedrivePolicy === undefined
        ? null
        : {
            queueArn: RedrivePolicy.deadLetterTargetArn,
            mostReceives: Number(RedrivePolicy.maxReceiveCount),
          },
  };
}

function mapping(
  resource: ResolvedResource,
  functions: readonly ResolvedResource[],
  name: Name,
): MappingDescription {
  const properties = resource.properties as {
    EventSourceArn: string;
    FunctionName: string;
    BatchSize?: number;
    MaximumBatchingWindowInSeconds?: number;
    StartingPosition?: string;
    FilterCriteria?: { Filters: readonly { Pattern: string }[] };
    FunctionResponseTypes?: readonly string[];
    BisectBatchOnFunctionError?: boolean;
    MaximumRetryAttempts?: number;
    MaximumRecordAgeInSeconds?: number;
    DestinationConfig?: { OnFailure?: { Destination?: string } };
  };
  const { FunctionName } = properties;
  const called = functions.find(
    (each) => name(each, 'Ref') === FunctionName || name(each, 'Arn') === FunctionName,
  );
  if (called === undefined)
    throw new Error(`mapping ${resource.logicalId} calls an unknown function ${FunctionName}`);
  return {
    id: resource.logicalId,
    sourceArn: properties.EventSourceArn,
    functionArn: name(called, 'Arn'),
    batchSize: properties.BatchSize ?? (properties.EventSourceArn.startsWith('arn:aws:sqs:') ? 10 : 100),
    windowSeconds: properties.MaximumBatchingWindowInSeconds ?? 0,
    startingPosition: properties.StartingPosition ?? 'TRIM_HORIZON',
    filters: (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => JSON.parse(Pattern) as unknown),
    reportsItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    bisects: properties.BisectBatchOnFunctionError ?? false,
    mostRetries: endless(properties.MaximumRetryAttempts),
    mostAgeSeconds: endless(properties.MaximumRecordAgeInSeconds),
    failureQueueArn: properties.DestinationConfig?.OnFailure?.Destination ?? null,
  };
}

/** CloudFormation writes "without end" as -1, and means the same when nothing is said. */
function endless(limit: number | undefined): number {
  return limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit;
}

function stateMachine(resource: ResolvedResource, name: Name): StateMachineDescription {
  const { DefinitionString, DefinitionSubstitutions = {} } = resource.properties as {
    DefinitionString?: string;
    DefinitionSubstitutions?: Record<string, string>;
  };
  if (DefinitionString === undefined)
    throw new Error(`${resource.logicalId} has no definition in the template`);
  const text = DefinitionString.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = DefinitionSubstitutions[key];
    if (value === undefined) throw new Error(`the definition of ${resource.logicalId} leaves ${key} open`);
    return JSON.stringify(value).slice(1, -1);
  });
  return {
    arn: name(resource, 'Arn'),
    name: name(resource, 'Name'),
    definition: JSON.parse(text) as StateMachineDefinition,
  };
}
