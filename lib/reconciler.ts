import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FulfillmentWorkflow } from './constructs/fulfillment-workflow.ts';
import { LoopAlarm } from './constructs/loop-alarm.ts';
import { type FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS, type OrderTable } from './constructs/order-table.ts';

export interface ReconcilerProps {
  readonly table: OrderTable;
  readonly defaults: FunctionDefaults;
  readonly workflow: FulfillmentWorkflow;
  /** Days before the end of its delivery window from which an order that has not shipped is at risk. */
  readonly atRiskDays: number;
  /** What operators ask to drive an order on; it may do the same. */
  readonly api: LoopFunction;
}

/** On a schedule, and when an operator asks: sees to it that every order's workflow goes on. */
export function reconcileWorkflows(
  scope: Construct,
  { table, defaults, workflow, atRiskDays, api }: ReconcilerProps,
): void {
  const reconciler = new LoopFunction(scope, 'Reconciler', {
    defaults,
    entry: 'tasks/reconcile',
    description: 'Finds orders whose workflow is missing, dead or behind',
    environment: { TABLE_NAME: table.table.tableName },
    timeout: Duration.seconds(75),
  });
  table.allow(reconciler, COMMAND_ACTIONS, ['byReference', 'ordersByState']);
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
    each.function.addEnvironment('STATE_MACHINE_ARN', workflow.stateMachine.stateMachineArn);
    each.function.addEnvironment('DELIVERY_WINDOW_AT_RISK_DAYS', String(atRiskDays));
    workflow.allowStart(each);
    workflow.allowDescribe(each);
    workflow.allowAnswer(`${each.node.id}Answers`, each);
  }
}
