import { Archive, EventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EVENT_SOURCE, TEST_EVENT_SOURCE } from '../../contract/events/source.ts';
import type { StockEventType } from '../../domain/inventory/lot.ts';
import type { OrderEventType } from '../../domain/order/events.ts';
import type { Channel } from '../../domain/order/terms.ts';
import type { LoopFunction } from './loop-function.ts';

/** Name of an event that the loop puts on the bus. */
export type LoopEventType = OrderEventType | StockEventType;

/** Which events a subscriber wants. Without `types` it gets all of them, without `channels` those of all channels. */
export interface OrderEventFilter {
  /** Names of events, for example `OrderShipped`. */
  readonly types?: readonly LoopEventType[];
  /** Channels of the orders, for example `SHOPIFY`. Events of stock have no channel and are then left out. */
  readonly channels?: readonly Channel[];
  /** Whether events of test orders are wanted too. @default false */
  readonly includesTests?: boolean;
}

export interface OrderEventBusProps {
  readonly busName: string;
  /** How long events can be replayed from the archive. */
  readonly archiveRetention: Duration;
  /** Encrypts the archive. @default a key of EventBridge's own */
  readonly encryptionKey?: IKey;
}

/** The bus that carries the loop's events, with an archive from which they can be replayed. */
export class OrderEventBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: OrderEventBusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: props.busName,
      description: 'Events of the order loop',
    });
    new Archive(this.bus, 'Archive', {
      sourceEventBus: this.bus,
      description: 'Events of the order loop, for replay',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: props.archiveRetention,
      ...(props.encryptionKey === undefined ? {} : { kmsKey: this.allowArchive(props.encryptionKey) }),
    });
  }

  /**
   * Lets EventBridge use a key for the archive. CDK would name the bus in the key's policy: then a key of another stack
   * could not be made before the bus, nor the archive before the key.
   */
  private allowArchive(key: IKey): IKey {
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowArchiveOfEvents',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'kms:ReEncrypt*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return Key.fromKeyArn(this, 'ArchiveKey', key.keyArn);
  }

  /** Lets a function put events on the bus. */
  allowPublish(target: LoopFunction): void {
    target.allow(['events:PutEvents'], [this.bus.eventBusArn]);
  }

  /** Sends the matching events to a target; the rule is made in the given scope. */
  subscribe(scope: Construct, id: string, filter: OrderEventFilter, target: IRuleTarget): Rule {
    return new Rule(scope, id, {
      eventBus: this.bus,
      eventPattern: {
        source: [EVENT_SOURCE, ...(filter.includesTests === true ? [TEST_EVENT_SOURCE] : [])],
        ...(filter.types === undefined ? {} : { detailType: [...filter.types] }),
        ...(filter.channels === undefined ? {} : { detail: { channel: [...filter.channels] } }),
      },
      targets: [target],
    });
  }
}
