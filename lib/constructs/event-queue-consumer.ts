import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Channel } from '../../domain/order/terms.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { LoopFunction, type LoopFunctionProps } from './loop-function.ts';
import type { LoopEventType, OrderEventBus } from './order-event-bus.ts';
import { queueEncryption } from './queue-encryption.ts';

/**
 * Lambda advises a queue to hide a message for six times as long as the function may run, so that throttled
 * deliveries do not use up the message's attempts.
 */
const VISIBILITY_PER_TIMEOUT = 6;

export interface QueueConsumerProps {
  readonly consumer: Omit<LoopFunctionProps, 'timeout'>;
  /** How long the function may take for one batch. */
  readonly timeout: Duration;
  /** Messages in one batch, 1 to 10. */
  readonly batchSize: number;
  /**
   * How long Lambda gathers messages for one call. What one request brings about comes as several events at once, and
   * each call of its own costs two requests to the queue and an invocation. @default it does not wait
   */
  readonly gathersFor?: Duration;
  /**
   * Whether the function puts work that outlasts its time back into its queue, whose address it then finds in
   * `QUEUE_URL`. @default false
   */
  readonly sendsAgain?: boolean;
  /**
   * Whether the function decides itself when a message that failed is received again; it finds its queue in `QUEUE_URL`.
   * @default after six times the function's timeout
   */
  readonly delaysFailures?: boolean;
  /** How often a message is tried before it becomes a dead letter. @default 5 */
  readonly attempts?: number;
}

/**
 * How many of a consumer run at once at most. A flood of events then waits in the queue, and does not take the account's
 * concurrency from the API; to reserve concurrency instead would take it from everything else, always.
 */
const MAX_AT_ONCE = 50;

/** A queue and a function that consumes it. What the function cannot handle ends in a dead-letter queue. */
export class QueueConsumer extends Construct {
  readonly function: LoopFunction;
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;
  /** How long a message may wait before somebody should look: longer than its attempts take. */
  readonly lateAfter: Duration;

  constructor(scope: Construct, id: string, props: QueueConsumerProps) {
    super(scope, id);
    this.lateAfter = props.delaysFailures === true ? Duration.hours(1) : Duration.minutes(20);
    const { encryptionKey, retention } = props.consumer.defaults;
    const maxReceiveCount = props.attempts ?? 5;
    this.function = new LoopFunction(this, 'Consumer', {
      ...props.consumer,
      timeout: props.timeout,
      // Each message that it sends is one that ends: a rest of the work, or a try of those that a day has.
      callsItself: props.sendsAgain === true,
    });
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      meaning: `what functions/${props.consumer.entry}.ts could not consume`,
      days: Number(retention.deadLetters),
      encryptionKey,
    });
    this.queue = new Queue(this, 'Queue', {
      ...queueEncryption(encryptionKey),
      enforceSSL: true,
      // Less than a dead letter is kept, which counts from when the message was first sent.
      retentionPeriod: Duration.days(Number(retention.queues)),
      visibilityTimeout: Duration.seconds(props.timeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
    });
    this.function.function.addEnvironment('MAX_RECEIVES', String(maxReceiveCount));
    if (props.sendsAgain === true || props.delaysFailures === true) {
      this.function.function.addEnvironment('QUEUE_URL', this.queue.queueUrl);
    }
    if (props.sendsAgain === true) {
      this.function.allow(['sqs:SendMessage'], [this.queue.queueArn]);
    }
    Validations.of(this.function.function).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'A mapping of a queue takes no destination: what fails goes to the dead letters of the queue.',
    });
    this.function.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: props.batchSize,
        ...(props.gathersFor === undefined ? {} : { maxBatchingWindow: props.gathersFor }),
        reportBatchItemFailures: true,
        maxConcurrency: MAX_AT_ONCE,
      }),
    );
  }
}

export interface EventQueueConsumerProps extends QueueConsumerProps {
  readonly bus: OrderEventBus;
  /** Names of the events that are consumed. @default all of them */
  readonly types?: readonly LoopEventType[];
  /** Channels of the orders whose events are consumed. @default all of them */
  readonly channels?: readonly Channel[];
  /** Whether events of test orders are consumed too. @default false */
  readonly includesTests?: boolean;
}

/**
 * A rule, a queue and a function that consumes it. What the bus cannot deliver and what the function cannot handle
 * in five attempts both end in one dead-letter queue, in the same form, so that one redrive serves for both.
 */
export class EventQueueConsumer extends QueueConsumer {
  constructor(scope: Construct, id: string, props: EventQueueConsumerProps) {
    super(scope, id, props);
    props.bus.subscribe(
      this,
      'Rule',
      {
        ...(props.types === undefined ? {} : { types: props.types }),
        ...(props.channels === undefined ? {} : { channels: props.channels }),
        includesTests: props.includesTests ?? false,
      },
      new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters.queue }),
    );
  }
}
