import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import type { LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS } from './constructs/order-table.ts';
import { type FunctionContext, type FunctionRow, makeFunction } from './function-row.ts';
import { schedule } from './schedule.ts';

const RECONCILER: FunctionRow = {
  id: 'Reconciler',
  description: 'Finds orders whose workflow is missing, dead or behind',
  actions: COMMAND_ACTIONS,
  indexes: ['byReference', 'ordersByState'],
  settings: ['DELIVERY_WINDOW_AT_RISK_DAYS'],
};

/**
 * On a schedule, and when an operator asks: sees to it that every order's workflow continues.
 *
 * @param api what operators ask to drive an order on; it may do the same
 */
export function reconcileWorkflows(
  scope: Construct,
  context: FunctionContext,
  { workflow, api }: { readonly workflow: FulfillmentWorkflow; readonly api: LoopFunction },
): void {
  const reconciler = makeFunction(scope, 'tasks/reconcile', RECONCILER, context, {
    timeout: Duration.seconds(75),
  });
  schedule(scope, reconciler, {
    description: 'Looks for orders whose workflow is stuck',
    meaning: 'Reconciler failing: nobody finds the orders whose workflow is stuck',
    runbook: 'reconciler-failing',
  });
  for (const each of [reconciler, api]) {
    workflow.allowDescribe(each);
    workflow.allowDrive(each);
  }
}
