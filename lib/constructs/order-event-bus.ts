import { EventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { OrderEventType } from '../../domain/order/events.ts';
import type { Channel } from '../../domain/order/terms.ts';
import type { StockEventType } from '../../domain/stock/lot.ts';
import type { LoopFunction } from './loop-function.ts';

/** `source` of every event that the loop puts on the bus. */
export const EVENT_SOURCE = 'order-loop';

/** Name of an event that the loop puts on the bus. */
export type LoopEventType = OrderEventType | StockEventType;

/** Which events a subscriber wants. Without `types` it gets all of them, without `channels` those of all channels. */
export interface OrderEventFilter {
  /** Names of events, for example `OrderShipped`. */
  readonly types?: readonly LoopEventType[];
  /** Channels of the orders, for example `SHOPIFY`. Events of stock have no channel and are then left out. */
  readonly channels?: readonly Channel[];
}

export interface OrderEventBusProps {
  readonly busName: string;
  /** How long events can be replayed from the archive. */
  readonly archiveRetention: Duration;
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
    this.bus.archive('Archive', {
      description: 'Events of the order loop, for replay',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: props.archiveRetention,
    });
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
        source: [EVENT_SOURCE],
        ...(filter.types === undefined ? {} : { detailType: [...filter.types] }),
        ...(filter.channels === undefined ? {} : { detail: { channel: [...filter.channels] } }),
      },
      targets: [target],
    });
  }
}
