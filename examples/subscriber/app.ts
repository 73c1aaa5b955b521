#!/usr/bin/env node
/**
 * An app of another team: an order loop, and beside it a stack that subscribes to its events. A queue gets what was
 * shipped, for a system that fetches; a function gets what was cancelled, and tells whoever it is for.
 *
 *     npm run synth:example
 */
import { fileURLToPath } from 'node:url';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Architecture, Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { OrderLoop } from 'order-loop/cdk';

export interface WarehouseStackProps extends StackProps {
  readonly loop: OrderLoop;
  /** Bundle the function's code, as a deployment needs. @default true */
  readonly bundle?: boolean;
}

/** What the warehouse's team runs beside the loop. */
export class WarehouseStack extends Stack {
  constructor(scope: Construct, id: string, { loop, bundle = true, ...props }: WarehouseStackProps) {
    super(scope, id, props);

    const shipped = new Queue(this, 'Shipped', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    loop.onOrderEvent('ShippedEvents', {
      types: ['ShipmentShipped'],
      target: new SqsQueue(shipped, { deadLetterQueue: this.undeliverable('Shipped') }),
      // The rule belongs to this stack: the loop is deployed without knowing of its subscribers.
      crossStackScope: this,
    });

    const cancelled = new NodejsFunction(this, 'Cancelled', {
      entry: fileURLToPath(new URL('./cancelled.ts', import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      bundling: { format: OutputFormat.ESM, minify: true },
      ...(bundle ? {} : { code: Code.fromInline('export {};'), handler: 'index.handler' }),
    });
    loop.onOrderEvent('CancelledEvents', {
      types: ['OrderCancelled', 'LinesCancelled'],
      channels: ['EDI', 'MANUAL'],
      target: new LambdaFunction(cancelled, {
        deadLetterQueue: this.undeliverable('Cancelled'),
        retryAttempts: 10,
      }),
      crossStackScope: this,
    });

    new CfnOutput(this, 'ShippedQueue', {
      description: 'What has left the warehouse',
      value: shipped.queueUrl,
    });
  }

  /** Where events go that a target does not take for a day; without it they are lost. */
  private undeliverable(id: string): Queue {
    return new Queue(this, `${id}Undeliverable`, { enforceSSL: true, retentionPeriod: Duration.days(14) });
  }
}

/** @param bundle bundle the code, as a deployment needs */
export function buildApp({ bundle, outdir }: { bundle: boolean; outdir?: string }): App {
  const app = new App({ analyticsReporting: false, ...(outdir === undefined ? {} : { outdir }) });
  const loop = new OrderLoop(app, 'OrderLoop', { stage: 'warehouse', orderNumberPrefix: 'ACME-ORD', bundle });
  new WarehouseStack(app, 'Warehouse', { stackName: 'warehouse-orders', loop, bundle });
  return app;
}

if (import.meta.main) buildApp({ bundle: true }).synth();
