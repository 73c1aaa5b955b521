import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EXPIRY_ATTRIBUTE, INDEXES, type IndexId, TABLE_KEYS } from '../../contract/table.ts';
import type { LoopFunction } from './loop-function.ts';

export interface OrderTableProps {
  /** What happens to the table when its stack is deleted; a table that is kept is also protected from deletion. */
  readonly removalPolicy: RemovalPolicy;
  /** Days of whose changes a restore can be made. */
  readonly backupDays: number;
  /** @default the account's own key for DynamoDB, which AWS keeps */
  readonly encryptionKey?: IKey;
}

/** What a function may do with the items of the table. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'Scan'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem';

/** What carrying out a command takes: reading the order and its lots, and one conditional transaction. */
export const COMMAND_ACTIONS: readonly ItemAction[] = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
];

/** What counting an order for the overview takes: its history, and one conditional transaction over the rows. */
export const COUNTING_ACTIONS: readonly ItemAction[] = [
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
];

/** The one table: orders, stock, history and outbox, receipts. Its names and keys come from `contract/table.ts`. */
export class OrderTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: OrderTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: TABLE_KEYS.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(props.encryptionKey === undefined
        ? { encryption: TableEncryption.AWS_MANAGED }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.encryptionKey }),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: props.backupDays,
      },
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy: props.removalPolicy,
      timeToLiveAttribute: EXPIRY_ATTRIBUTE,
      stream: StreamViewType.NEW_IMAGE,
    });
    for (const index of Object.values(INDEXES)) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.indexName,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: index.sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }

  /** ARN of the table's stream. */
  get streamArn(): string {
    const arn = this.table.tableStreamArn;
    if (arn === undefined) throw new Error('The order table has no stream.');
    return arn;
  }

  /** Lets a function perform the named actions on items of the table, and query the named indexes and no others. */
  allow(target: LoopFunction, actions: readonly ItemAction[], indexes: readonly IndexId[] = []): void {
    target.allow(
      actions.map((action) => `dynamodb:${action}`),
      [this.table.tableArn],
    );
    if (indexes.length > 0) {
      target.allow(
        ['dynamodb:Query'],
        indexes.map((index) => this.indexArn(index)),
      );
    }
  }

  private indexArn(index: IndexId): string {
    return `${this.table.tableArn}/index/${INDEXES[index].indexName}`;
  }
}
