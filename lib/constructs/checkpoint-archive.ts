import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { LoopFunction } from './loop-function.ts';

/** How long a checkpoint cannot be removed, and by whom. */
export interface CheckpointRetention {
  readonly duration: Duration;
  /**
   * `compliance`: by nobody, the root user of the account included. `governance`: by nobody without the permission
   * `s3:BypassGovernanceRetention`, which the loop gives to none.
   */
  readonly mode: 'governance' | 'compliance';
}

/** A retention; `off` where none are written any more, `none` where there is no bucket for them either. */
export type CheckpointSetting = CheckpointRetention | 'off' | 'none';

/** As long as books are kept in many countries, and removable by an administrator who has to. */
export const DEFAULT_RETENTION: CheckpointRetention = {
  duration: Duration.days(7 * 365),
  mode: 'governance',
};

export interface CheckpointArchiveProps {
  /** @default seven years, in governance mode */
  readonly retention?: CheckpointRetention;
  /** @default keys of S3 */
  readonly encryptionKey?: IKey;
}

/** A bucket in which nothing is replaced before its time, and the key that signs what is put there. */
export class CheckpointArchive extends Construct {
  private readonly bucket: Bucket;
  private readonly key: Key;

  constructor(scope: Construct, id: string, { retention, encryptionKey }: CheckpointArchiveProps) {
    super(scope, id);
    const { duration, mode } = retention ?? DEFAULT_RETENTION;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        mode === 'compliance'
          ? ObjectLockRetention.compliance(duration)
          : ObjectLockRetention.governance(duration),
      // CloudFormation deletes no bucket that is not empty, and what is locked in it cannot be deleted.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'It holds digests alone, and what is written there cannot be altered; CloudTrail has who writes.',
    });
    this.key = new Key(this, 'Key', {
      description: 'Signs the checkpoints of the histories of the order loop',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      // What it signed is verified as long as it is kept.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Variables that functions find bucket and key in. */
  get environment(): Record<string, string> {
    return { CHECKPOINT_BUCKET: this.bucket.bucketName, CHECKPOINT_KEY_ID: this.key.keyArn };
  }

  /** What another stack imports. */
  get exports(): readonly string[] {
    return [this.bucket.bucketName, this.bucket.bucketArn, this.key.keyArn];
  }

  /** Lets a function write checkpoints, or verify them. */
  allow(target: LoopFunction, use: 'writes' | 'verifies'): void {
    const objects = [this.bucket.arnForObjects('*')];
    target.allow(use === 'writes' ? ['s3:GetObject', 's3:PutObject'] : ['s3:GetObject'], objects);
    // To those who may list, an object that is not there is missing; to others it is forbidden.
    if (use === 'verifies') target.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    target.allow([use === 'writes' ? 'kms:Sign' : 'kms:Verify'], [this.key.keyArn]);
    // The rule names the resource as the other stack exports it.
    const owner = Stack.of(this);
    const exported = owner.resolve(owner.exportValue(this.bucket.bucketArn)) as { 'Fn::ImportValue': string };
    Validations.of(target.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${exported['Fn::ImportValue']}/*]`,
      reason: 'Checkpoints are named by their day.',
    });
  }
}
