import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LoopAlarm } from './loop-alarm.ts';
import type { LoopFunction } from './loop-function.ts';

/** Answers of 5xx within a minute at which a release is taken back. */
const FAILURES_A_MINUTE = 5;

/**
 * Brings a release of functions that answer requests to a tenth of the requests first, for five minutes, and takes it
 * back when requests begin to fail. Only what has changed is brought.
 */
export class GradualRelease extends Construct {
  private readonly application: LambdaApplication;
  private readonly role: Role;
  private readonly alarm: LoopAlarm;

  constructor(scope: Construct, id: string, api: IHttpApi) {
    super(scope, id);
    this.application = new LambdaApplication(this, 'Application');
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: 'Moves requests from one release of a function to the next',
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
      reason: 'It is the policy that AWS keeps for this one purpose.',
    });
    this.alarm = new LoopAlarm(this, 'Failing', {
      metric: api.metricServerError({ statistic: 'Sum', period: Duration.minutes(1) }),
      threshold: FAILURES_A_MINUTE,
      meaning: 'Requests fail, and a release that is on its way is taken back',
      runbook: 'api-errors',
    });
  }

  /** @returns what is called in place of the function: the release before, the new one, or a share of both. */
  live({ function: released }: LoopFunction, id: string): Alias {
    const alias = new Alias(this, id, { aliasName: 'live', version: released.currentVersion });
    new LambdaDeploymentGroup(this, `${id}-group`, {
      application: this.application,
      role: this.role,
      alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [this.alarm],
    });
    return alias;
  }
}
