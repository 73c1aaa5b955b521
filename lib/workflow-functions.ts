import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { WorkflowSteps } from './constructs/fulfillment-workflow.ts';
import { COMMAND_ACTIONS } from './constructs/order-table.ts';
import { type FunctionContext, type FunctionRow, makeFunction } from './function-row.ts';
import { mapRows } from './map-rows.ts';

interface StepRow extends FunctionRow {
  /** Name of the entry file in `functions/tasks/`. */
  readonly entry: string;
}

/** The functions behind the steps of the fulfillment workflow. */
const STEPS: Readonly<Record<keyof WorkflowSteps, StepRow>> = {
  awaitAllocation: step('AwaitAllocation', 'await-allocation', 'Allocates, or waits for what is missing'),
  awaitShipment: step(
    'AwaitShipment',
    'await-shipment',
    'Hands an order to the warehouse, and waits until nothing is left to ship',
  ),
  awaitDelivery: {
    ...step('AwaitDelivery', 'await-delivery', 'Waits until every shipment is delivered'),
    // It only reads the order, and keeps the token with which it is answered.
    actions: ['GetItem', 'Query', 'PutItem', 'DeleteItem'],
  },
  closeOrder: step('CloseOrder', 'close-order', 'Closes a delivered order'),
  watchDeliveryWindow: step(
    'WatchDeliveryWindow',
    'watch-delivery-window',
    'Records that a delivery window is at risk or missed',
  ),
  reportStuck: {
    id: 'ReportStuck',
    entry: 'report-stuck',
    description: 'Leaves an order visible whose workflow gave up',
    actions: ['PutItem'],
  },
};

function step(id: string, entry: string, description: string): StepRow {
  return { id, entry, description, actions: COMMAND_ACTIONS, settings: ['DELIVERY_WINDOW_AT_RISK_DAYS'] };
}

/** Makes the functions behind the steps of the fulfillment workflow. */
export function makeWorkflowSteps(scope: Construct, context: FunctionContext): WorkflowSteps {
  return mapRows(STEPS, (_, row) =>
    makeFunction(scope, `tasks/${row.entry}`, row, context, {
      // An order of hundreds of lines is allocated in many transactions; nobody waits for the answer.
      timeout: Duration.seconds(60),
    }),
  );
}
