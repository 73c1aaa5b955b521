import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EVENT_TYPE_ATTRIBUTE, ITEM_KIND } from '../../contract/table.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { LoopFunction } from './loop-function.ts';
import type { OrderTable } from './order-table.ts';

export interface EventStreamReaderProps {
  readonly table: OrderTable;
  readonly reader: LoopFunction;
  /** Names of the events that are read. @default all */
  readonly types?: readonly string[];
}

/**
 * Starts a function for the event items that were added to the table, in their order within an order. A batch that
 * fails is halved until the failing record is alone; after ten tries or an hour it is reported to the dead-letter
 * queue, so that one bad record does not hold up the orders behind it. The event itself stays in the table.
 */
export class EventStreamReader extends Construct {
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: EventStreamReaderProps) {
    super(scope, id);
    this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters');
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue: the failure destination of the stream reader beside it.',
    });
    const { reader, table, types } = props;
    reader.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [table.streamArn],
    );
    const mapping = reader.function.addEventSourceMapping('Events', {
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      parallelizationFactor: 1,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(this.deadLetterQueue),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: {
            NewImage: {
              [ITEM_KIND.attribute]: { S: FilterRule.isEqual(ITEM_KIND.event) },
              ...(types === undefined ? {} : { [EVENT_TYPE_ATTRIBUTE]: { S: [...types] } }),
            },
          },
        }),
      ],
    });
    // Lambda checks that the role can read the stream when the mapping is made.
    mapping.node.addDependency(reader.role);
  }
}
