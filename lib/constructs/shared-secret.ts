import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { LoopFunction } from './loop-function.ts';

export interface SharedSecretProps {
  /** What the secret signs, in one sentence. */
  readonly description: string;
  readonly removalPolicy: RemovalPolicy;
  /** @default the account's own key for secrets, which AWS keeps */
  readonly encryptionKey?: IKey;
}

/**
 * A secret that two parties sign with, kept as `{"current": "…", "previous"?: "…"}`. It is made at random on
 * creation, without a previous one; while it is being exchanged both are accepted.
 */
export class SharedSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: SharedSecretProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: props.description,
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        excludePunctuation: true,
        passwordLength: 48,
      },
      removalPolicy: props.removalPolicy,
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
    });
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The other party has to learn a new secret at the same time, so a timer cannot rotate it alone.',
    });
  }

  /** Name under which a function asks for the secret. */
  get secretId(): string {
    return this.secret.secretArn;
  }

  /** Lets a function read the secret. */
  allowRead(target: LoopFunction): void {
    target.allow(['secretsmanager:GetSecretValue'], [this.secret.secretArn]);
  }
}
