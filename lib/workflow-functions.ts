import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { WorkflowSteps } from './constructs/fulfillment-workflow.ts';
import { type FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS, type ItemAction, type OrderTable } from './constructs/order-table.ts';

export interface WorkflowFunctionsProps {
  readonly table: OrderTable;
  readonly defaults: FunctionDefaults;
  /** Days before the end of its delivery window from which an order that has not shipped is at risk. */
  readonly atRiskDays: number;
}

/** A step that only waits reads the order, and keeps the token with which it is answered. */
const WAIT_ACTIONS: readonly ItemAction[] = ['GetItem', 'Query', 'PutItem', 'DeleteItem'];

/** Makes the functions behind the steps of the fulfillment workflow. */
export function makeWorkflowSteps(
  scope: Construct,
  { table, defaults, atRiskDays }: WorkflowFunctionsProps,
): WorkflowSteps {
  const TABLE_NAME = table.table.tableName;
  const DELIVERY_WINDOW_AT_RISK_DAYS = String(atRiskDays);

  const step = (
    id: string,
    entry: string,
    description: string,
    actions: readonly ItemAction[] = COMMAND_ACTIONS,
    environment: Record<string, string> = { TABLE_NAME, DELIVERY_WINDOW_AT_RISK_DAYS },
  ): LoopFunction => {
    const made = new LoopFunction(scope, id, {
      defaults,
      entry: `tasks/${entry}`,
      description,
      environment,
      // An order of hundreds of lines is allocated in many transactions; nobody waits for the answer.
      timeout: Duration.seconds(60),
    });
    table.allow(made, actions);
    return made;
  };
  return {
    awaitAllocation: step('AwaitAllocation', 'await-allocation', 'Allocates, or waits for what is missing'),
    awaitShipment: step(
      'AwaitShipment',
      'await-shipment',
      'Hands an order to the warehouse, and waits until nothing is left to ship',
    ),
    awaitDelivery: step(
      'AwaitDelivery',
      'await-delivery',
      'Waits until every shipment is delivered',
      WAIT_ACTIONS,
    ),
    closeOrder: step('CloseOrder', 'close-order', 'Closes a delivered order'),
    watchDeliveryWindow: step(
      'WatchDeliveryWindow',
      'watch-delivery-window',
      'Records that a delivery window is at risk or missed',
    ),
    reportStuck: step(
      'ReportStuck',
      'report-stuck',
      'Leaves an order visible whose workflow gave up',
      ['PutItem'],
      { TABLE_NAME },
    ),
  };
}
