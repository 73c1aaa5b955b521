import { fileURLToPath } from 'node:url';
import {
  type AddToPrincipalPolicyResult,
  Effect,
  type IGrantable,
  type IPrincipal,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  type ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Code,
  type Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Retention } from '../../contract/retention.ts';
import { BUNDLING } from './bundling.ts';
import { TRACER_PATH, TracerLayer } from './tracer-layer.ts';

const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The template is read by the local stack, which runs the entry file itself. It needs no bundle, and CloudFormation
 * needs some code to be there.
 */
const UNBUNDLED_CODE = 'export {};';

/**
 * What DynamoDB, SQS and Secrets Manager do with a customer's key in the name of who calls them (Amazon DynamoDB
 * Developer Guide, authorizing use of a customer managed key).
 */
const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** Why nothing is traced in a loop without `tracing`. */
export const NO_TRACES = 'Whoever set up the loop has turned traces off.';

/** What all functions of one loop have in common. */
export interface FunctionDefaults {
  /** Bundle the code with esbuild, as a deployment needs; without, the template only names the entry files. */
  readonly bundle: boolean;
  /** Lowest level that is logged. */
  readonly logLevel: ApplicationLogLevel;
  /** Name of the loop, under which its metrics are kept, for example `order-loop-dev`. */
  readonly loopName: string;
  /** Whether Lambda records a trace of a share of the invocations. */
  readonly tracing: boolean;
  /** How long CloudWatch keeps what the functions log. */
  readonly logRetention: RetentionDays;
  /** How long each store keeps what is in it. */
  readonly retention: Retention;
  /** Encrypts what functions read and write. @default keys of AWS */
  readonly encryptionKey?: IKey;
}

export interface LoopFunctionProps {
  readonly defaults: FunctionDefaults;
  /** Path of the entry file below `functions/`, without its ending, for example `api/orders`. */
  readonly entry: string;
  /** What the function is for, in one sentence. */
  readonly description: string;
  /** Environment of this function beyond the log settings that every function has. */
  readonly environment?: Record<string, string>;
  /** Memory in MiB, and with it the share of a processor. @default 512 */
  readonly memorySize?: number;
  /** @default 15 seconds */
  readonly timeout?: Duration;
  /** Calls that the account keeps free for it, and the most that run at once. @default what is free */
  readonly reservedConcurrency?: number | undefined;
  /**
   * Whether what it sends may bring it into being called again, as often as it likes. Lambda otherwise takes that for a
   * mistake and ends it at about the sixteenth call in a row. @default false
   */
  readonly callsItself?: boolean;
}

/**
 * A role that holds what it may do itself. CDK makes a policy beside each role, which is one more of the 500 resources
 * that a stack may have, and one more that CloudFormation has to wait for before it makes what needs the permission.
 */
class FunctionRole extends Role {
  private readonly document: PolicyDocument;

  constructor(scope: Construct, id: string, description: string) {
    const document = new PolicyDocument();
    super(scope, id, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description,
      inlinePolicies: { Allowed: document },
    });
    this.document = document;
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.document.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}

/**
 * One Lambda function of the loop: arm64, Node 24, an ES module bundle with the AWS SDK inside, a log group of its
 * own, and a role that may write to this log group and nothing else. Whatever more it may do is granted one action
 * at a time with `allow`.
 */
export class LoopFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LoopFunctionProps) {
    super(scope, id);
    const entry = `functions/${props.entry}.ts`;
    // What is not bundled runs where nothing is traced.
    const traces = props.defaults.tracing && props.defaults.bundle;

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.defaults.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new FunctionRole(this, 'Role', `Role of ${entry}`);
    this.logGroup.grantWrite(this.role);

    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: `${PROJECT_ROOT}${entry}`,
      handler: props.defaults.bundle ? 'handler' : 'index.handler',
      ...(props.defaults.bundle ? {} : { code: Code.fromInline(UNBUNDLED_CODE) }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout ?? Duration.seconds(15),
      role: this.role,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.callsItself === true ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: props.defaults.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      applicationLogLevelV2: props.defaults.logLevel,
      // Lambda's own two lines about each invocation would be half of all bytes; metrics show the same, and what fails
      // is logged at this level too.
      systemLogLevelV2: SystemLogLevel.WARN,
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: `${PROJECT_ROOT}package-lock.json`,
      environment: {
        LOG_LEVEL: props.defaults.logLevel,
        LOOP_NAME: props.defaults.loopName,
        POWERTOOLS_SERVICE_NAME: props.entry.replace('/', '-'),
        ...(traces ? { TRACER_PATH } : {}),
        ...props.environment,
      },
      ...(traces ? { layers: [TracerLayer.of(this)] } : {}),
      bundling: BUNDLING,
    });
    if (props.defaults.encryptionKey !== undefined) {
      this.allow(KEY_ACTIONS, [props.defaults.encryptionKey.keyArn]);
    }
    Validations.of(this.role).acknowledge({
      id: 'Serverless-LambdaStarPermissions',
      reason:
        'Each wildcard is a finding of its own (AwsSolutions-IAM5), with its reason where it is granted.',
    });
    if (props.defaults.tracing) {
      Validations.of(this.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'The actions of X-Ray take no resource.',
      });
    } else {
      Validations.of(this.function).acknowledge({ id: 'Serverless-LambdaTracing', reason: NO_TRACES });
    }
    Validations.of(this.function).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'Nobody calls it without waiting for its answer; what brings queues and the stream has dead letters there.',
    });
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.addMetadata('OrderLoop', { entry });
  }

  get grantPrincipal(): IPrincipal {
    return this.role;
  }

  /** Lets the function perform the named actions on the named resources. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] }),
    );
  }
}
