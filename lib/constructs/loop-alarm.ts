import {
  Alarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** Headings of `docs/runbook.md` that say what to do about an alarm, as a link names them. */
export type RunbookEntry =
  | 'dead-letters'
  | 'workflow-stuck'
  | 'reconciler-failing'
  | 'message-sweep-failing'
  | 'api-errors'
  | 'api-slow'
  | 'busy'
  | 'webhooks-refused'
  | 'documents-overdue'
  | 'documents-blocked'
  | 'connections-not-reached'
  | 'connections-revoked'
  | 'events-late'
  | 'functions-throttled'
  | 'messages-quarantined'
  | 'publisher-silent'
  | 'subscription-switched-off'
  | 'queue-late'
  | 'table-throttled';

export interface LoopAlarmProps extends Pick<CreateAlarmOptions, 'threshold'> {
  readonly metric: IMetric;
  /** What it means that the alarm goes off, for the person on call. */
  readonly meaning: string;
  /** Where the runbook says what to do. */
  readonly runbook: RunbookEntry;
  /** How many periods of the metric are looked at. @default 1 */
  readonly periods?: number;
  /** How many of them have to be at the threshold or above. @default all */
  readonly atLeast?: number;
  /**
   * Whether it goes off below its threshold, and where nothing is reported: for what has to happen all the time.
   * @default false
   */
  readonly ofSilence?: boolean;
}

/**
 * An alarm that somebody is woken for: it goes off at its threshold and above, ends by itself, and its description
 * leads to what to do. What is not reported does not happen: metrics of an idle loop are missing.
 */
export class LoopAlarm extends Alarm {
  constructor(
    scope: Construct,
    id: string,
    { meaning, runbook, periods, atLeast, ofSilence = false, ...props }: LoopAlarmProps,
  ) {
    super(scope, id, {
      ...props,
      alarmDescription: `${meaning}. What to do: docs/runbook.md#${runbook}`,
      evaluationPeriods: periods ?? 1,
      ...(atLeast !== undefined && { datapointsToAlarm: atLeast }),
      ...(ofSilence
        ? {
            comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
            treatMissingData: TreatMissingData.BREACHING,
          }
        : {
            comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treatMissingData: TreatMissingData.NOT_BREACHING,
          }),
    });
  }
}
