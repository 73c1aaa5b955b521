import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { LoopFunction } from './loop-function.ts';
import type { OrderEventBus } from './order-event-bus.ts';

/** Lambda advises a queue to hide a message for six times as long as the function may run. */
const VISIBILITY_PER_TIMEOUT = 6;
const LAMBDA_DEFAULT_TIMEOUT = Duration.seconds(15);

export interface EventQueueConsumerProps {
  readonly bus: OrderEventBus;
  readonly consumer: LoopFunction;
  /** Names of the events that are consumed. */
  readonly types: readonly string[];
}

/**
 * A rule, a queue and a function that consumes it. What the bus cannot deliver and what the function cannot handle
 * in five tries both end in one dead-letter queue, in the same form, so that one redrive serves for both.
 */
export class EventQueueConsumer extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: EventQueueConsumerProps) {
    super(scope, id);
    const timeout = props.consumer.function.timeout ?? LAMBDA_DEFAULT_TIMEOUT;
    this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 5 },
    });
    props.bus.subscribe(
      this,
      'Rule',
      { types: props.types },
      new SqsQueue(this.queue, { deadLetterQueue: this.deadLetterQueue }),
    );
    props.consumer.function.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 10, reportBatchItemFailures: true }),
    );
  }
}
