import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  AssetHashType,
  DockerImage,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
  Validations,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { AccessRules } from '../contract/claims.ts';

const REPOSITORY = fileURLToPath(new URL('../', import.meta.url));
const BUILT = join(REPOSITORY, 'console', 'dist');

/** How the console lets operators in; it reads this from `/console-config.json`. */
export interface ConsoleConfig {
  /** URL of the OpenID Connect issuer. */
  readonly issuer: string;
  /** The console's client at the issuer: public, authorization code with PKCE. */
  readonly clientId: string;
  /** Scopes that it asks for beside `openid`, separated by spaces. */
  readonly scope: string;
  /** How the API reads the issuer's tokens, so that the console shows what a person may do. */
  readonly rules: AccessRules;
  /** Endpoints of the loop's own user pool, which its discovery document may leave out. */
  readonly endpoints?: { readonly end_session_endpoint: string; readonly revocation_endpoint: string };
}

/** Names of the parameters that the stack reads what it has to know from. */
export interface ConsoleParameters {
  readonly bucketName: string;
  /** What the console reads at its start, as JSON. */
  readonly config: string;
}

/** @returns the names of one loop's parameters */
export function consoleParameters(loopName: string): ConsoleParameters {
  const named = (what: string) => `/order-loop/${loopName}/console/${what}`;
  return { bucketName: named('bucket'), config: named('config') };
}

export interface ConsoleStackProps extends StackProps {
  readonly parameters: ConsoleParameters;
  readonly logRetention: RetentionDays;
  /** Build the console and bring its files. Without, an empty page stands for them. */
  readonly bundle: boolean;
}

/**
 * What is in the console's bucket. It is a stack of its own because the copying takes a function that is not the loop's.
 * What it has to know it reads from parameters: an import would hold the site, which then could not be switched off.
 */
export class ConsoleStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { parameters, logRetention, bundle, ...props }: ConsoleStackProps,
  ) {
    super(scope, id, props);
    const files = bundle ? builtConsole() : Source.data('index.html', '');
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const read = (name: string) => StringParameter.valueForStringParameter(this, name);
    const bucket = Bucket.fromBucketName(this, 'Files', read(parameters.bucketName));
    const role = this.copyingRole(bucket, logGroup);
    const shared = {
      destinationBucket: bucket,
      logGroup,
      memoryLimit: 256,
      // What the CDK would add are wildcards.
      role: role.withoutPolicyUpdates(),
    };
    const readable = (source: ISource): ISource => ({
      bind: (scope, context) => {
        const bound = source.bind(scope, context);
        allow(role, ['s3:GetObject'], [bound.bucket.arnForObjects(bound.zipObjectKey)]);
        return bound;
      },
    });
    const assets = new BucketDeployment(this, 'Assets', {
      ...shared,
      sources: [readable(files)],
      exclude: ['*'],
      include: ['assets/*'],
      // A page that is open while a new release comes still finds the files that it was made of.
      prune: false,
      cacheControl: [
        CacheControl.setPublic(),
        CacheControl.maxAge(Duration.days(365)),
        CacheControl.immutable(),
      ],
    });
    assets.node.addDependency(role);
    const pages = new BucketDeployment(this, 'Pages', {
      ...shared,
      sources: [readable(files), readable(Source.data('console-config.json', read(parameters.config)))],
      exclude: ['assets/*'],
      cacheControl: [CacheControl.noCache()],
    });
    // No page names a file that is not there yet.
    pages.node.addDependency(assets);
    this.acknowledge();
  }

  /** The role of the function that copies: it reads what was built, and writes to the console's bucket and its own log. */
  private copyingRole(bucket: IBucket, logGroup: LogGroup): Role {
    const role = new Role(this, 'Copying', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Copies the files of the console',
    });
    allow(role, ['s3:ListBucket'], [bucket.bucketArn]);
    allow(role, ['s3:PutObject', 's3:DeleteObject'], [bucket.arnForObjects('*')]);
    logGroup.grantWrite(role);
    const { Ref: name } = this.resolve(bucket.bucketName) as { Ref: string };
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<${name}>/*]`,
      reason: 'It writes and removes whatever files a build has.',
    });
    return role;
  }

  /** What copies the files is a function of the CDK's. */
  private acknowledge(): void {
    const runtime = 'The runtime of the copying function comes with the CDK.';
    Validations.of(this).acknowledge(
      { id: 'AwsSolutions-L1', reason: runtime },
      { id: 'Serverless-LambdaLatestVersion', reason: runtime },
      { id: 'Serverless-LambdaDLQ', reason: 'The deployment waits for its answer, and fails with it.' },
      { id: 'Serverless-LambdaTracing', reason: 'It runs in deployments only, whose record shows it.' },
    );
  }
}

function allow(role: Role, actions: readonly string[], resources: readonly string[]): void {
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
}

/** The console's build, made where the stacks are synthesized; a build of the very same sources is taken as it is. */
function builtConsole(): ISource {
  return Source.asset(join(REPOSITORY, 'console'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never fetched: what is built here never fails over to a container.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(folder) {
          execFileSync(process.execPath, [join(REPOSITORY, 'scripts', 'build-console.ts')], {
            stdio: 'inherit',
          });
          // The mark of what it was built of is of no use elsewhere.
          cpSync(BUILT, folder, { recursive: true, filter: (file) => basename(file) !== '.built-from' });
          return true;
        },
      },
    },
  });
}
