import type { Construct } from 'constructs';
import type { WorkflowSteps } from './constructs/fulfillment-workflow.ts';
import { type FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS, type OrderTable } from './constructs/order-table.ts';

export interface WorkflowFunctionsProps {
  readonly table: OrderTable;
  readonly defaults: FunctionDefaults;
  /** Days before the end of its delivery window from which an order that has not shipped is at risk. */
  readonly atRiskDays: number;
}

/** Makes the functions behind the steps of the fulfillment workflow. */
export function makeWorkflowSteps(
  scope: Construct,
  { table, defaults, atRiskDays }: WorkflowFunctionsProps,
): WorkflowSteps {
  const step = (id: string, entry: string, description: string): LoopFunction => {
    const made = new LoopFunction(scope, id, {
      defaults,
      entry: `tasks/${entry}`,
      description,
      environment: { TABLE_NAME: table.table.tableName, DELIVERY_WINDOW_AT_RISK_DAYS: String(atRiskDays) },
    });
    table.allow(made, COMMAND_ACTIONS);
    return made;
  };
  return {
    awaitAllocation: step('AwaitAllocation', 'await-allocation', 'Allocates, or waits for what is missing'),
    queueFulfillment: step('QueueFulfillment', 'queue-fulfillment', 'Hands an order to the warehouse'),
    awaitShipment: step('AwaitShipment', 'await-shipment', 'Waits until nothing is left to ship'),
    awaitDelivery: step('AwaitDelivery', 'await-delivery', 'Waits until every shipment is delivered'),
    closeOrder: step('CloseOrder', 'close-order', 'Closes a delivered order'),
    watchDeliveryWindow: step(
      'WatchDeliveryWindow',
      'watch-delivery-window',
      'Records that a delivery window is at risk or missed',
    ),
    reportStuck: step('ReportStuck', 'report-stuck', 'Leaves an order visible whose workflow gave up'),
  };
}
