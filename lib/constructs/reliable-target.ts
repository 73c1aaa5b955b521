import type { IRule, IRuleTarget, RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import { addToDeadLetterQueueResourcePolicy } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { queueEncryption } from './queue-encryption.ts';

/** As long as EventBridge tries at most (Amazon EventBridge, event retry policy). */
const RETRIES = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

/**
 * A target that loses nothing: where it says nothing itself, it is tried for a day, and what it did not take then lies in
 * a dead-letter queue. EventBridge would drop it.
 */
export class ReliableTarget implements IRuleTarget {
  readonly #scope: Construct;
  readonly #id: string;
  readonly #target: IRuleTarget;
  readonly #days: number;
  readonly #encryptionKey: IKey | undefined;
  /** The queue that was made for it, once the rule has the target; none where the target brings its own. */
  deadLetters: Queue | undefined;

  /** @param days that an event is kept which the target did not take */
  constructor(scope: Construct, id: string, target: IRuleTarget, days: number, encryptionKey?: IKey) {
    this.#scope = scope;
    this.#id = id;
    this.#target = target;
    this.#days = days;
    this.#encryptionKey = encryptionKey;
  }

  bind(rule: IRule, id?: string): RuleTargetConfig {
    const config = this.#target.bind(rule, id);
    const retryPolicy = config.retryPolicy ?? RETRIES;
    if (config.deadLetterConfig !== undefined) return { ...config, retryPolicy };
    this.deadLetters = new Queue(this.#scope, `${this.#id}Undelivered`, {
      ...queueEncryption(this.#encryptionKey),
      enforceSSL: true,
      retentionPeriod: Duration.days(this.#days),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself, of a rule.',
    });
    addToDeadLetterQueueResourcePolicy(rule, this.deadLetters);
    return { ...config, retryPolicy, deadLetterConfig: { arn: this.deadLetters.queueArn } };
  }
}
