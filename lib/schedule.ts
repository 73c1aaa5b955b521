import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LoopAlarm, type RunbookEntry } from './constructs/loop-alarm.ts';
import type { LoopFunction } from './constructs/loop-function.ts';

export interface ScheduledRun {
  /** What the runs are for, in one sentence. */
  readonly description: string;
  /** What it means to operators that every run fails. */
  readonly meaning: string;
  /** Section of the runbook. */
  readonly runbook: RunbookEntry;
}

/** Calls a function every five minutes, with an alarm when its runs fail. */
export function schedule(scope: Construct, target: LoopFunction, run: ScheduledRun): void {
  const { id } = target.node;
  const rule = new Rule(scope, `${id}Schedule`, {
    description: run.description,
    schedule: Schedule.rate(Duration.minutes(5)),
    targets: [new LambdaTarget(target.function, { retryAttempts: 0 })],
  });
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason:
      'A run that could not begin is not made up for: the next one continues where the last one stopped.',
  });
  // A run that fails is called three times by Lambda.
  new LoopAlarm(scope, `${id}Failing`, {
    metric: target.function.metricErrors({ period: Duration.minutes(15), statistic: 'Sum' }),
    threshold: 6,
    meaning: run.meaning,
    runbook: run.runbook,
  });
}
