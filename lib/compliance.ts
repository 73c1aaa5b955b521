import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/**
 * Lets the synthesis fail on every finding of the AWS Solutions and the Serverless rules that is not acknowledged. An acknowledgement
 * stands, with its reason, beside the resource it is about.
 */
export function checkCompliance(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
