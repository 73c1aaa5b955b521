import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EVENT_TYPE_ATTRIBUTE, ITEM_KIND } from '../../contract/table.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { LoopFunction, type LoopFunctionProps } from './loop-function.ts';
import type { LoopEventType } from './order-event-bus.ts';
import type { OrderTable } from './order-table.ts';

export interface EventStreamReaderProps {
  readonly table: OrderTable;
  readonly reader: LoopFunctionProps;
  /** Names of the events that are read. @default all */
  readonly types?: readonly LoopEventType[];
  /**
   * Whether it gets the day for which the stream keeps records, and gives up by itself what no attempt can do: then it
   * is named its dead letters by `DEAD_LETTERS_URL`. @default ten attempts within an hour
   */
  readonly retriesForADay?: boolean;
  /** Whether heartbeats reach it too, which it counts, so that somebody notices where nothing does. @default false */
  readonly countsHeartbeats?: boolean;
}

/** An attempt waits for a minute and a half while what it needs is away: these take a day. */
const ATTEMPTS_OF_A_DAY = 1000;

/**
 * Starts a function for the event items that were added to the table, in their order within an order. A batch that
 * fails is halved until the failing record is alone; after ten attempts or an hour, unless it retries for a day, it is
 * reported to the dead-letter queue, so that one bad record does not hold up the orders behind it. The event itself stays
 * in the table.
 */
export class EventStreamReader extends Construct {
  readonly function: LoopFunction;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: EventStreamReaderProps) {
    super(scope, id);
    const { table, types, retriesForADay = false, countsHeartbeats = false } = props;
    this.function = new LoopFunction(this, 'Reader', props.reader);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      meaning: `places in the table's stream that functions/${props.reader.entry}.ts gave up on`,
      days: Number(props.reader.defaults.retention.deadLetters),
      encryptionKey: props.reader.defaults.encryptionKey,
    });
    Validations.of(this.deadLetters.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: the failure destination of the stream reader beside it.',
    });
    if (props.reader.defaults.encryptionKey !== undefined) {
      const reason = 'CDK names the two families of actions that a sender to an encrypted queue needs.';
      Validations.of(this.function.role).acknowledge(
        { id: 'AwsSolutions-IAM5[Action::kms:ReEncrypt*]', reason },
        { id: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]', reason },
      );
    }
    this.function.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [table.streamArn],
    );
    const mapping = this.function.function.addEventSourceMapping('Events', {
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      parallelizationFactor: 1,
      retryAttempts: retriesForADay ? ATTEMPTS_OF_A_DAY : 10,
      maxRecordAge: Duration.hours(retriesForADay ? 24 : 1),
      onFailure: new SqsDlq(this.deadLetters.queue),
      filters: [
        inserted(ITEM_KIND.event, types === undefined ? {} : { [EVENT_TYPE_ATTRIBUTE]: { S: [...types] } }),
        ...(countsHeartbeats ? [inserted(ITEM_KIND.heartbeat)] : []),
      ],
    });
    if (retriesForADay) {
      this.function.function.addEnvironment('DEAD_LETTERS_URL', this.deadLetters.queue.queueUrl);
    }
    // Lambda checks that the role can read the stream when the mapping is made.
    mapping.node.addDependency(this.function.role);
  }
}

/** A filter for items of a kind that are new. */
function inserted(kind: string, further: Readonly<Record<string, unknown>> = {}) {
  const image = { [ITEM_KIND.attribute]: { S: FilterRule.isEqual(kind) }, ...further };
  return FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT'), dynamodb: { NewImage: image } });
}
