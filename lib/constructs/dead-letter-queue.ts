import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LoopAlarm } from './loop-alarm.ts';
import { queueEncryption } from './queue-encryption.ts';

export interface DeadLetterQueueProps {
  /** What did not get through when a message lies here, for the person on call. */
  readonly meaning: string;
  /** Days that a message is kept, from when it was first sent. */
  readonly days: number;
  /** @default the key of the queue service */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Where messages end that could not be handled: encrypted, TLS only, with an alarm that goes off at the
 * first one and stays on until the queue is empty.
 */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly alarm: LoopAlarm;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      ...queueEncryption(props.encryptionKey),
      enforceSSL: true,
      retentionPeriod: Duration.days(props.days),
    });
    Validations.of(this.queue).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'It is a dead-letter queue: what lies here has been tried, and waits for a person.',
    });
    this.alarm = new LoopAlarm(this, 'Alarm', {
      meaning: `Dead letters: ${props.meaning}`,
      runbook: 'dead-letters',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
    });
  }
}
