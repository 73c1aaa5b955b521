import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import { LoopAlarm } from './constructs/loop-alarm.ts';
import type { LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS } from './constructs/order-table.ts';
import { type FunctionContext, type FunctionRow, makeFunction } from './function-row.ts';

const RECONCILER: FunctionRow = {
  id: 'Reconciler',
  description: 'Finds orders whose workflow is missing, dead or behind',
  actions: COMMAND_ACTIONS,
  indexes: ['byReference', 'ordersByState'],
  settings: ['DELIVERY_WINDOW_AT_RISK_DAYS'],
};

/**
 * On a schedule, and when an operator asks: sees to it that every order's workflow goes on.
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
  const schedule = new Rule(scope, 'ReconcilerSchedule', {
    description: 'Looks for orders whose workflow does not go on',
    schedule: Schedule.rate(Duration.minutes(5)),
    targets: [new LambdaTarget(reconciler.function, { retryAttempts: 0 })],
  });
  Validations.of(schedule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason: 'A run that could not begin is not made up for: the next one goes on where the last one stopped.',
  });
  // A run that fails is called three times by Lambda.
  new LoopAlarm(scope, 'ReconcilerFailing', {
    metric: reconciler.function.metricErrors({ period: Duration.minutes(15), statistic: 'Sum' }),
    threshold: 6,
    meaning: 'Reconciler failing: nobody finds the orders whose workflow does not go on',
    runbook: 'reconciler-failing',
  });
  for (const each of [reconciler, api]) {
    workflow.allowDescribe(each);
    workflow.allowDrive(`${each.node.id}Answers`, each);
  }
}
